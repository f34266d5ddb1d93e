"""What a rule that staff enter lacks for its kind, or has although its kind makes no use of it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from configurator.entered_rules import rule_limit
from configurator.mixing import spec
from configurator.mixing.validation import rule_problems
from configurator.models import Recipe, Rule

LIMITS = ["substances", "amount", "max_percent", "max_number"]
IGNORED = {
    Rule.Kind.NEVER_TOGETHER: LIMITS,
    Rule.Kind.NEEDS: LIMITS,
    Rule.Kind.AT_MOST: ["right", "right_slots", "substances", "amount", "max_percent"],
    Rule.Kind.CAP: ["left", "left_slots", "right", "right_slots"],
}


def entry_problems(recipe: Recipe, entered: Mapping[str, Any]) -> list[str]:
    """What is wrong with a rule of this recipe, in words; empty where nothing is.

    `entered` has a value for each field of Rule, with lists of rows for those that refer to several.
    """
    is_dosed = recipe.slots.exclude(dose_ml=None).exists()
    problems = [_(problem) for problem in rule_problems(_as_spec(entered), is_dosed=is_dosed)]
    if ignored := [f"“{_label(name)}”" for name in _ignored(entered) if not _is_empty(entered[name])]:
        problems.append(_("does not use %(fields)s; empty this") % {"fields": ", ".join(ignored)})
    if any(slot.recipe_id != recipe.pk for slot in _slots(entered)):
        problems.append(_("names a slot of another recipe"))
    return [_("This rule %(problem)s.") % {"problem": problem} for problem in problems]


def _slots(entered: Mapping[str, Any]) -> Iterator[Any]:
    yield from entered["left_slots"]
    yield from entered["right_slots"]


def _label(name: str) -> str:
    return str(capfirst(Rule._meta.get_field(name).verbose_name))  # type: ignore[union-attr]  # none is a reverse one


def _ignored(entered: Mapping[str, Any]) -> Iterable[str]:
    """The fields that a rule of its kind makes no use of."""
    fields = IGNORED[entered["kind"]]
    if entered["kind"] != Rule.Kind.CAP:
        return fields
    return [*fields, "max_number" if entered["substances"] else "max_percent"]


def _is_empty(value: Any) -> bool:
    return value is None or (not isinstance(value, int | Decimal) and not value)


def _as_spec(entered: Mapping[str, Any]) -> spec.Rule:
    on_substances = bool(entered["substances"])
    return spec.Rule(
        slug=entered.get("slug") or "rule",
        kind=spec.RuleKind(entered["kind"]),
        reason=entered.get("reason") or "",
        left=tuple(row.slug for row in entered.get("left") or ()),
        right=tuple(row.slug for row in entered.get("right") or ()),
        substances=tuple(row.name for row in entered.get("substances") or ()),
        amount=entered.get("amount") or "",
        limit=rule_limit(
            is_on_substances=on_substances, percent=entered["max_percent"], number=entered["max_number"]
        ),
    )
