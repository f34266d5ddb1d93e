"""What the quiz comes to: the mix that her answers give, or why there is none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from configurator.bench import Bench, missing
from configurator.bottle import Bottle, draw_bottle
from configurator.delivery import Promise, promise
from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.mixing.nothing_left import NoMix
from configurator.mixing.price import DeliveryPrice
from configurator.mixing.quiz import MOST_NEEDS, QuizAnswers, Suggestion, suggest
from configurator.mixing.spec import Size
from configurator.picture import Layer, draw_layers
from configurator.quiz_address import LEAVE_OUT, RESULT, QuizState
from configurator.quiz_words import (
    Missing,
    because_text,
    change_text,
    keep_text,
    no_mix_texts,
)
from configurator.refused_pairs import Pair, pairs_of_refusals
from configurator.wording import avoid_words, mix_name, repair_text


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the mix: the slot's name, why it is so, and why it is not what she asked for, if it is not."""

    slot: str
    because: str
    change: str
    colour: str
    glyph: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A link to another mix, or to other answers."""

    name: str
    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """The mix for her answers; amounts in minor units. `to_remember` is all that would be remembered from now on.

    `not_minded` is what she has remembered and took out of these answers.
    """

    state: QuizState
    mix: tuple[tuple[str, str], ...]
    name: str
    lines: tuple[Line, ...]
    advice: tuple[str, ...]
    others: tuple[Offer, ...]
    swap: Offer | None
    price: int
    size: Size
    delivery: DeliveryPrice
    promise: Promise
    bottle: Bottle
    layers: tuple[Layer, ...]
    mixer_address: str
    left_out: tuple[str, ...]
    not_minded: tuple[str, ...]
    to_remember: tuple[str, ...]
    is_remembered: bool
    address: str
    leave_out_address: str
    refused: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMixPage:
    """Why nothing can be made, and answers with which something can."""

    state: QuizState
    left_out: tuple[str, ...]
    reasons: tuple[str, ...]
    offers: tuple[Offer, ...]
    is_stock: bool
    leave_out_address: str


def build_result(
    mixer: Mixer, state: QuizState, *, bench: Bench, today: date, remembered: Collection[str] = ()
) -> ResultPage | NoMixPage:
    """The mix for a state's answers, or why there is none; `remembered` is what is remembered to be left out."""
    size = mixer.spec.sizes[0]
    out = missing(bench, mixer.spec, size)
    found = suggest(mixer, state.answers, out=out)
    if isinstance(found, NoMix):
        return _no_mix_page(mixer, state, found, out)
    answers, spec = state.answers, mixer.spec
    verdict = mixer.check(found.mix, size=size, avoid=answers.avoid, out=out)
    set_aside = [item for item in mixer.known_avoid(remembered) if item not in answers.avoid]
    elsewhere = [item for item in remembered if item not in mixer.avoidable]
    return ResultPage(
        state=state,
        mix=tuple(found.mix.items()),
        name=mix_name(spec, found.mix),
        lines=_lines(mixer, found, answers, out),
        advice=tuple(rule.reason for rule in verdict.advice),
        others=tuple(
            Offer(
                mix_name(spec, other),
                repair_text(spec, found.mix, other),
                _mixer_address(mixer, other, answers),
            )
            for other in found.alternatives
        ),
        swap=_swap(mixer, state),
        price=verdict.price,
        size=size,
        delivery=bench.delivery,
        promise=promise(bench, today=today),
        bottle=draw_bottle(mixer, found.mix),
        layers=draw_layers(mixer, found.mix),
        mixer_address=_mixer_address(mixer, found.mix, answers),
        left_out=avoid_words(spec, answers.avoid),
        not_minded=avoid_words(spec, set_aside),
        to_remember=(*elsewhere, *answers.avoid),
        is_remembered=set(answers.avoid) <= set(remembered),
        address=state.address(RESULT),
        leave_out_address=state.address(LEAVE_OUT) if LEAVE_OUT in state.questions else "",
        refused=pairs_of_refusals(
            (part.instead.wanted, part.instead.refusal) for part in found.parts if part.instead
        ),
    )


def _no_mix_page(mixer: Mixer, state: QuizState, nothing: NoMix, out: Missing) -> NoMixPage:
    return NoMixPage(
        state=state,
        left_out=avoid_words(mixer.spec, state.avoid),
        reasons=tuple(no_mix_texts(mixer.spec, nothing, out)),
        offers=tuple(_without(mixer, state, dropped) for dropped in nothing.keep_all_but),
        is_stock=nothing.is_stock,
        leave_out_address=state.address(LEAVE_OUT),
    )


def _without(mixer: Mixer, state: QuizState, dropped: tuple[str, ...]) -> Offer:
    kept = [("avoid", item) for item in state.avoid if item not in dropped]
    address = state.address(RESULT, without=("avoid",), pairs=kept)
    return Offer("", keep_text(mixer.spec, state.avoid, dropped), address)


def _lines(mixer: Mixer, found: Suggestion, answers: QuizAnswers, out: Missing) -> tuple[Line, ...]:
    lines = []
    for slot, part in zip(mixer.spec.slots, found.parts, strict=True):
        component = next(
            (each for each in mixer.spec.components_of(slot) if each.slug == part.component), None
        )
        lines.append(
            Line(
                slot.name,
                because_text(mixer.spec, found, part, answers),
                change_text(mixer.spec, part, out),
                component.colour if component else "",
                component.glyph if component else "",
            )
        )
    return tuple(lines)


def _swap(mixer: Mixer, state: QuizState) -> Offer | None:
    """The same answers with the second need first: boxes that are ticked have no order of their own."""
    if len(state.needs) != MOST_NEEDS:
        return None
    wording = next(need.wording for need in mixer.spec.needs if need.slug == state.needs[1])
    turned = [("need", need) for need in reversed(state.needs)]
    return Offer(wording, "", state.address(RESULT, without=("need",), pairs=turned))


def _mixer_address(mixer: Mixer, mix: Mapping[str, str], answers: QuizAnswers) -> str:
    size = mixer.spec.sizes[0]
    state = MixState(recipe=mixer.spec.slug, mix=dict(mix), size=size, avoid=answers.avoid)
    return state.address(mixer)
