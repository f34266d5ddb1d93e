"""What the desk of a recipe lists: its slots, its components with their state, its rules with what each removes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.db.models import Sum
from django.utils.translation import gettext as _

from configurator.compiled_drafts import KEPT, draft_effects
from configurator.draft_space import OpenDraft
from configurator.lint_words import Finding, lint_findings
from configurator.mixing.adding import add_rule
from configurator.mixing.changes import COUNTED_MIXES
from configurator.mixing.mixer import Mixer
from configurator.models import Component, Recipe, Rule
from configurator.rule_words import entered_sentence

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """`composition` adds up to this many percent; None where it has none. `is_sound`: none, or 100."""

    pk: int
    name: str
    is_offered: bool
    stock: str
    composition: Decimal | None
    is_sound: bool


@dataclass(frozen=True, slots=True)
class FamilyLines:
    name: str
    slots: tuple[str, ...]
    components: tuple[ComponentLine, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """`removes` (or warns at) and `only_this` are numbers of mixes; None where they are not counted.

    `state` says why a rule takes no part in the draft; empty if it does.
    """

    number: int
    pk: int
    slug: str
    sentence: str
    is_advice: bool
    state: str
    removes: int | None = None
    only_this: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """`unsettled`: how many rules there was no time to look at."""

    lines: tuple[Finding, ...]
    unsettled: int


def list_families(recipe: Recipe) -> tuple[FamilyLines, ...]:
    """The families of a recipe's slots, in the order of the slots, with all their components; two queries."""
    slots: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for slot in recipe.slots.select_related("family"):
        slots.setdefault(slot.family_id, []).append(slot.name)
        names[slot.family_id] = slot.family.name
    found: dict[int, list[ComponentLine]] = {pk: [] for pk in slots}
    rows = Component.objects.filter(family__in=slots).order_by("position", "name")
    for row in rows.annotate(whole=Sum("composition__percent")):
        found[row.family_id].append(_component_line(row, row.whole))
    return tuple(FamilyLines(names[pk], tuple(slots[pk]), tuple(found[pk])) for pk in slots)


def list_rules(opened: OpenDraft) -> tuple[RuleLine, ...]:
    """All rules of a recipe in staff's order, numbered from 1.

    Up to COUNTED_MIXES combinations each is counted: alone, and what no other rule removes (for advice, the mixes that
    can be made).
    """
    counted = _counts(opened)
    in_draft = {rule.slug for rule in opened.spec.rules}
    return tuple(
        RuleLine(
            number,
            row.pk,
            row.slug,
            entered_sentence(entered),
            row.force == Rule.Force.ADVICE,
            _state(row, is_in_draft=row.slug in in_draft),
            *counted.get(row.slug, (None, None)),
        )
        for number, (row, entered) in enumerate(opened.draft.saved, start=1)
    )


def find_slips(opened: OpenDraft, rules: tuple[RuleLine, ...], *, thoroughly: bool) -> Findings | None:
    """What in the draft cannot be meant; None where its rules are too wide to ask."""
    found = opened.lint(thoroughly=thoroughly)
    if found is None or opened.mixer is None:
        return None
    idle_advice = [rule.slug for rule in rules if rule.is_advice and rule.only_this == 0]
    lines = lint_findings(opened.mixer, found, idle_advice=idle_advice)
    return Findings(lines, 0 if found.contradiction else len(found.unsettled))


def _component_line(row: Component, whole: Decimal | None) -> ComponentLine:
    return ComponentLine(row.pk, row.name, row.is_offered, _stock(row), whole, whole in (None, WHOLE))


def _stock(row: Component) -> str:
    if row.stock_ml is None:
        return _("not counted")
    free = row.stock_ml - row.reserved_ml
    if free <= 0:
        return _("out of stock")
    return _("%(free)s ml free") % {"free": f"{free.normalize():f}"}


def _state(row: Rule, *, is_in_draft: bool) -> str:
    if not row.is_active:
        return _("switched off")
    return "" if is_in_draft else _("speaks of nothing that is offered")


def _counts(opened: OpenDraft) -> dict[str, tuple[int | None, int | None]]:
    mixer = opened.mixer
    return {} if mixer is None or not 0 < mixer.total <= COUNTED_MIXES else dict(_counted(mixer))


@lru_cache(KEPT)
def _counted(mixer: Mixer) -> Mapping[str, tuple[int | None, int | None]]:
    found = {effect.rule.slug: (effect.removes, effect.only_this) for effect in draft_effects(mixer)}
    for rule in mixer.spec.rules:
        if rule.advice:
            added = add_rule(mixer, rule)
            found[rule.slug] = added.breaks, added.lost
    return found
