"""Reading the rows that staff edit as a spec."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from configurator.entered_rules import EnteredRule, draft_rule, known_names, ppm, ppm_or_none, saved_rules
from configurator.mixing import spec
from configurator.mixing.spec import NONE
from configurator.models import (
    Amount,
    Component,
    CompositionPart,
    Flag,
    FragranceAllergen,
    HairType,
    Recipe,
    Rule,
    Slot,
    Starter,
    StarterPart,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A recipe's draft as a spec, and what was left out of it, in words for staff in the language that was on.

    `starters_left_out` are the names of the starters among it, `saved` all rules as they are stored, in staff's order.
    """

    spec: spec.Spec
    left_out: tuple[str, ...]
    starters_left_out: tuple[str, ...] = ()
    saved: tuple[tuple[Rule, EnteredRule], ...] = field(default=(), repr=False, compare=False)


def read_draft(recipe: Recipe) -> Draft:
    """The draft of a recipe; a fixed number of queries whatever its size.

    Components that are not offered stay out, and with them needs and starters that hold them and rules that have
    nothing left to forbid; each is named in `left_out`. Starters that do not fill the slots stay out too.
    """
    rows = list(recipe.slots.select_related("family"))
    slots = tuple(_slot(row) for row in rows)
    families = _families(recipe, rows)
    saved = tuple(saved_rules(recipe))
    offered = {component.slug for family in families for component in family.components}
    left_out: list[str] = []
    starters_left_out: list[str] = []
    drafted = spec.Spec(
        slug=recipe.slug,
        name=recipe.name,
        sizes=tuple(
            spec.Size(slug=row.slug, price=row.price, volume_ml=row.volume_ml, label=row.label)
            for row in recipe.sizes.all()
        ),
        slots=slots,
        families=families,
        rules=tuple(_rules(saved, families, left_out)),
        starters=tuple(_starters(recipe, slots, offered, left_out, starters_left_out)),
        needs=tuple(_needs(recipe, offered, left_out)),
        flags=_words(Flag.objects.filter(components__in=_offered(recipe))),
        hair_types=_words(HairType.objects.filter(components__in=_offered(recipe))),
        reference_ml=recipe.reference_ml,
        allergen_threshold_ppm=ppm_or_none(recipe.allergen_threshold_percent),
        open_jar_months=recipe.open_jar_months,
    )
    return Draft(drafted, tuple(left_out), tuple(starters_left_out), saved)


def _slot(row: Slot) -> spec.Slot:
    return spec.Slot(
        slug=row.slug,
        name=row.name,
        family=row.family.slug,
        hint=row.hint,
        dose_ul=None if row.dose_ml is None else int(row.dose_ml * 1000),
        optional=row.is_optional,
        group=row.group,
        paints=row.paints,
    )


def _families(recipe: Recipe, slots: Iterable[Slot]) -> tuple[spec.Family, ...]:
    """Read as plain values: rows of their own for each part of each component take several times as long."""
    families = {slot.family_id: slot.family for slot in slots}
    rows = Component.objects.filter(family__in=families, is_offered=True).order_by("position", "name")
    parts = {
        "composition": _shares(CompositionPart.objects.filter(component__in=rows.order_by())),
        "fragrance_allergens": _shares(FragranceAllergen.objects.filter(component__in=rows.order_by())),
        "amounts": _grouped(
            Amount.objects.filter(component__in=rows.order_by()).values_list("component_id", "name", "value")
        ),
        "flags": _slugs(rows, "flags"),
        "suits": _slugs(rows, "suits"),
    }
    grouped: dict[int, list[spec.Component]] = {pk: [] for pk in families}
    for row in rows:
        own = {name: tuple(by_component.get(row.pk, ())) for name, by_component in parts.items()}
        grouped[row.family_id].append(_component(row, own))
    return tuple(
        spec.Family(slug=family.slug, name=family.name, components=tuple(grouped[pk]))
        for pk, family in families.items()
    )


