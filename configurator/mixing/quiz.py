"""The quiz: from what a shopper needs, likes and must not have to one mix, with the reason for each part.

Scores add up over the parts. From most to least, each outweighing all that follow: her first need in the first slot
that can hold its component, the scent she chose, her second need in the next such slot (the first need once more if
there is no second), parts that suit her hair, parts of the first starter.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from configurator.mixing.answers import Refusal
from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.nothing_left import NoMix, OutOfStock, why_nothing_is_left
from configurator.mixing.spec import Need, Slot, Spec

__all__ = ["Because", "Instead", "NoMix", "Part", "QuizAnswers", "Suggestion", "scent_slot", "suggest"]

MOST_NEEDS = 2
MOST_ALTERNATIVES = 2
WHOLLY = 100  # how well its own component answers a need
Scores = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizAnswers:
    """All in slugs, empty where she gave no answer. `needs` come in her order; `scent` is a component.

    `avoid` holds flags and substances; those that the recipe does not know are left out anyway.
    """

    needs: tuple[str, ...] = ()
    hair: str = ""
    avoid: tuple[str, ...] = ()
    scent: str = ""


class Because(StrEnum):
    NEED = "need"
    SCENT = "scent"
    HAIR = "hair"
    OPEN = "open"  # nothing was asked that concerns it


@dataclass(frozen=True, slots=True)
class Instead:
    """The component that her answer asks for and that she does not get, with what stands in its way."""

    wanted: str
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one slot holds and why. `need` is the need that this slot is for, if it is for one.

    `because` is NEED only where the component does something for that need; `instead` says which one would do more.
    """

    slot: str
    component: str
    because: Because
    need: str = ""
    instead: Instead | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The mix with its parts in slot order, and mixes that differ in one part, best first."""

    mix: dict[str, str]
    parts: tuple[Part, ...]
    alternatives: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """An answer about one slot: how well each component meets it, and the one that meets it best."""

    slot: str
    wanted: str
    worth: Mapping[str, int]
    need: str = ""


def suggest(mixer: Mixer, answers: QuizAnswers, *, out: OutOfStock = ()) -> Suggestion | NoMix:
    """The best makeable mix for these answers, or why there is none; the same answers always give the same.

    `out` holds (slot, component) pairs out of stock. Raises UnknownChoiceError for a need, hair type or scent that
    the recipe does not have, SpaceUndecided for what cannot be answered in time.
    """
    _check(mixer.spec, answers)
    wishes = list(_wishes(mixer.spec, answers))
    scores = _scores(mixer.spec, wishes, answers.hair)
    mix = mixer.best(scores, avoid=answers.avoid, out=out)
    if mix is None:
        return why_nothing_is_left(mixer, answers.avoid, out=out)
    instead = _find_changes(mixer, wishes, mix, answers.avoid, out)
    parts = tuple(_parts(mixer.spec, mix, wishes=wishes, instead=instead, hair=answers.hair))
    return Suggestion(mix, parts, tuple(_alternatives(mixer, mix, scores, answers.avoid, out)))


def scent_slot(spec: Spec) -> Slot | None:
    """The slot that the question of the scent is about: the first whose family serves no need."""
    serving = {need.component for need in spec.needs}
    return next(
        (slot for slot in spec.slots if serving.isdisjoint(part.slug for part in spec.components_of(slot))),
        None,
    )


def _check(spec: Spec, answers: QuizAnswers) -> None:
    slot = scent_slot(spec)
    scents = [part.slug for part in spec.components_of(slot)] if slot else []
    known = [
        ("needs", answers.needs, [need.slug for need in spec.needs]),
        ("hair", (answers.hair,) if answers.hair else (), [hair.slug for hair in spec.hair_types]),
        ("scent", (answers.scent,) if answers.scent else (), scents),
    ]
    for field, values, offered in known:
        for value in values:
            if value not in offered:
                raise UnknownChoiceError(field, value, offered)
    if len(answers.needs) > MOST_NEEDS:
        raise ValueError(f"at most {MOST_NEEDS} needs are answered, not {len(answers.needs)}")


# What she asked for -------------------------------------------------------------------------------------------------


def _wishes(spec: Spec, answers: QuizAnswers) -> Iterator[_Wish]:
    """What outweighs the rest first."""
    by_slug = {need.slug: need for need in spec.needs}
    needs = [by_slug[slug] for slug in answers.needs]
    main = _place(spec, needs[0], taken="") if needs else ""
    if main:
        yield _need_wish(main, needs[0])
    if answers.scent and (slot := scent_slot(spec)):
        yield _Wish(slot.slug, answers.scent, {answers.scent: 1})
    if needs and (second := _place(spec, needs[-1], taken=main)):
        yield _need_wish(second, needs[-1])


def _place(spec: Spec, need: Need, *, taken: str) -> str:
    """The first slot that can hold what answers a need, other than one taken; empty if there is none."""
    places = (
        slot.slug
        for slot in spec.slots
        if slot.slug != taken and any(part.slug == need.component for part in spec.components_of(slot))
    )
    return next(places, "")


def _need_wish(slot: str, need: Need) -> _Wish:
    return _Wish(slot, need.component, {**dict(need.weights), need.component: WHOLLY}, need.slug)


def _scores(spec: Spec, wishes: Sequence[_Wish], hair: str) -> dict[str, dict[str, int]]:
    """Scores per slot and component; each tier counts one more than all tiers below it together can."""
    usual = dict(spec.starters[0].mix) if spec.starters else {}
    per_part = len(spec.slots) + 1
    scores = {
        slot.slug: {
            part.slug: per_part * (hair in part.suits) + (usual.get(slot.slug) == part.slug)
            for part in spec.components_of(slot)
        }
        for slot in spec.slots
    }
    unit = per_part * per_part
    for wish in reversed(wishes):
        row = scores[wish.slot]
        for component, worth in wish.worth.items():
            if component in row:
                row[component] += unit * worth
        unit *= max(wish.worth.values()) + 1
    return scores


# Why it is so -------------------------------------------------------------------------------------------------------


def _find_changes(
    mixer: Mixer, wishes: Sequence[_Wish], mix: Mapping[str, str], avoid: Collection[str], out: OutOfStock
) -> dict[str, Instead]:
    """Slot -> what she asked for and does not get there, explained by the choices for wishes that count more."""
    kept: dict[str, str] = {}
    found = {}
    for wish in wishes:
        chosen = mix[wish.slot]
        if chosen != wish.wanted:
            answer = mixer.options(kept, size=mixer.spec.sizes[0], avoid=avoid, out=out)
            row = next(row for row in answer.slots if row.slot.slug == wish.slot)
            refusal = next(option.refusal for option in row.options if option.slug == wish.wanted)
            if refusal is None:
                raise AssertionError("what would score higher cannot be had")
            found[wish.slot] = Instead(wish.wanted, refusal)
        kept[wish.slot] = chosen
    return found


def _parts(
    spec: Spec,
    mix: Mapping[str, str],
    *,
    wishes: Sequence[_Wish],
    instead: Mapping[str, Instead],
    hair: str,
) -> Iterator[Part]:
    wish_of = {wish.slot: wish for wish in wishes}
    for slot in spec.slots:
        chosen, wish = mix[slot.slug], wish_of.get(slot.slug)
        if wish and wish.worth.get(chosen):
            because = Because.NEED if wish.need else Because.SCENT
        else:
            suits = any(hair in part.suits for part in spec.components_of(slot) if part.slug == chosen)
            because = Because.HAIR if suits else Because.OPEN
        yield Part(
            slot=slot.slug,
            component=chosen,
            because=because,
            need=wish.need if wish else "",
            instead=instead.get(slot.slug),
        )


def _alternatives(
    mixer: Mixer, mix: dict[str, str], scores: Scores, avoid: Collection[str], out: OutOfStock
) -> Iterator[dict[str, str]]:
    """Mixes with one other part, by score, then in the order of slots and components."""
    answer = mixer.options(mix, size=mixer.spec.sizes[0], avoid=avoid, out=out)
    swaps = [
        (scores[slot].get(option.slug, 0) - scores[slot].get(mix[slot], 0), slot, option.slug)
        for row in answer.slots
        for slot, option in ((row.slot.slug, option) for option in row.options)
        if option.is_open and not option.chosen
    ]
    swaps.sort(key=lambda swap: -swap[0])
    return ({**mix, slot: component} for _loss, slot, component in islice(swaps, MOST_ALTERNATIVES))
