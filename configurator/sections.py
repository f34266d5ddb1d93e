"""The groups of a recipe's slots as sections of its page, one of them open."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from configurator.mixing.spec import Slot, Spec


@dataclass(frozen=True, slots=True)
class Section:
    """Slots under one heading; the only section of a recipe without groups has no name and no slug."""

    slug: str
    name: str
    slots: tuple[Slot, ...]


def sections_of(spec: Spec) -> tuple[Section, ...]:
    """In the order in which the groups first appear; a short name is that of the group, else its number."""
    names = list(dict.fromkeys(slot.group for slot in spec.slots))
    slugs = [slugify(name) for name in names]
    return tuple(
        Section(
            (slug if slug and slugs.count(slug) == 1 else f"part-{number}") if name else "",
            name,
            tuple(slot for slot in spec.slots if slot.group == name),
        )
        for number, (name, slug) in enumerate(zip(names, slugs, strict=True), start=1)
    )


def usual_section(spec: Spec, mix: Mapping[str, str]) -> str:
    """The section that is open unless she asked for another: the first one with something left to choose."""
    sections = sections_of(spec)
    return next(
        (section.slug for section in sections if any(slot.slug not in mix for slot in section.slots)),
        sections[0].slug,
    )


def open_section(spec: Spec, mix: Mapping[str, str], asked: str) -> Section:
    """The section asked for, or the usual one."""
    by_slug = {section.slug: section for section in sections_of(spec)}
    return by_slug.get(asked) or by_slug[usual_section(spec, mix)]
