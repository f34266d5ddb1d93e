"""The questions a shop asks about one recipe version, in slugs: what is open, why not, is this mix makeable.

A mix is a mapping of slot slug to component slug (`none` for an optional slot left empty); a partial mix lacks slots.
The avoid list holds flags and substances; `out` holds (slot, component) pairs that are out of stock. A Mixer is
immutable and safe to share between threads.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

from configurator.mixing.answers import Answer, Option, Refusal, SlotOptions, Verdict
from configurator.mixing.filtering import FilteredSpace
from configurator.mixing.label import label
from configurator.mixing.price import price_per_100_ml, unit_price
from configurator.mixing.reasons import Reasons
from configurator.mixing.rules import advice_rules, build_model, hard_rules, option_slug, options_of
from configurator.mixing.spec import Component, Size, Spec
from configurator.mixing.storing import load_or_make

__all__ = ["Answer", "Mix", "Mixer", "Option", "Refusal", "SlotOptions", "UnknownChoiceError", "Verdict"]

Mix = Mapping[str, str]
OUTLOOKS_KEPT = 1_000  # partial mixes whose count and prices are remembered


class UnknownChoiceError(ValueError):
    """A slot, component or size that this recipe version does not have; `field` and `value` say which."""

    def __init__(self, field: str, value: str, known: Collection[str]) -> None:
        self.field, self.value, self.known = field, value, tuple(known)
        super().__init__(f"{field}: {value!r} is not one of {', '.join(self.known)}")


@dataclass(frozen=True, slots=True)
class _Question:
    """A question in the space's indices: what is chosen, what is left to choose from, and what is not and why."""

    chosen: dict[int, int]
    allowed: tuple[int, ...] | None
    avoid: tuple[str, ...]
    out: frozenset[tuple[str, str]]


