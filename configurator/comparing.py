"""Two mixes side by side, and what one mix can be compared with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.mix_address import MixState, mix_path
from configurator.mixing.mixer import Mixer, Verdict
from configurator.money import written
from configurator.restrictions import Restrictions
from configurator.wording import avoid_words, broken_texts, component_name, mix_name


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: `address` leads to it in the mixer; `problems` say why it cannot be made, if it cannot."""

    name: str
    address: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True, slots=True)
class Comparison:
    sides: tuple[Side, Side]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A mix to compare with, and the page that does it; `slot`: where its name stands for one part alone."""

    name: str
    address: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    title: str
    mixes: tuple[Offer, ...]


def compare_address(mixer: Mixer, state: MixState, other: Mapping[str, str] | None = None) -> str:
    """The page that compares a complete mix with another, or asks with which."""
    query: dict[str, str | tuple[str, ...]] = {"a": mix_path(mixer, state.mix)}
    if other is not None:
        query["b"] = mix_path(mixer, other)
    query |= state.extras(mixer) | state.own_extras()
    path = reverse("configurator:compare", args=[state.recipe])
    return f"{path}?{urlencode(query, doseq=True, safe='/')}"


def compare(mixer: Mixer, state: MixState, other: Mapping[str, str], within: Restrictions) -> Comparison:
    """The mix of a state beside another one, both complete and in the size of the state."""
    spec, mixes = mixer.spec, (state.mix, dict(other))
    first, second = (mixer.check(mix, size=state.size, avoid=within.avoid, out=within.out) for mix in mixes)
    sides = (
        _side(mixer, state, mixes[0], first, within),
        _side(mixer, state, mixes[1], second, within),
    )
    parts = tuple(
        Row(
            slot.name,
            component_name(spec, mixes[0][slot.slug]),
            component_name(spec, mixes[1][slot.slug]),
        )
        for slot in spec.slots
    )
    return Comparison(sides, (*parts, *_fact_rows(mixer, first, second)))


def offer_mixes(mixer: Mixer, state: MixState, within: Restrictions) -> tuple[Offers, ...]:
    """What a complete mix can be compared with: starters and mixes one part away, of those that can be made."""
    spec = mixer.spec
    starters = [
        Offer(starter.name, compare_address(mixer, state, dict(starter.mix)))
        for starter in spec.starters
        if dict(starter.mix) != state.mix and _can_be_made(mixer, dict(starter.mix), within)
    ]
    groups = [Offers(_("Ours"), tuple(starters))]
    answer = mixer.options(state.mix, size=state.size, avoid=within.avoid, out=within.out)
    for row in answer.slots:
        others = [option.slug for option in row.options if option.is_open and not option.chosen]
        near = [
            Offer(
                component_name(spec, slug),
                compare_address(mixer, state, {**state.mix, row.slot.slug: slug}),
                row.slot.name,
            )
            for slug in others
        ]
        groups.append(Offers(_("Another %(slot)s") % {"slot": row.slot.name.lower()}, tuple(near)))
    return tuple(group for group in groups if group.mixes)


def _can_be_made(mixer: Mixer, mix: Mapping[str, str], within: Restrictions) -> bool:
    return mixer.leads_somewhere(mix, avoid=within.avoid, out=within.out)


def _side(
    mixer: Mixer, state: MixState, mix: Mapping[str, str], verdict: Verdict, within: Restrictions
) -> Side:
    problems = broken_texts(mixer.spec, verdict, back_on=within.out)
    return Side(mix_name(mixer.spec, mix), state.address(mixer, mix), tuple(problems))


def _fact_rows(mixer: Mixer, first: Verdict, second: Verdict) -> Iterator[Row]:
    """What is to be said of one mix at least; nothing is told of a mix that cannot be made but that."""
    for title, read in _facts(mixer):
        said = [read(verdict) if verdict.makeable else "" for verdict in (first, second)]
        if any(said):
            yield Row(title, *(text or _nothing(v) for text, v in zip(said, (first, second), strict=True)))


def _nothing(verdict: Verdict) -> str:
    return _("none") if verdict.makeable else _("cannot be made")


def _facts(mixer: Mixer) -> tuple[tuple[str, Callable[[Verdict], str]], ...]:
    return (
        (_("Price"), lambda verdict: written(verdict.price)),
        (
            _("Price per 100 ml"),
            lambda verdict: "" if verdict.price_per_100_ml is None else written(verdict.price_per_100_ml),
        ),
        (
            _("Contains or made with"),
            lambda verdict: ", ".join(avoid_words(mixer.spec, verdict.label.flags)),
        ),
        (_("Declared allergens"), lambda verdict: ", ".join(verdict.label.allergens).lower()),
        (_("Good to know"), lambda verdict: " ".join(f"{rule.reason}." for rule in verdict.advice)),
        (_("Ingredients"), lambda verdict: verdict.label.ingredient_text),
    )
