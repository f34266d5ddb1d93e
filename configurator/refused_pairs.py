"""Counting which two parts shoppers want together and cannot have: to nobody, one for each wish."""

from collections.abc import Iterable
from datetime import date

from configurator import tallying
from configurator.mix_address import MixState
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.mixer import Mixer, Refusal
from configurator.undo import changed_slots

REFUSED = "refused:"
Pair = tuple[str, str]


def count_refused(mixer: Mixer, pair: Pair, *, day: date) -> None:
    """One more wish for two components of a recipe that do not go together; their order does not matter."""
    first, second = sorted(pair)
    tallying.tally.count(f"{REFUSED}{mixer.spec.slug}:{first}+{second}", day=day)


def read_refused(name: str) -> tuple[str, Pair]:
    """(recipe, the two components) of a counted name without REFUSED."""
    recipe, _colon, pair = name.partition(":")
    first, _plus, second = pair.partition("+")
    return recipe, (first, second)


def pair_of_choice(mixer: Mixer, before: MixState | None, after: MixState) -> Pair | None:
    """The component that she has just chosen and the first of the others that the rules refuse beside it.

    None if it is not known what was chosen before, if nothing was chosen, if something can be made, and where it takes
    three to clash: that is no pair. What she leaves out and what is out of stock are not asked.
    """
    try:
        if before is None or mixer.leads_somewhere(after.mix):
            return None
        for slot in changed_slots(mixer, before, after):
            if slot.slug in after.mix and (pair := _pair_with(mixer, slot.slug, after.mix)):
                return pair
    except SpaceUndecided:
        return None
    return None


def pairs_of_refusals(refusals: Iterable[tuple[str, Refusal]]) -> tuple[Pair, ...]:
    """The pairs among (component, what stands against it): those in which one other choice and rules alone do.

    Nobody asks the quiz for one component twice: it only tries that by itself.
    """
    return tuple(
        (component, refusal.choices[0][1])
        for component, refusal in refusals
        if refusal.rules
        and len(refusal.choices) == 1
        and not refusal.narrowed
        and refusal.choices[0][1] != component
    )


def _pair_with(mixer: Mixer, slot: str, mix: dict[str, str]) -> Pair | None:
    touched = {slot: mix[slot]}
    if not mixer.leads_somewhere(touched):
        return None
    for other, choice in mix.items():
        alone = {other: choice}
        if other != slot and mixer.leads_somewhere(alone) and not mixer.leads_somewhere(touched | alone):
            return mix[slot], choice
    return None
