"""The spec: the whole public content of a recipe version, as frozen dataclasses and as canonical JSON.

Units: money in minor units (pence), volumes in whole millilitres, doses in microlitres, shares of a composition in
parts per million by weight (1 % = 10,000 ppm). All are integers, so that two machines always agree.
"""

from dataclasses import dataclass
from enum import StrEnum

from configurator.mixing.canonical import decode, encode, fingerprint

WHOLE_PPM = 1_000_000
NONE = "none"  # what an optional slot holds when nothing is taken; no component may be called this
REASON_LENGTH = 90


class DrawingStyle(StrEnum):
    FILL = "fill"  # in the component's colour, with an ink outline
    LINE = "line"  # in ink only


class RuleKind(StrEnum):
    NEVER_TOGETHER = "never-together"
    NEEDS = "needs"
    AT_MOST = "at-most"
    CAP = "cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    slug: str
    price: int
    volume_ml: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place to fill; `dose_ul` is microlitres in a product of the recipe's reference volume.

    `group` is the heading under which it is shown. `paints` names another slot, which is drawn in this one's colour.
    """

    slug: str
    name: str
    family: str
    hint: str = ""
    dose_ul: int | None = None
    optional: bool = False
    group: str = ""
    paints: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """`composition` and `fragrance_allergens` are (INCI name, ppm); `amounts` are (name of a number, number).

    `drawing` is SVG path data in a box of 240 by 160: this component's layer of the product's picture.
    """

    slug: str
    name: str
    tagline: str = ""
    colour: str = "#E9DFCB"
    glyph: str = "bottle"
    flags: tuple[str, ...] = ()
    suits: tuple[str, ...] = ()
    surcharge: int = 0
    composition: tuple[tuple[str, int], ...] = ()
    fragrance_allergens: tuple[tuple[str, int], ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()
    drawing: str = ""
    drawing_style: DrawingStyle = DrawingStyle.FILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    slug: str
    name: str
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A constraint over a mix. An advice only warns. Empty `left_slots` or `right_slots` mean any slot.

    never-together: one of `left` in one slot with one of `right` in another.
    needs: a mix with one of `left` must also hold one of `right`.
    at-most: no more than `limit` slots hold one of `left`.
    cap: the summed share of `substances` in the product is at most `limit` ppm; or, with `amount`, the sum of that
    number over the chosen components is at most `limit`.
    """

    slug: str
    kind: RuleKind
    reason: str
    advice: bool = False
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    left_slots: tuple[str, ...] = ()
    right_slots: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    amount: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A mix to start from; `mix` is (slot, component) pairs."""

    name: str
    mix: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that a shopper wants done. `weights`: other components that help, with how well (1 to 99 of 100)."""

    slug: str
    wording: str
    component: str
    weights: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The name of a flag or hair type, which components refer to by its short name."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One recipe as it is sold. `allergen_threshold_ppm` is the share above which a fragrance allergen is declared.

    `open_jar_months` is how long it keeps once opened, for the label; None for goods that do not spoil.
    """

    slug: str
    name: str
    sizes: tuple[Size, ...]
    slots: tuple[Slot, ...]
    families: tuple[Family, ...]
    rules: tuple[Rule, ...] = ()
    starters: tuple[Starter, ...] = ()
    needs: tuple[Need, ...] = ()
    flags: tuple[Word, ...] = ()
    hair_types: tuple[Word, ...] = ()
    reference_ml: int | None = None
    allergen_threshold_ppm: int | None = None
    open_jar_months: int | None = None

    def family(self, slug: str) -> Family:
        return next(family for family in self.families if family.slug == slug)

    def components_of(self, slot: Slot) -> tuple[Component, ...]:
        return self.family(slot.family).components

    def size(self, slug: str) -> Size:
        """The size called `slug`; KeyError when the recipe has none of that name."""
        for size in self.sizes:
            if size.slug == slug:
                return size
        raise KeyError(slug)

    @property
    def is_dosed(self) -> bool:
        return any(slot.dose_ul is not None for slot in self.slots)

    @property
    def is_drawn(self) -> bool:
        return any(component.drawing for family in self.families for component in family.components)


def to_json(spec: Spec) -> str:
    """The canonical JSON of a spec: equal specs give equal text, byte for byte."""
    return encode(spec)


def from_json(text: str) -> Spec:
    """The spec written by `to_json`; raises `canonical.DecodeError`, which names every field that is wrong."""
    return decode(Spec, text)


def spec_hash(spec: Spec) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return fingerprint(to_json(spec))
