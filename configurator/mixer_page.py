"""What the mixer page shows for a state: cards, the answer to it, the facts about the mix, the bottle."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format

from configurator.bench import Bench
from configurator.bottle import Bottle, Paint, draw_bottle, paints
from configurator.delivery import Promise, promise
from configurator.mix_address import MixState
from configurator.mixing.label import doses
from configurator.mixing.mixer import Answer, Mixer, Option, SlotOptions, Verdict
from configurator.mixing.price import DeliveryPrice, price_per_100_ml, price_so_far
from configurator.mixing.spec import Size
from configurator.picture import Layer, draw_layers
from configurator.progress import Progress, read_progress
from configurator.sections import open_section
from configurator.wording import broken_texts, mix_name, refusal_text, repair_text

MOST_AT_A_GLANCE = 8  # cards of a slot


@dataclass(frozen=True, slots=True)
class Card:
    """One option of a slot; `why` says why it is not open, empty if it is."""

    option: Option
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of one slot under a title such as “2. Main shot, 10 ml”; the dose is that of the chosen size."""

    slot: SlotOptions
    title: str
    cards: tuple[Card, ...]

    @property
    def is_long(self) -> bool:
        """Whether a search among the cards helps."""
        return len(self.cards) > MOST_AT_A_GLANCE


@dataclass(frozen=True, slots=True)
class SizeCard:
    """A size and what the mix costs in it: with what is chosen so far, before surcharges of open slots."""

    size: Size
    price: int


@dataclass(frozen=True, slots=True)
class Repair:
    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MixerPage:
    """All that the templates need; amounts in minor units. `groups` are those of the open section.

    `layers` are empty for a product without drawings, which gets the bottle; `progress` is None without sections.
    """

    state: MixState
    groups: tuple[Group, ...]
    total_mixes: int | None
    count: int | None
    open_slots: tuple[str, ...]
    name: str
    verdict: Verdict | None
    problems: tuple[str, ...]
    repairs: tuple[Repair, ...]
    advice: tuple[str, ...]
    prices: tuple[int, int] | None
    per_100_ml: int | None
    sizes: tuple[SizeCard, ...]
    delivery: DeliveryPrice
    promise: Promise
    layers: tuple[Layer, ...]
    progress: Progress | None
    bottle: Bottle
    paints: tuple[Paint, ...]
    address: str

    @property
    def is_orderable(self) -> bool:
        return self.verdict is not None and self.verdict.makeable and not self.state.label_error

    @property
    def price(self) -> int | None:
        """The price when it is settled: a complete mix, or all that is still open costs the same."""
        if self.verdict is not None:
            return self.verdict.price
        return self.prices[0] if self.prices and self.prices[0] == self.prices[1] else None


def build_page(
    mixer: Mixer, state: MixState, *, bench: Bench, today: date, hold: Collection[str] = ()
) -> MixerPage:
    """Answer a state without touching the database; `hold` names slots just chosen, which repairs leave alone."""
    answer = mixer.options(state.mix, size=state.size)
    verdict = mixer.check(state.mix, size=state.size, hold=hold) if mixer.is_complete(state.mix) else None
    is_broken = answer.prices is None
    repairs = mixer.repairs(state.mix, hold=hold) if is_broken else ()
    price = verdict.price if verdict else answer.prices[0] if answer.prices else None
    return MixerPage(
        state=state,
        groups=_groups(mixer, state, answer),
        total_mixes=mixer.count(),
        count=answer.count,
        open_slots=tuple(slot.name for slot in mixer.spec.slots if slot.slug not in state.mix),
        name=mix_name(mixer.spec, state.mix),
        verdict=verdict,
        problems=tuple(_problems(mixer, answer, verdict)) if is_broken else (),
        repairs=tuple(
            Repair(repair_text(mixer.spec, state.mix, mix), state.address(mixer, mix)) for mix in repairs
        ),
        advice=tuple(rule.reason for rule in verdict.advice) if verdict and verdict.makeable else (),
        prices=answer.prices,
        per_100_ml=price_per_100_ml(price, state.size) if price is not None else None,
        sizes=tuple(SizeCard(size, price_so_far(mixer.spec, state.mix, size)) for size in mixer.spec.sizes),
        delivery=bench.delivery,
        promise=promise(bench, today=today),
        layers=draw_layers(mixer, state.mix),
        progress=read_progress(mixer, state),
        bottle=draw_bottle(mixer, state.mix),
        paints=() if mixer.spec.is_drawn else paints(mixer),
        address=state.address(mixer),
    )


def _groups(mixer: Mixer, state: MixState, answer: Answer) -> tuple[Group, ...]:
    """The slots of the open section: the others are neither explained nor sent."""
    shown = open_section(mixer.spec, state.mix, state.section).slots
    amounts = {dose.slot: dose.microlitres for dose in doses(mixer.spec, _any_mix(mixer), state.size)}
    return tuple(
        Group(
            row,
            _title(number, row.slot.name, amounts[row.slot.slug]),
            tuple(Card(option, _why(mixer, row, option)) for option in row.options),
        )
        for number, row in enumerate(answer.slots, start=1)
        if row.slot in shown
    )


def _title(number: int, name: str, microlitres: int | None) -> str:
    if microlitres is None:
        return f"{number}. {name}"
    return f"{number}. {name}, {number_format((Decimal(microlitres) / 1000).normalize())} ml"


def _any_mix(mixer: Mixer) -> dict[str, str]:
    """Some mix, to read the doses of the slots from: they do not depend on what is chosen."""
    return mixer.named([0] * len(mixer.spec.slots))


def _why(mixer: Mixer, row: SlotOptions, option: Option) -> str:
    """Empty where the other choices clash by themselves: then it is not this card that stands in the way."""
    if option.refusal is None or row.stuck:
        return ""
    return refusal_text(mixer, option, option.refusal)


def _problems(mixer: Mixer, answer: Answer, verdict: Verdict | None) -> list[str]:
    if verdict is not None:
        return broken_texts(mixer.spec, verdict)
    refusals = {
        refusal_text(mixer, option, option.refusal): None
        for row in answer.slots
        if not row.stuck
        for option in row.options
        if option.chosen and option.refusal
    }
    return list(refusals)[:1]
