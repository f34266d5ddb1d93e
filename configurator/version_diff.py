"""What differs between two versions of a recipe, in sentences for staff."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.entered_rules import PPM_PER_PERCENT
from configurator.mixing.spec import Component, Need, Size, Spec, Starter
from configurator.money import written
from configurator.rule_words import percent_text, rule_sentence
from configurator.wording import component_name, list_of, mix_name

# The fields of a spec's parts as staff know them; one that is missing here is shown by its own name.
FIELDS: dict[str, Any] = {
    "name": gettext_lazy("name"),
    "price": gettext_lazy("price"),
    "volume_ml": gettext_lazy("volume in ml"),
    "label": gettext_lazy("word for the size"),
    "family": gettext_lazy("family"),
    "hint": gettext_lazy("hint"),
    "dose_ul": gettext_lazy("dose in ml"),
    "optional": gettext_lazy("may stay empty"),
    "group": gettext_lazy("group"),
    "paints": gettext_lazy("paints the slot"),
    "tagline": gettext_lazy("what it does"),
    "colour": gettext_lazy("colour"),
    "glyph": gettext_lazy("glyph"),
    "flags": gettext_lazy("flags"),
    "suits": gettext_lazy("suits"),
    "surcharge": gettext_lazy("surcharge"),
    "drawing": gettext_lazy("drawing"),
    "drawing_style": gettext_lazy("style of the drawing"),
    "wording": gettext_lazy("wording"),
    "component": gettext_lazy("component"),
    "weights": gettext_lazy("what else helps"),
    "mix": gettext_lazy("mix"),
    "reference_ml": gettext_lazy("doses are given for, ml"),
    "allergen_threshold_ppm": gettext_lazy("fragrance allergens are declared above"),
    "open_jar_months": gettext_lazy("keeps after opening, months"),
}
MICROLITRES = 1000
Shares: TypeAlias = tuple[tuple[str, int], ...]
SHARES = ("composition", "fragrance_allergens", "amounts")


@dataclass(frozen=True, slots=True)
class Section:
    """The changes of one kind, a sentence each."""

    title: str
    lines: tuple[str, ...]


def describe_changes(old: Spec, new: Spec) -> tuple[Section, ...]:
    """What was added, removed and changed from `old` to `new`; empty for equal specs and for no others."""
    sections = {
        _("Recipe"): _recipe(old, new),
        _("Slots"): _things((old, old.slots), (new, new.slots)),
        _("Families"): _things((old, old.families), (new, new.families), unlike=["components"]),
        _("Components"): (
            *_things((old, _parts(old)), (new, _parts(new)), unlike=SHARES),
            *_moves(old, new),
        ),
        _("Compositions"): _compositions(old, new),
        _("Sizes and prices"): _things((old, old.sizes), (new, new.sizes)),
        _("Rules"): _rules(old, new),
        _("Starters"): _things((old, old.starters), (new, new.starters), key="name"),
        _("Needs"): _things((old, old.needs), (new, new.needs)),
        _("Words"): (
            *_things((old, old.flags), (new, new.flags)),
            *_things((old, old.hair_types), (new, new.hair_types)),
        ),
    }
    found = [(title, tuple(lines)) for title, lines in sections.items()]
    told = tuple(Section(title, lines) for title, lines in found if lines)
    if not told and old != new:
        return (Section(_("Order"), (_("Some lists stand in another order; nothing else differs."),)),)
    return told


def _recipe(old: Spec, new: Spec) -> Iterator[str]:
    for name in ("slug", "name", "reference_ml", "allergen_threshold_ppm", "open_jar_months"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield _changed(_("The recipe"), name, _value(name, was, old), _value(name, now, new))


def _things(
    old: tuple[Spec, Iterable[Any]],
    new: tuple[Spec, Iterable[Any]],
    *,
    key: str = "slug",
    unlike: Sequence[str] = (),
) -> Iterator[str]:
    """Things that `key` tells apart: which come and go, which fields changed (but those in `unlike`), which order."""
    (spec_before, things), (spec_after, others) = old, new
    before, after = _by(things, key), _by(others, key)
    for slug, thing in after.items():
        if slug not in before:
            yield _("Added: %(what)s.") % {"what": _whole(spec_after, thing)}
    for slug, thing in before.items():
        if slug not in after:
            yield _("Removed: %(what)s.") % {"what": _whole(spec_before, thing)}
    for slug, thing in after.items():
        was = before.get(slug, thing)
        for name in [field.name for field in fields(thing) if field.name not in unlike]:
            if getattr(was, name) != getattr(thing, name):
                one = _value(name, getattr(was, name), spec_before)
                yield _changed(_name(was), name, one, _value(name, getattr(thing, name), spec_after))
    if [slug for slug in before if slug in after] != (kept := [slug for slug in after if slug in before]):
        yield _("The order is now: %(names)s.") % {"names": ", ".join(_name(after[slug]) for slug in kept)}


def _rules(old: Spec, new: Spec) -> Iterator[str]:
    before, after = _by(old.rules, "slug"), _by(new.rules, "slug")
    for slug, rule in after.items():
        now = rule_sentence(new, rule)
        if slug not in before:
            yield _("New: %(rule)s") % {"rule": now}
        elif before[slug] != rule:
            said = {"slug": slug, "was": rule_sentence(old, before[slug]), "now": now}
            yield _("Changed (%(slug)s): %(now)s It was: %(was)s") % said
    for slug, rule in before.items():
        if slug not in after:
            yield _("Removed: %(rule)s") % {"rule": rule_sentence(old, rule)}


def _moves(old: Spec, new: Spec) -> Iterator[str]:
    """Components that went to another family."""
    before, after = (
        {part.slug: (part.name, family.name) for family in spec.families for part in family.components}
        for spec in (old, new)
    )
    for slug, (name, home) in after.items():
        if slug in before and before[slug][1] != home:
            yield _changed(name, "family", before[slug][1], home)


def _compositions(old: Spec, new: Spec) -> Iterator[str]:
    before = _by(_parts(old), "slug")
    for part in _parts(new):
        if part.slug in before:
            was = before[part.slug]
            yield from _shares(part.name, was.composition, part.composition, _percent)
            yield from _shares(part.name, was.fragrance_allergens, part.fragrance_allergens, _percent)
            yield from _shares(part.name, was.amounts, part.amounts, str)


def _shares(whose: str, old: Shares, new: Shares, write: Callable[[int], str]) -> Iterator[str]:
    before, after = dict(old), dict(new)
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        said = {"whose": whose, "what": name, "was": write(was or 0), "now": write(now or 0)}
        if was is None:
            yield _("%(whose)s: %(what)s is new, %(now)s.") % said
        elif now is None:
            yield _("%(whose)s: %(what)s is gone, it was %(was)s.") % said
        elif was != now:
            yield _("%(whose)s: %(what)s was %(was)s and is now %(now)s.") % said


def _changed(whose: str, field: str, was: str, now: str) -> str:
    said = {"whose": whose, "field": FIELDS.get(field, field), "was": was, "now": now}
    return _("%(whose)s: %(field)s was %(was)s and is now %(now)s.") % said


def _value(field: str, value: Any, spec: Spec) -> str:
    """A field's value as staff write it."""
    if value in (None, "", ()):
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in WRITERS:
        return WRITERS[field](value, spec)
    return (
        list_of(value) if isinstance(value, tuple) else f"“{value}”" if isinstance(value, str) else str(value)
    )


