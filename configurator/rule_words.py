"""Rules as sentences for staff, such as “Gleam never together with Mend, because …”: one pattern per kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.entered_rules import PPM_PER_PERCENT, EnteredRule
from configurator.mixing import spec
from configurator.mixing.spec import RuleKind
from configurator.models import Rule
from configurator.wording import list_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRule:
    """A rule by the names that staff know; what is not entered yet is empty or None. `percent` is that of a cap."""

    kind: RuleKind
    is_advice: bool
    reason: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_slots: tuple[str, ...]
    right_slots: tuple[str, ...]
    substances: tuple[str, ...]
    amount: str
    percent: Decimal | None
    number: int | None


def entered_sentence(rule: EnteredRule) -> str:
    """A rule as staff are entering it; what is missing is an ellipsis."""
    return _sentence(
        ToldRule(
            kind=RuleKind(rule.kind),
            is_advice=rule.force == Rule.Force.ADVICE,
            reason=rule.reason,
            left=tuple(row.name for row in rule.left),
            right=tuple(row.name for row in rule.right),
            left_slots=tuple(row.name for row in rule.left_slots),
            right_slots=tuple(row.name for row in rule.right_slots),
            substances=tuple(row.name for row in rule.substances),
            amount=rule.amount,
            percent=rule.max_percent,
            number=rule.max_number,
        )
    )


def rule_sentence(of: spec.Spec, rule: spec.Rule) -> str:
    """A rule of a version or a draft."""
    names = {part.slug: part.name for family in of.families for part in family.components}
    slots = {slot.slug: slot.name for slot in of.slots}
    return _sentence(
        ToldRule(
            kind=rule.kind,
            is_advice=rule.advice,
            reason=rule.reason,
            left=_named(rule.left, names),
            right=_named(rule.right, names),
            left_slots=_named(rule.left_slots, slots),
            right_slots=_named(rule.right_slots, slots),
            substances=rule.substances,
            amount=rule.amount,
            percent=Decimal(rule.limit or 0) / PPM_PER_PERCENT if rule.substances else None,
            number=rule.limit,
        )
    )


def percent_text(share: Decimal) -> str:
    """Such as 0.5, without zeros that say nothing."""
    return f"{share.normalize():f}"


def _named(slugs: Iterable[str], names: dict[str, str]) -> tuple[str, ...]:
    return tuple(names.get(slug, slug) for slug in slugs)


def _sentence(rule: ToldRule) -> str:
    said = _("Advice only: %(rule)s") % {"rule": _law(rule)} if rule.is_advice else _law(rule)
    if not rule.reason:
        return said + "."
    return _("%(rule)s, because “%(reason)s”.") % {"rule": said, "reason": rule.reason}


def _law(rule: ToldRule) -> str:
    left, right = _side(rule.left, rule.left_slots), _side(rule.right, rule.right_slots)
    if rule.kind is RuleKind.NEVER_TOGETHER:
        if left == right and len(rule.left) == 1:
            return _("%(name)s never twice") % {"name": left}
        return _("%(left)s never together with %(right)s") % {"left": left, "right": right}
    if rule.kind is RuleKind.NEEDS:
        return _("%(left)s needs %(right)s") % {"left": left, "right": right}
    if rule.kind is RuleKind.AT_MOST:
        return _at_most(left, rule.number)
    return _cap(rule)


def _at_most(left: str, number: int | None) -> str:
    if number is None:
        return _("At most … slots hold %(left)s") % {"left": left}
    if number == 0:
        return _("No slot holds %(left)s") % {"left": left}
    said = ngettext(
        "At most %(number)s slot holds %(left)s", "At most %(number)s slots hold %(left)s", number
    )
    return said % {"number": number, "left": left}


def _cap(rule: ToldRule) -> str:
    if rule.amount and not rule.substances:
        limit = "…" if rule.number is None else rule.number
        return _("%(amount)s add up to at most %(limit)s") % {"amount": rule.amount, "limit": limit}
    limit = "…" if rule.percent is None else percent_text(rule.percent)
    said = {"names": list_of(rule.substances) or "…", "limit": limit}
    if len(rule.substances) > 1:
        return _("%(names)s together are at most %(limit)s %% of the mix") % said
    return _("%(names)s is at most %(limit)s %% of the mix") % said


def _side(components: tuple[str, ...], slots: tuple[str, ...]) -> str:
    names = _one_of(components)
    if not slots:
        return names
    return _("%(names)s (as %(slots)s)") % {"names": names, "slots": _one_of(slots)}


def _one_of(names: tuple[str, ...]) -> str:
    return get_text_list(list(names), _("or")) or "…"