def _component(row: Component, parts: Mapping[str, Any]) -> spec.Component:
    return spec.Component(
        slug=row.slug,
        name=row.name,
        tagline=row.tagline,
        colour=row.colour,
        glyph=row.glyph,
        surcharge=row.surcharge,
        drawing=row.drawing,
        drawing_style=spec.DrawingStyle(row.drawing_style),
        **parts,
    )


def _shares(
    rows: QuerySet[CompositionPart] | QuerySet[FragranceAllergen],
) -> dict[int, list[tuple[str, int]]]:
    found = _grouped(rows.values_list("component_id", "substance__name", "percent"))
    return {pk: [(name, ppm(percent)) for name, percent in shares] for pk, shares in found.items()}


def _slugs(components: QuerySet[Component], name: str) -> dict[int, list[str]]:
    """Per component the short names of its flags, or of the hair types that it suits, sorted."""
    pairs = components.order_by().exclude(**{name: None}).values_list("pk", f"{name}__slug")
    found: dict[int, list[str]] = {}
    for pk, slug in pairs:
        found.setdefault(pk, []).append(slug)
    return {pk: sorted(slugs) for pk, slugs in found.items()}


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    """Rows by their first value, which is left out; their order stays."""
    found: dict[int, list[Any]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(tuple(values))
    return found


def _rules(
    saved: Iterable[tuple[Rule, EnteredRule]], families: tuple[spec.Family, ...], left_out: list[str]
) -> Iterable[spec.Rule]:
    known = known_names(families)
    for row, entered in saved:
        if not row.is_active:
            continue
        rule = draft_rule(entered, known)
        if rule is None:
            left_out.append(_("rule %(name)s: what it speaks of is not offered") % {"name": row.slug})
        else:
            yield rule


def _starters(
    recipe: Recipe,
    slots: tuple[spec.Slot, ...],
    offered: set[str],
    left_out: list[str],
    names_left_out: list[str],
) -> Iterable[spec.Starter]:
    parts = StarterPart.objects.filter(starter__recipe=recipe)
    mixes = _grouped(parts.values_list("starter_id", "slot__slug", "component__slug"))
    for row in Starter.objects.filter(recipe=recipe):
        mix = {slot: component or NONE for slot, component in mixes.get(row.pk, ())}
        if problem := _misfit(mix, slots, offered):
            left_out.append(_("starter %(name)s: %(problem)s") % {"name": row.name, "problem": problem})
            names_left_out.append(row.name)
            continue
        yield spec.Starter(name=row.name, mix=tuple((slot.slug, mix[slot.slug]) for slot in slots))


def _misfit(mix: Mapping[str, str], slots: tuple[spec.Slot, ...], offered: set[str]) -> str:
    if open_slots := [slot.name for slot in slots if slot.slug not in mix]:
        return _("leaves open %(names)s") % {"names": ", ".join(open_slots)}
    if missing := [component for component in mix.values() if component not in offered and component != NONE]:
        return _("%(names)s is not offered") % {"names": ", ".join(missing)}
    return ""


def _offered(recipe: Recipe) -> QuerySet[Component]:
    return Component.objects.filter(family__in=recipe.slots.values("family"), is_offered=True)


def _words(rows: QuerySet[Flag] | QuerySet[HairType]) -> tuple[spec.Word, ...]:
    return tuple(spec.Word(slug=row.slug, name=row.name) for row in rows.distinct().order_by("name"))


def _needs(recipe: Recipe, offered: set[str], left_out: list[str]) -> Iterable[spec.Need]:
    for row in recipe.needs.select_related("component").prefetch_related("weights__component"):
        if row.component.slug not in offered:
            said = {"name": row.slug, "component": row.component.slug}
            left_out.append(_("need %(name)s: %(component)s is not offered") % said)
            continue
        helpers = sorted(
            ((weight.component.slug, weight.weight) for weight in row.weights.all()),
            key=lambda pair: (-pair[1], pair[0]),
        )
        yield spec.Need(
            slug=row.slug,
            wording=row.wording,
            component=row.component.slug,
            weights=tuple(pair for pair in helpers if pair[0] in offered),
        )
