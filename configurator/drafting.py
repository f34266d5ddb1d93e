"""Reading the rows that staff edit as a spec."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from configurator.entered_rules import RULE_PARTS, EnteredRule, draft_rule, known_names, ppm, ppm_or_none
from configurator.mixing import spec
from configurator.mixing.spec import NONE
from configurator.models import (
    Component,
    CompositionPart,
    Flag,
    FragranceAllergen,
    HairType,
    Recipe,
    Slot,
    Starter,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A recipe's draft as a spec, and what was left out of it, in words for staff; of starters the names, too."""

    spec: spec.Spec
    left_out: tuple[str, ...]
    starters_left_out: tuple[str, ...] = ()


def read_draft(recipe: Recipe) -> Draft:
    """The draft of a recipe; a fixed number of queries whatever its size.

    Components that are not offered stay out, and with them needs and starters that hold them and rules that have
    nothing left to forbid; each is named in `left_out`. Starters that do not fill the slots stay out too.
    """
    slots = tuple(_slot(row) for row in recipe.slots.select_related("family"))
    families = _families(recipe)
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
        rules=tuple(_rules(recipe, families, left_out)),
        starters=tuple(_starters(recipe, slots, offered, left_out, starters_left_out)),
        needs=tuple(_needs(recipe, offered, left_out)),
        flags=_words(Flag.objects.filter(components__in=_offered(recipe))),
        hair_types=_words(HairType.objects.filter(components__in=_offered(recipe))),
        reference_ml=recipe.reference_ml,
        allergen_threshold_ppm=ppm_or_none(recipe.allergen_threshold_percent),
        open_jar_months=recipe.open_jar_months,
    )
    return Draft(drafted, tuple(left_out), tuple(starters_left_out))


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


def _families(recipe: Recipe) -> tuple[spec.Family, ...]:
    parts: list[Any] = [
        Prefetch("composition", CompositionPart.objects.select_related("substance")),
        Prefetch("fragrance_allergens", FragranceAllergen.objects.select_related("substance")),
        "amounts",
        "flags",
        "suits",
    ]
    rows = (
        Component.objects.filter(family__in=recipe.slots.values("family"))
        .select_related("family")
        .prefetch_related(*parts)
        .order_by("position", "name")
    )
    found: dict[str, spec.Family] = {
        slot.family.slug: spec.Family(slug=slot.family.slug, name=slot.family.name, components=())
        for slot in recipe.slots.select_related("family")
    }
    grouped: dict[str, list[spec.Component]] = {slug: [] for slug in found}
    for row in rows:
        if row.is_offered:
            grouped[row.family.slug].append(_component(row))
    return tuple(
        spec.Family(slug=family.slug, name=family.name, components=tuple(grouped[slug]))
        for slug, family in found.items()
    )


def _component(row: Component) -> spec.Component:
    return spec.Component(
        slug=row.slug,
        name=row.name,
        tagline=row.tagline,
        colour=row.colour,
        glyph=row.glyph,
        flags=tuple(sorted(flag.slug for flag in row.flags.all())),
        suits=tuple(sorted(hair.slug for hair in row.suits.all())),
        surcharge=row.surcharge,
        composition=_shares(row.composition.all()),
        fragrance_allergens=_shares(row.fragrance_allergens.all()),
        amounts=tuple((amount.name, amount.value) for amount in row.amounts.all()),
        drawing=row.drawing,
        drawing_style=spec.DrawingStyle(row.drawing_style),
    )


def _shares(parts: Iterable[CompositionPart | FragranceAllergen]) -> tuple[tuple[str, int], ...]:
    return tuple((part.substance.name, ppm(part.percent)) for part in parts)


def _rules(recipe: Recipe, families: tuple[spec.Family, ...], left_out: list[str]) -> Iterable[spec.Rule]:
    rows = recipe.rules.filter(is_active=True).prefetch_related(*RULE_PARTS)
    known = known_names(families)
    for row in rows:
        rule = draft_rule(EnteredRule.of_row(row), known)
        if rule is None:
            left_out.append(f"rule {row.slug}: what it speaks of is not offered")
        else:
            yield rule


def _starters(
    recipe: Recipe,
    slots: tuple[spec.Slot, ...],
    offered: set[str],
    left_out: list[str],
    names_left_out: list[str],
) -> Iterable[spec.Starter]:
    for row in Starter.objects.filter(recipe=recipe).prefetch_related("parts__slot", "parts__component"):
        mix = {part.slot.slug: part.component.slug if part.component else NONE for part in row.parts.all()}
        if problem := _misfit(mix, slots, offered):
            left_out.append(f"starter {row.name}: {problem}")
            names_left_out.append(row.name)
            continue
        yield spec.Starter(name=row.name, mix=tuple((slot.slug, mix[slot.slug]) for slot in slots))


def _misfit(mix: Mapping[str, str], slots: tuple[spec.Slot, ...], offered: set[str]) -> str:
    if open_slots := [slot.name for slot in slots if slot.slug not in mix]:
        return f"leaves open {', '.join(open_slots)}"
    if missing := [component for component in mix.values() if component not in offered and component != NONE]:
        return f"{', '.join(missing)} is not offered"
    return ""


def _offered(recipe: Recipe) -> QuerySet[Component]:
    return Component.objects.filter(family__in=recipe.slots.values("family"), is_offered=True)


def _words(rows: QuerySet[Flag] | QuerySet[HairType]) -> tuple[spec.Word, ...]:
    return tuple(spec.Word(slug=row.slug, name=row.name) for row in rows.distinct().order_by("name"))


def _needs(recipe: Recipe, offered: set[str], left_out: list[str]) -> Iterable[spec.Need]:
    for row in recipe.needs.select_related("component").prefetch_related("weights__component"):
        if row.component.slug not in offered:
            left_out.append(f"need {row.slug}: {row.component.slug} is not offered")
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
