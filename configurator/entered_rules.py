"""Rules as staff enter them, and what the draft of a recipe makes of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from configurator.mixing import spec
from configurator.models import Component, Recipe, Rule, Slot, Substance

PPM_PER_PERCENT = 10_000
RULE_PARTS = ("left", "right", "left_slots", "right_slots", "substances")  # what a rule refers to

# What a rule of a kind must have something left of, or it forbids nothing. (A component that needs what is not
# offered is another matter: it can no longer be had, so the rule stays and staff have to decide.)
SPEAKS_OF: dict[str, list[str]] = {
    Rule.Kind.NEVER_TOGETHER: ["left", "right"],
    Rule.Kind.NEEDS: ["left"],
    Rule.Kind.AT_MOST: ["left"],
    Rule.Kind.CAP: ["substances", "amount"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredRule:
    """A rule as staff enter it, saved or not yet."""

    slug: str
    kind: str
    force: str
    reason: str
    left: tuple[Component, ...] = ()
    right: tuple[Component, ...] = ()
    left_slots: tuple[Slot, ...] = ()
    right_slots: tuple[Slot, ...] = ()
    substances: tuple[Substance, ...] = ()
    amount: str = ""
    max_percent: Decimal | None = None
    max_number: int | None = None
    is_active: bool = True

    @classmethod
    def of_row(cls, row: Rule, parts: "Mapping[str, tuple[Any, ...]] | None" = None) -> "EnteredRule":
        """A saved rule; what it refers to is read, except where `parts` holds it by the names of RULE_PARTS."""
        if parts is None:
            parts = {name: tuple(getattr(row, name).all()) for name in RULE_PARTS}
        return cls(
            slug=row.slug,
            kind=row.kind,
            force=row.force,
            reason=row.reason,
            amount=row.amount,
            max_percent=row.max_percent,
            max_number=row.max_number,
            is_active=row.is_active,
            **parts,
        )


def saved_rules(recipe: Recipe) -> list[tuple[Rule, EnteredRule]]:
    """All rules of a recipe in staff's order, each with what it refers to; nine queries.

    A component that many rules speak of is read once: a row for each mention is most of the time of a large recipe.
    """
    rows = list(recipe.rules.all())
    referred: dict[str, dict[int, list[Any]]] = {}
    for model, names in ((Component, RULE_PARTS[:2]), (Slot, RULE_PARTS[2:4]), (Substance, RULE_PARTS[4:])):
        pairs = {name: _pairs(recipe, name) for name in names}
        wanted = {target for found in pairs.values() for _rule, target in found}
        targets = {row.pk: (i, row) for i, row in enumerate(model._default_manager.filter(pk__in=wanted))}
        for name, found in pairs.items():
            by_rule: dict[int, list[Any]] = {}
            for rule, target in found:
                by_rule.setdefault(rule, []).append(targets[target])
            referred[name] = by_rule
    return [
        (
            row,
            EnteredRule.of_row(
                row, {name: _in_order(by_rule.get(row.pk, ())) for name, by_rule in referred.items()}
            ),
        )
        for row in rows
    ]


def _pairs(recipe: Recipe, part: str) -> list[tuple[int, int]]:
    """(rule, what it refers to) by primary key."""
    field: Any = Rule._meta.get_field(part)
    rows = field.remote_field.through._default_manager.filter(rule__recipe=recipe)
    return list(rows.values_list("rule_id", f"{field.m2m_reverse_field_name()}_id"))


def _in_order(found: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    return tuple(row for _place, row in sorted(found, key=lambda pair: pair[0]))


def known_names(families: Iterable[spec.Family]) -> dict[str, set[str]]:
    """What the families of a draft have of that which a rule may speak of."""
    parts = [part for family in families for part in family.components]
    offered = {part.slug for part in parts}
    return {
        "left": offered,
        "right": offered,
        "substances": {name for part in parts for name, _ in part.composition},
        "amount": {name for part in parts for name, _ in part.amounts},
    }


def draft_rule(entered: EnteredRule, known: Mapping[str, set[str]]) -> spec.Rule | None:
    """A rule as a draft with these `known_names` has it: without components that are not offered.

    None where nothing is left of what it speaks of. Whether it is active is not asked.
    """
    named = {
        "left": _slugs(entered.left),
        "right": _slugs(entered.right),
        "substances": tuple(sorted(substance.name for substance in entered.substances)),
        "amount": (entered.amount,) if entered.amount else (),
    }
    kept = {what: _kept(names, known[what]) for what, names in named.items()}
    if any(named[what] and not kept[what] for what in SPEAKS_OF[entered.kind]):
        return None
    return spec.Rule(
        slug=entered.slug,
        kind=spec.RuleKind(entered.kind),
        reason=entered.reason,
        advice=entered.force == Rule.Force.ADVICE,
        left=kept["left"],
        right=kept["right"],
        left_slots=_slugs(entered.left_slots),
        right_slots=_slugs(entered.right_slots),
        substances=kept["substances"],
        amount=entered.amount,
        limit=rule_limit(
            is_on_substances=bool(named["substances"]),
            percent=entered.max_percent,
            number=entered.max_number,
        ),
    )


def _slugs(rows: Iterable[Component | Slot]) -> tuple[str, ...]:
    return tuple(sorted(row.slug for row in rows))


def _kept(slugs: Iterable[str], offered: set[str]) -> tuple[str, ...]:
    return tuple(slug for slug in slugs if slug in offered)


def rule_limit(*, is_on_substances: bool, percent: Decimal | None, number: int | None) -> int | None:
    """The limit of a rule in the unit of its kind: ppm for a cap on substances, else a plain number."""
    return ppm_or_none(percent) if is_on_substances else number


def ppm(percent: Decimal) -> int:
    return int(percent * PPM_PER_PERCENT)


def ppm_or_none(percent: Decimal | None) -> int | None:
    return None if percent is None else ppm(percent)
