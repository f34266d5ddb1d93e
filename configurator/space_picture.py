"""The space of a draft to look at: every mix in tables where they are few, else counts and a sample."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from django.utils.translation import gettext as _

from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Rule
from configurator.wording import component_name, mix_name, parts_of

MOST_CELLS = 1_000
TABLED_SLOTS = (2, 3)
SAMPLED = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One mix. `kind` is makeable, advice or forbidden; `mark` is short, for the eye, `text` says it in full."""

    kind: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All mixes that share their first component: `rows` are (name, cells), cells in the order of `columns`.

    `down` and `across` are the slots of rows and columns.
    """

    title: str
    down: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    makeable: int
    total: int


@dataclass(frozen=True, slots=True)
class Held:
    """How many makeable mixes hold a component in a slot; None where they cannot be counted, then `is_open` tells."""

    name: str
    mixes: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class SampledMix:
    name: str
    parts: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Of a large space: `slots` are (name, components)."""

    slots: tuple[tuple[str, tuple[Held, ...]], ...]
    sample: tuple[SampledMix, ...]


def draw_sheets(mixer: Mixer, *, numbers: Mapping[str, int]) -> tuple[Sheet, ...]:
    """Tables of all mixes of a small recipe of two slots (one table) or three (one per component of the first).

    Empty for a recipe of other slots or of more than MOST_CELLS mixes. `numbers` are those under which staff see the
    rules, by short name.
    """
    spec = mixer.spec
    if len(spec.slots) not in TABLED_SLOTS or not 0 < mixer.total <= MOST_CELLS:
        return ()
    judge = _Judge(mixer, numbers)
    *heads, down, across = [[component_name(spec, slug) for slug in slugs] for slugs in mixer.option_slugs]
    sheets = []
    for head in product(*(range(len(names)) for names in heads)):
        rows = tuple(
            (name, tuple(judge.cell((*head, row, column)) for column in range(len(across))))
            for row, name in enumerate(down)
        )
        sheets.append(
            Sheet(
                title=heads[0][head[0]] if head else spec.name,
                down=spec.slots[-2].name,
                across=spec.slots[-1].name,
                columns=tuple(across),
                rows=rows,
                makeable=sum(cell.kind != "forbidden" for _name, cells in rows for cell in cells),
                total=len(down) * len(across),
            )
        )
    return tuple(sheets)


def sketch(mixer: Mixer, *, seed: str) -> Overview:
    """Counts per component and a few random mixes; the same seed gives the same mixes. No mix is enumerated."""
    return Overview(tuple(_held(mixer)), tuple(_sample(mixer, Random(seed))))  # noqa: S311  # no secret


class _Judge:
    """Says of a mix (in options) how its cell looks."""

    def __init__(self, mixer: Mixer, numbers: Mapping[str, int]) -> None:
        self._laws = mixer.model
        self._advice = mixer.advice_model
        self._rules = {rule.slug: rule for rule in mixer.spec.rules}
        self._numbers = numbers

    def cell(self, mix: Sequence[int]) -> Cell:
        if broken := self._laws.violated(mix):
            return Cell("forbidden", f"✕ {self._marks(broken)}", _("Forbidden. %s") % self._reasons(broken))
        if advised := self._advice.violated(mix):
            return Cell("advice", f"! {self._marks(advised)}", _("With advice. %s") % self._reasons(advised))
        return Cell("makeable", "✓", _("Can be made."))

    def _marks(self, slugs: Sequence[str]) -> str:
        return ", ".join(str(self._numbers.get(slug, slug)) for slug in slugs)

    def _reasons(self, slugs: Sequence[str]) -> str:
        return " ".join(f"{self._rules[slug].reason}." for slug in slugs)


def _held(mixer: Mixer) -> Iterator[tuple[str, tuple[Held, ...]]]:
    counts = mixer.space.counts() if mixer.space.exact_count else None
    masks = mixer.space.options()
    for i, slot in enumerate(mixer.spec.slots):
        yield (
            slot.name,
            tuple(
                Held(
                    component_name(mixer.spec, slug),
                    None if counts is None else counts[i][option],
                    bool(masks[i] >> option & 1),
                )
                for option, slug in enumerate(mixer.option_slugs[i])
            ),
        )


def _sample(mixer: Mixer, rng: Random) -> Iterator[SampledMix]:
    advice = mixer.advice_model
    rules: dict[str, Rule] = {rule.slug: rule for rule in mixer.spec.rules}
    for _turn in range(SAMPLED):
        try:
            mix = mixer.sample(rng)
        except SpaceUndecided:
            return
        if mix is None:
            return
        yield SampledMix(
            mix_name(mixer.spec, mix),
            parts_of(mixer.spec, mix),
            tuple(rules[slug].reason for slug in advice.violated(mixer.model_indices(mix))),
        )
