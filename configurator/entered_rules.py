"""Rules as staff enter them, and what the draft of a recipe makes of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from configurator.mixing import spec
from configurator.models import Component, Rule, Slot, Substance

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
    def of_row(cls, row: Rule) -> "EnteredRule":
        """A saved rule; no query where what it refers to was fetched with it."""
        return cls(
            slug=row.slug,
            kind=row.kind,
            force=row.force,
            reason=row.reason,
            left=tuple(row.left.all()),
            right=tuple(row.right.all()),
            left_slots=tuple(row.left_slots.all()),
            right_slots=tuple(row.right_slots.all()),
            substances=tuple(row.substances.all()),
            amount=row.amount,
            max_percent=row.max_percent,
            max_number=row.max_number,
            is_active=row.is_active,
        )


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
