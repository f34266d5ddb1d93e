"""What the mixer page shows for a state: cards, the answer to it, the facts about the mix, the bottle."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.formats import number_format

from configurator.bench import Bench
from configurator.bottle import Bottle, Paint, draw_bottle, paints
from configurator.comparing import compare_address
from configurator.delivery import Promise, promise
from configurator.mix_address import MixState
from configurator.mixing.label import doses
from configurator.mixing.mixer import Answer, Mixer, Option, SlotOptions, Verdict
from configurator.mixing.price import DeliveryPrice, price_per_100_ml, price_so_far
from configurator.mixing.spec import Size
from configurator.picture import Layer, draw_layers
from configurator.progress import Progress, read_progress
from configurator.restrictions import Restrictions
from configurator.sections import open_section
from configurator.undo import Undo, changed_slots, offer_undo
from configurator.ways_out import Repair, WaysOut, find_ways_out, why_not_open
from configurator.wording import avoid_words, mix_name

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses for a state: its own, the way back, the comparison (empty until a mix can be made), the absolute one
    to hand to others.
    """

    address: str
    undo: Undo | None
    compare: str
    public_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MixerPage:
    """All that the templates need; amounts in minor units. `groups` are those of the open section.

    `layers` are empty for a product without drawings, which gets the bottle; `progress` is None without sections.
    `ways_out` is None while something can be made. `leaving_out` is her avoid list in words; `can_leave_out` is false
    for a product that declares nothing.
    """

    state: MixState
    groups: tuple[Group, ...]
    total_mixes: int | None
    count: int | None
    open_slots: tuple[str, ...]
    name: str
    verdict: Verdict | None
    ways_out: WaysOut | None
    flags: tuple[str, ...]
    prices: tuple[int, int] | None
    per_100_ml: int | None
    sizes: tuple[SizeCard, ...]
    delivery: DeliveryPrice
    promise: Promise
    layers: tuple[Layer, ...]
    progress: Progress | None
    bottle: Bottle
    paints: tuple[Paint, ...]
    leaving_out: tuple[str, ...]
    can_leave_out: bool
    links: Links

    @property
    def problems(self) -> tuple[str, ...]:
        return self.ways_out.problems if self.ways_out else ()

    @property
    def repairs(self) -> tuple[Repair, ...]:
        return self.ways_out.repairs if self.ways_out else ()

    @property
    def advice(self) -> tuple[str, ...]:
        is_told = self.verdict is not None and self.verdict.makeable
        return tuple(rule.reason for rule in self.verdict.advice) if self.verdict and is_told else ()

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
    mixer: Mixer,
    state: MixState,
    *,
    bench: Bench,
    today: date,
    within: Restrictions,
    before: MixState | None = None,
) -> MixerPage:
    """Answer a state without touching the database.

    `before` is the state that she comes from, if it is known: repairs leave alone what she has changed since, and she
    is offered the way back.
    """
    spec, mix, size = mixer.spec, state.mix, state.size
    hold = [slot.slug for slot in changed_slots(mixer, before, state)]
    answer = mixer.options(mix, size=size, avoid=within.avoid, out=within.out)
    verdict = None
    if mixer.is_complete(mix):
        verdict = mixer.check(mix, size=size, avoid=within.avoid, out=within.out, hold=hold)
    price = verdict.price if verdict else answer.prices[0] if answer.prices else None
    return MixerPage(
        state=state,
        groups=_groups(mixer, state, answer, within),
        total_mixes=mixer.count(),
        count=answer.count,
        open_slots=tuple(slot.name for slot in spec.slots if slot.slug not in mix),
        name=mix_name(spec, mix),
        verdict=verdict,
        ways_out=find_ways_out(mixer, state, answer=answer, verdict=verdict, within=within, hold=hold),
        flags=avoid_words(spec, verdict.label.flags) if verdict else (),
        prices=answer.prices,
        per_100_ml=price_per_100_ml(price, size) if price is not None else None,
        sizes=tuple(SizeCard(each, price_so_far(spec, mix, each)) for each in spec.sizes),
        delivery=bench.delivery,
        promise=promise(bench, today=today),
        layers=draw_layers(mixer, mix),
        progress=read_progress(mixer, state, within),
        bottle=draw_bottle(mixer, mix),
        paints=() if spec.is_drawn else paints(mixer),
        leaving_out=avoid_words(spec, within.avoid),
        can_leave_out=bool(mixer.avoidable),
        links=Links(
            address=state.address(mixer),
            undo=offer_undo(mixer, before, state),
            compare=compare_address(mixer, state) if verdict and verdict.makeable else "",
            public_url=settings.BASE_URL + state.public_address(mixer),
        ),
    )


def _groups(mixer: Mixer, state: MixState, answer: Answer, within: Restrictions) -> tuple[Group, ...]:
    """The slots of the open section: the others are neither explained nor sent."""
    shown = open_section(mixer.spec, state.mix, state.section).slots
    amounts = {dose.slot: dose.microlitres for dose in doses(mixer.spec, _any_mix(mixer), state.size)}
    return tuple(
        Group(
            row,
            _title(number, row.slot.name, amounts[row.slot.slug]),
            tuple(Card(option, why_not_open(mixer, row, option, within)) for option in row.options),
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
