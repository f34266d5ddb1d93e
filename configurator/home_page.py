"""What the home page shows: the product it is about, mixes to start from, what it costs, what else is on sale."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from configurator.bench import Bench, missing
from configurator.delivery import Promise, promise
from configurator.mix_address import MixState
from configurator.mix_drawing import Drawing, draw_mix
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.label import chosen_components
from configurator.mixing.mixer import Mixer
from configurator.mixing.price import DeliveryPrice
from configurator.mixing.spec import Size, Spec
from configurator.wording import avoid_words, list_of, mix_name

Pairs = Collection[tuple[str, str]]

GLYPHS_SHOWN = 2  # on the label of a small bottle
MOST_SLOTS_NAMED = 4  # a product of more parts is told by their number


@dataclass(frozen=True, slots=True)
class SizePrice:
    """What mixes of one size cost, in minor units, from the cheapest to the dearest."""

    size: Size
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterCard:
    """A starter that can be made now. `contains`: what it has of that which she leaves out, as people say it.

    `glyphs` stand for what it holds beside its first part.
    """

    name: str
    mix_name: str
    price: int
    address: str
    drawing: Drawing
    glyphs: tuple[str, ...]
    contains: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One recipe on sale; `mixes` is None where they are too many to count, `price` is that of its first size."""

    spec: Spec
    mixes: int | None
    address: str
    drawing: Drawing
    price: SizePrice

    @property
    def named_slots(self) -> str:
        """Its slots as a list in a sentence; empty where there are too many to name."""
        slots = self.spec.slots
        return list_of(slot.name.lower() for slot in slots) if len(slots) <= MOST_SLOTS_NAMED else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """All that the template needs. `product` is the first on sale; prices in minor units, the first size first."""

    product: Product
    starters: tuple[StarterCard, ...]
    sizes: tuple[SizePrice, ...]
    delivery: DeliveryPrice
    promise: Promise
    others: tuple[Product, ...]

    @property
    def asks(self) -> bool:
        """Whether there are needs to ask for, so that the quiz has something to say."""
        specs = [self.product.spec, *(other.spec for other in self.others)]
        return any(spec.needs for spec in specs)


def build_home(
    mixers: Sequence[Mixer], *, bench: Bench, today: date, avoid: Collection[str] = ()
) -> HomePage | None:
    """The page about the first of the mixers on sale, without a query; None when nothing is on sale.

    A starter of which something is out of stock, or that the rules no longer allow, is left out.
    """
    if not mixers:
        return None
    first, *others = mixers
    out = missing(bench, first.spec, first.spec.sizes[0])
    starters = _starters(first, out=out, avoid=first.known_avoid(avoid))
    return HomePage(
        product=_product(first, out=out, drawing=starters[0].drawing if starters else None),
        starters=starters,
        sizes=tuple(_price(first, size) for size in first.spec.sizes),
        delivery=bench.delivery,
        promise=promise(bench, today=today),
        others=list_products(others, bench=bench),
    )


def list_products(mixers: Sequence[Mixer], *, bench: Bench) -> tuple[Product, ...]:
    """Each recipe on sale with a drawing of a mix that can be made now, without a query."""
    return tuple(_product(mixer, out=missing(bench, mixer.spec, mixer.spec.sizes[0])) for mixer in mixers)


def _product(mixer: Mixer, *, out: Pairs, drawing: Drawing | None = None) -> Product:
    return Product(
        spec=mixer.spec,
        mixes=mixer.count(),
        address=reverse("configurator:mixer", args=[mixer.spec.slug]),
        drawing=drawing or draw_mix(mixer, _some_mix(mixer, out)),
        price=_price(mixer, mixer.spec.sizes[0]),
    )


def _some_mix(mixer: Mixer, out: Pairs) -> dict[str, str]:
    """The first starter that can be made now, else any mix that can, else nothing chosen."""
    for starter in mixer.spec.starters:
        if _is_makeable(mixer, dict(starter.mix), out):
            return dict(starter.mix)
    try:
        return mixer.best({}, out=list(out)) or {}
    except SpaceUndecided:
        return {}


def _starters(mixer: Mixer, *, out: Pairs, avoid: Collection[str]) -> tuple[StarterCard, ...]:
    return tuple(
        _starter(mixer, starter.name, dict(starter.mix), avoid)
        for starter in mixer.spec.starters
        if _is_makeable(mixer, dict(starter.mix), out)
    )


def _starter(mixer: Mixer, name: str, mix: dict[str, str], avoid: Collection[str]) -> StarterCard:
    size = mixer.spec.sizes[0]
    state = MixState(recipe=mixer.spec.slug, mix=mixer.read_mix(mix), size=size)
    verdict = mixer.check(mix, size=size, avoid=avoid)
    found = dict.fromkeys(each for _slot, _component, names in verdict.avoided for each in names)
    return StarterCard(
        name=name,
        mix_name=mix_name(mixer.spec, mix),
        price=verdict.price,
        address=state.address(mixer),
        drawing=draw_mix(mixer, mix, name=name),
        glyphs=tuple(part.glyph for _dose, part in chosen_components(mixer.spec, mix)[1 : 1 + GLYPHS_SHOWN]),
        contains=list_of(avoid_words(mixer.spec, found)),
    )


def _is_makeable(mixer: Mixer, mix: Mapping[str, str], out: Pairs) -> bool:
    return mixer.is_complete(mix) and mixer.is_makeable(mix) and not any(pair in out for pair in mix.items())


def _price(mixer: Mixer, size: Size) -> SizePrice:
    """A published recipe has a mix that can be made; where none is found in time, what the size costs by itself."""
    try:
        low, high = mixer.options({}, size=size).prices or (size.price, size.price)
    except SpaceUndecided:
        low, high = size.price, size.price
    return SizePrice(size, low, high)