class Mixer:
    """Answers for one spec.

    `stored` is its space as `storing.to_bytes` wrote it; without it, or where it does not fit, the space is made, which
    raises `filtering.SpaceUndecided` for rules that cannot be answered in time.
    """

    def __init__(self, spec: Spec, *, stored: bytes | None = None) -> None:
        self.spec = spec
        self._rules = {rule.slug: rule for rule in spec.rules}
        self._options = tuple(options_of(spec, slot) for slot in spec.slots)
        self.option_slugs = tuple(
            tuple(option_slug(option) for option in options) for options in self._options
        )
        self._slot_index = {slot.slug: i for i, slot in enumerate(spec.slots)}
        self._option_index = tuple({slug: i for i, slug in enumerate(slugs)} for slugs in self.option_slugs)
        self._contents = tuple(tuple(contents_of(option) for option in options) for options in self._options)
        self._surcharges = tuple(
            tuple(option.surcharge if option else 0 for option in options) for options in self._options
        )
        self._discounts = tuple(tuple(-extra for extra in row) for row in self._surcharges)
        self.model = build_model(spec, hard_rules(spec))
        self.space = load_or_make(self.model, stored)
        self._reasons = Reasons(self.space)
        self._outlook = lru_cache(OUTLOOKS_KEPT)(self._find_outlook)
        self.advice_model = build_model(spec, advice_rules(spec))

    # Reading what came in -------------------------------------------------------------------------------------------

    def read_mix(self, raw: Mix) -> dict[str, str]:
        """The same partial mix in slot order; raises UnknownChoiceError for a slot or component not offered."""
        for slot in raw:
            if slot not in self._slot_index:
                raise UnknownChoiceError("mix", slot, self._slot_index)
        for slot, component in raw.items():
            known = self._option_index[self._slot_index[slot]]
            if component not in known:
                raise UnknownChoiceError(f"mix.{slot}", component, known)
        return {slot.slug: raw[slot.slug] for slot in self.spec.slots if slot.slug in raw}

    def read_size(self, slug: str | None) -> Size:
        """The size called `slug`, the first one for None; raises UnknownChoiceError."""
        if slug is None:
            return self.spec.sizes[0]
        try:
            return self.spec.size(slug)
        except KeyError:
            raise UnknownChoiceError("size", slug, [size.slug for size in self.spec.sizes]) from None

    def read_avoid(self, raw: Collection[str]) -> tuple[str, ...]:
        """The avoid list without repeats; raises UnknownChoiceError for what no component contains."""
        for name in raw:
            if name not in self.avoidable:
                raise UnknownChoiceError("avoid", name, sorted(self.avoidable))
        return tuple(dict.fromkeys(raw))

    def known_avoid(self, items: Collection[str]) -> tuple[str, ...]:
        """Those of an avoid list that some component of this recipe contains; the others are left out anyway."""
        return tuple(item for item in dict.fromkeys(items) if item in self.avoidable)

    @cached_property
    def avoidable(self) -> frozenset[str]:
        """Every flag and substance that a component of this recipe carries."""
        return frozenset(name for contents in self._contents for names in contents for name in names)

    # Questions ------------------------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many mixes there would be without rules."""
        total = 1
        for slugs in self.option_slugs:
            total *= len(slugs)
        return total

    @property
    def costly_rules(self) -> tuple[str, ...]:
        """Rules too wide for the diagram; while there are any, nothing is counted and questions take a search."""
        return self.space.left_out if isinstance(self.space, FilteredSpace) else ()

    def is_complete(self, mix: Mix) -> bool:
        return len(mix) == len(self.spec.slots)

    def count(
        self, mix: Mix | None = None, *, avoid: Collection[str] = (), out: Collection[tuple[str, str]] = ()
    ) -> int | None:
        """How many makeable mixes remain, exactly; None where the space is too large to count."""
        if not self.space.exact_count:
            return None
        return self.space.count(self._indices(mix or {}), self._allowed(avoid, out))

    def leads_somewhere(
        self, mix: Mix | None = None, *, avoid: Collection[str] = (), out: Collection[tuple[str, str]] = ()
    ) -> bool:
        """Whether any makeable mix remains."""
        return self._leads_somewhere(self._indices(mix or {}), self._allowed(avoid, out))

    def options(
        self, mix: Mix, *, size: Size, avoid: Collection[str] = (), out: Collection[tuple[str, str]] = ()
    ) -> Answer:
        """Per slot which components still lead to a makeable mix, keeping the choices in the other slots."""
        asked = _Question(self._indices(mix), self._allowed(avoid, out), tuple(avoid), frozenset(out))
        masks = self.space.options(asked.chosen, asked.allowed)
        rows = tuple(self._row(asked, i, mask) for i, mask in enumerate(masks))
        count, extras = self._outlook(tuple(asked.chosen.items()), asked.allowed)
        prices = None if extras is None else (size.price + extras[0], size.price + extras[1])
        return Answer(rows, count, prices)

    def check(
        self,
        mix: Mix,
        *,
        size: Size,
        avoid: Collection[str] = (),
        out: Collection[tuple[str, str]] = (),
        hold: Collection[str] = (),
    ) -> Verdict:
        """The verdict on a complete mix; `hold` names slots that repairs should leave alone if they can."""
        indices = self.model_indices(mix)
        broken = tuple(self._rules[source] for source in self.model.violated(indices))
        avoided = tuple(
            (slot.slug, mix[slot.slug], found)
            for i, slot in enumerate(self.spec.slots)
            if (found := self._found(i, indices[i], avoid))
        )
        missing = tuple(pair for pair in mix.items() if pair in out)
        makeable = not broken and not avoided and not missing
        price = unit_price(self.spec, mix, size)
        return Verdict(
            makeable=makeable,
            broken=broken,
            advice=tuple(self._rules[source] for source in self.advice_model.violated(indices)),
            avoided=avoided,
            out=missing,
            repairs=() if makeable else self.repairs(mix, avoid=avoid, out=out, hold=hold),
            price=price,
            price_per_100_ml=price_per_100_ml(price, size),
            label=label(self.spec, mix),
        )

    def found_in(self, slot: str, component: str, avoid: Collection[str]) -> tuple[str, ...]:
        """What of an avoid list a component contains."""
        i = self._slot_index[slot]
        return self._found(i, self._option_index[i][component], avoid)

    def refusal_of(
        self, slot: str, component: str, *, avoid: Collection[str], out: Collection[tuple[str, str]]
    ) -> Refusal | None:
        """What stands against a component by itself, whatever is chosen beside it; no rules are asked."""
        if avoided := self.found_in(slot, component, avoid):
            return Refusal(avoided=avoided)
        return Refusal(is_out=True) if (slot, component) in out else None

    def repairs(
        self,
        mix: Mix,
        *,
        avoid: Collection[str] = (),
        out: Collection[tuple[str, str]] = (),
        hold: Collection[str] = (),
        limit: int = 3,
    ) -> tuple[dict[str, str], ...]:
        """At most `limit` nearest mixes from which something can be made, of the same slots as `mix`.

        For a complete mix: fewest slots changed, those in `hold` left alone if possible. For a partial mix: one choice
        swapped (not one of `hold` if possible); where that cannot help, the largest part of it that can stay.
        """
        allowed = self._allowed(avoid, out)
        if self.is_complete(mix):
            held = [self._slot_index[slot] for slot in hold]
            found = self.space.repairs(self.model_indices(mix), allowed=allowed, hold=held, limit=limit)
            return tuple(self.named(indices) for indices in found)
        swaps = self._swaps(mix, allowed, hold)
        return tuple(swaps[:limit]) or self._largest_parts(mix, allowed, hold)

    def is_makeable(self, mix: Mix) -> bool:
        """Whether a complete mix breaks no rule."""
        return self.model.admits(self.model_indices(mix))

    def best(
        self,
        scores: Mapping[str, Mapping[str, int]],
        mix: Mix | None = None,
        *,
        avoid: Collection[str] = (),
        out: Collection[tuple[str, str]] = (),
    ) -> dict[str, str] | None:
        """The makeable mix with the highest sum of scores[slot][component]; None when nothing can be made.

        With a partial `mix`, the best of those that complete it.
        """
        table = [
            [scores.get(slot.slug, {}).get(slug, 0) for slug in slugs]
            for slot, slugs in zip(self.spec.slots, self.option_slugs, strict=True)
        ]
        found = self.space.best(table, self._indices(mix or {}), self._allowed(avoid, out))
        return None if found is None else self.named(found[1])

    def sample(
        self, rng: random.Random, *, avoid: Collection[str] = (), out: Collection[tuple[str, str]] = ()
    ) -> dict[str, str] | None:
        """A uniformly random makeable mix; None when nothing can be made."""
        found = self.space.sample(rng, {}, self._allowed(avoid, out))
        return None if found is None else self.named(found)

    def mixes(self, mix: Mix | None = None) -> Iterator[dict[str, str]]:
        """Every makeable mix that completes a partial one, in the order of the options."""
        return (self.named(found) for found in self.space.mixes(self._indices(mix or {}), None))

    def _swaps(
        self, mix: Mix, allowed: tuple[int, ...] | None, hold: Collection[str]
    ) -> list[dict[str, str]]:
        """Every partial mix that differs in one choice and leads somewhere; held slots last, slots taken in turn."""
        masks = self.space.options(self._indices(mix), allowed)
        rows = []
        for slot in mix:
            i = self._slot_index[slot]
            others = [
                slug for k, slug in enumerate(self.option_slugs[i]) if masks[i] >> k & 1 and slug != mix[slot]
            ]
            rows.append([(slot in hold, turn, {**mix, slot: slug}) for turn, slug in enumerate(others)])
        return [
            swapped for _, _, swapped in sorted((entry for row in rows for entry in row), key=lambda e: e[:2])
        ]

    def _largest_parts(
        self, mix: Mix, allowed: tuple[int, ...] | None, hold: Collection[str]
    ) -> tuple[dict[str, str], ...]:
        """The choices that can stay, kept one by one, held ones first; none at all if nothing can be made."""
        kept: dict[str, str] = {}
        for slot in sorted(mix, key=lambda slot: slot not in hold):
            tried = {**kept, slot: mix[slot]}
            if self._leads_somewhere(self._indices(tried), allowed):
                kept = tried
        return (self.read_mix(kept),) if self._leads_somewhere({}, allowed) else ()

    # In indices -----------------------------------------------------------------------------------------------------

    def _indices(self, mix: Mix) -> dict[int, int]:
        found = {}
        for slot, component in mix.items():
            i = self._slot_index[slot]
            found[i] = self._option_index[i][component]
        return found

    def model_indices(self, mix: Mix) -> tuple[int, ...]:
        """A complete mix as the space has it: one option index per slot."""
        return tuple(self._option_index[i][mix[slot.slug]] for i, slot in enumerate(self.spec.slots))

    def named(self, indices: Sequence[int]) -> dict[str, str]:
        """A mix of the space (one option index per slot) in slugs."""
        return {slot.slug: self.option_slugs[i][indices[i]] for i, slot in enumerate(self.spec.slots)}

    def _allowed(
        self, avoid: Collection[str], out: Collection[tuple[str, str]] = ()
    ) -> tuple[int, ...] | None:
        if not avoid and not out:
            return None
        unwanted = frozenset(avoid)
        masks = [
            sum(1 << k for k, names in enumerate(contents) if unwanted.isdisjoint(names))
            for contents in self._contents
        ]
        for slot, component in out:
            i = self._slot_index[slot]
            if component in self._option_index[i]:
                masks[i] &= ~(1 << self._option_index[i][component])
        return tuple(masks)

    def _found(self, slot: int, option: int, avoid: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name in avoid if name in self._contents[slot][option])

    def _row(self, asked: _Question, slot: int, mask: int) -> SlotOptions:
        chosen = asked.chosen.get(slot)
        options = (
            Option(slug, component, chosen == k, bool(mask >> k & 1), partial(self._refusal, asked, slot, k))
            for k, (slug, component) in enumerate(
                zip(self.option_slugs[slot], self._options[slot], strict=True)
            )
        )
        return SlotOptions(self.spec.slots[slot], tuple(options), stuck=not mask)

    def _refusal(self, asked: _Question, slot: int, option: int) -> Refusal:
        names = self.spec.slots[slot].slug, self.option_slugs[slot][option]
        if own := self.refusal_of(*names, avoid=asked.avoid, out=asked.out):
            return own
        conflict = self._reasons.conflict(slot, option, asked.chosen, asked.allowed)
        if conflict is None:
            raise AssertionError("an option that is not open has a reason")
        return Refusal(
            choices=tuple(
                (self.spec.slots[i].slug, self.option_slugs[i][asked.chosen[i]]) for i in conflict.choices
            ),
            rules=tuple(self._rules[source] for source in conflict.sources),
            narrowed=conflict.restricted,
        )

    def _find_outlook(
        self, chosen: tuple[tuple[int, int], ...], allowed: tuple[int, ...] | None
    ) -> tuple[int | None, tuple[int, int] | None]:
        """How many makeable mixes a partial mix leaves, and the least and most that their surcharges add up to."""
        fixed = dict(chosen)
        dearest = self.space.best(self._surcharges, fixed, allowed)
        cheapest = self.space.best(self._discounts, fixed, allowed)
        extras = None if dearest is None or cheapest is None else (-cheapest[0], dearest[0])
        return self.space.count(fixed, allowed) if self.space.exact_count else None, extras

    def _leads_somewhere(self, chosen: Mapping[int, int], allowed: tuple[int, ...] | None) -> bool:
        masks = list(allowed or self.model.full)
        for slot, option in chosen.items():
            masks[slot] &= 1 << option
        return self.space.is_possible(masks)


def contents_of(option: Component | None) -> frozenset[str]:
    """The flags and substances of a component; nothing for a slot that stays empty."""
    if option is None:
        return frozenset()
    names = [name for name, _ in (*option.composition, *option.fragrance_allergens)]
    return frozenset([*option.flags, *names])
