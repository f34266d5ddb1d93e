"""How far a mix of many slots has come: its sections, what they hold, what is still open."""

from dataclasses import dataclass

from django.urls import reverse

from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Slot
from configurator.restrictions import Restrictions
from configurator.sections import Section, open_section, sections_of
from configurator.wording import parts_of


@dataclass(frozen=True, slots=True)
class SectionCard:
    """A section; `chosen` pairs the names of slots and components, `kept` slots and components for the form."""

    section: Section
    is_open: bool
    chosen: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    target: str

    @property
    def is_done(self) -> bool:
        return len(self.chosen) == len(self.section.slots)


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot without a choice, and where to choose it."""

    slot: Slot
    section: str
    target: str


@dataclass(frozen=True, slots=True)
class StarterLink:
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`following` is the section behind the open one; `starters` that can be made are offered until she chooses."""

    total: int
    done: int
    sections: tuple[SectionCard, ...]
    still_open: tuple[OpenSlot, ...]
    following: SectionCard | None
    starters: tuple[StarterLink, ...]

    @property
    def current(self) -> SectionCard:
        return next(card for card in self.sections if card.is_open)


def read_progress(mixer: Mixer, state: MixState, within: Restrictions) -> Progress | None:
    """The sections of a state; None for a recipe whose slots have no groups."""
    spec, mix = mixer.spec, state.mix
    sections = sections_of(spec)
    if not sections[0].name:
        return None
    current = open_section(spec, mix, state.section)
    path = reverse("configurator:mixer", args=[spec.slug])
    cards = tuple(
        SectionCard(
            section,
            section == current,
            parts_of(spec, {slot.slug: mix[slot.slug] for slot in section.slots if slot.slug in mix}),
            tuple((slot.slug, mix[slot.slug]) for slot in section.slots if slot.slug in mix),
            f"{path}#section-{section.slug}",
        )
        for section in sections
    )
    after = sections.index(current) + 1
    return Progress(
        total=len(spec.slots),
        done=len(mix),
        sections=cards,
        still_open=tuple(
            OpenSlot(slot, section.slug, f"{path}#title-{slot.slug}")
            for section in sections
            for slot in section.slots
            if slot.slug not in mix
        ),
        following=cards[after] if after < len(cards) else None,
        starters=() if mix else _starters(mixer, state, within),
    )


def _starters(mixer: Mixer, state: MixState, within: Restrictions) -> tuple[StarterLink, ...]:
    return tuple(
        StarterLink(starter.name, state.address(mixer, dict(starter.mix)))
        for starter in mixer.spec.starters
        if mixer.leads_somewhere(dict(starter.mix), avoid=within.avoid, out=within.out)
    )
