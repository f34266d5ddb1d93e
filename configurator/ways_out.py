"""What is wrong with a mix that cannot be made, in her words, and the ways out of it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from configurator.mix_address import MixState
from configurator.mixing.mixer import Answer, Mixer, Option, SlotOptions, Verdict
from configurator.restrictions import Restrictions
from configurator.wording import (
    broken_texts,
    contains_text,
    nothing_left_text,
    out_text,
    refusal_text,
    repair_text,
)


@dataclass(frozen=True, slots=True)
class Repair:
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class WaysOut:
    """`is_avoided`: what she asked us to leave out stands in the way, so changing that is a way out too."""

    problems: tuple[str, ...]
    repairs: tuple[Repair, ...]
    is_avoided: bool


def find_ways_out(
    mixer: Mixer,
    state: MixState,
    *,
    answer: Answer,
    verdict: Verdict | None,
    within: Restrictions,
    hold: Collection[str],
) -> WaysOut | None:
    """For a (partial) mix from which nothing can be made, else None; `hold` names slots that repairs leave alone."""
    if answer.prices is not None:
        return None
    spec, avoid = mixer.spec, within.avoid
    narrowed = False
    if verdict is not None:
        mixes = verdict.repairs
        problems = broken_texts(spec, verdict, back_on=within.out)
    else:
        mixes = mixer.repairs(state.mix, avoid=avoid, out=within.out, hold=hold)
        problems, narrowed = _problems(mixer, state, answer, within)
    if not mixes:
        problems = [nothing_left_text(spec, avoid=avoid, is_short=bool(within.out))]
    has_avoided = any(mixer.found_in(slot, part, avoid) for slot, part in state.mix.items())
    return WaysOut(
        tuple(problems),
        tuple(Repair(repair_text(spec, state.mix, mix), state.address(mixer, mix)) for mix in mixes),
        is_avoided=bool(avoid) and (has_avoided or narrowed or not mixes),
    )


def why_not_open(mixer: Mixer, row: SlotOptions, option: Option, within: Restrictions) -> str:
    """What a card says that is not open, else nothing.

    Where the choices in the other slots clash by themselves the rules are not this card's fault, and not told.
    """
    if option.is_open:
        return ""
    pair = row.slot.slug, option.slug
    refusal = mixer.refusal_of(*pair, avoid=within.avoid, out=within.out) if row.stuck else option.refusal
    return "" if refusal is None else refusal_text(mixer, option, refusal, back_on=within.out.get(pair))


def _problems(mixer: Mixer, state: MixState, answer: Answer, within: Restrictions) -> tuple[list[str], bool]:
    """For a partial mix: the parts that cannot be had at all, else what the choices run into together.

    And whether that is more than rules.
    """
    said = []
    for pair in state.mix.items():
        if found := mixer.found_in(*pair, within.avoid):
            said.append(contains_text(mixer.spec, pair[1], found))
        elif pair in within.out:
            said.append(out_text(mixer.spec, pair[1], within.out[pair]))
    if said:
        return list(dict.fromkeys(said)), False
    for row in answer.slots:
        for option in row.options:
            if not row.stuck and option.chosen and option.refusal:
                return [refusal_text(mixer, option, option.refusal)], option.refusal.narrowed
    return [_("These choices do not go together.")], False