WRITERS: dict[str, Callable[[Any, Spec], str]] = {
    "price": lambda amount, spec: written(amount),
    "surcharge": lambda amount, spec: written(amount),
    "allergen_threshold_ppm": lambda ppm, spec: _percent(ppm),
    "dose_ul": lambda microlitres, spec: f"{microlitres / MICROLITRES:g}",
    "mix": lambda mix, spec: mix_name(spec, dict(mix)),
    "component": lambda slug, spec: component_name(spec, slug),
    "weights": lambda weights, spec: list_of(f"{component_name(spec, slug)} ({n})" for slug, n in weights),
}


def _whole(spec: Spec, thing: Any) -> str:
    if isinstance(thing, Size):
        return f"{_name(thing)}, {written(thing.price)}"
    if isinstance(thing, Starter):
        return f"{thing.name} ({mix_name(spec, dict(thing.mix))})"
    if isinstance(thing, Need):
        return f"{thing.wording} ({component_name(spec, thing.component)})"
    return _name(thing)


def _name(thing: Any) -> str:
    for name in ("name", "wording", "slug"):
        if found := getattr(thing, name, ""):
            return str(found)
    raise AssertionError("everything in a spec has a name")


def _by(things: Iterable[Any], key: str) -> dict[str, Any]:
    return {getattr(thing, key): thing for thing in things}


def _parts(spec: Spec) -> list[Component]:
    return [part for family in spec.families for part in family.components]


def _percent(ppm: int) -> str:
    return f"{percent_text(Decimal(ppm) / PPM_PER_PERCENT)} %"
