"""Rules as sentences for staff, such as “Gleam never together with Mend, because …”: one pattern per kind."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.entered_rules import EnteredRule
from configurator.models import Component, Rule, Slot, Substance
from configurator.wording import list_of


def rule_sentence(rule: EnteredRule) -> str:
    """The whole rule in a sentence; what is not entered yet is an ellipsis."""
    said = _advice(rule) if rule.force == Rule.Force.ADVICE else _law(rule)
    if not rule.reason:
        return said + "."
    return _("%(rule)s, because “%(reason)s”.") % {"rule": said, "reason": rule.reason}


def _advice(rule: EnteredRule) -> str:
    return _("Advice only: %(rule)s") % {"rule": _law(rule)}


def _law(rule: EnteredRule) -> str:
    if rule.kind == Rule.Kind.NEVER_TOGETHER:
        return _never_together(rule)
    if rule.kind == Rule.Kind.NEEDS:
        return _("%(left)s needs %(right)s") % {"left": _left(rule), "right": _right(rule)}
    if rule.kind == Rule.Kind.AT_MOST:
        return _at_most(rule)
    return _cap(rule)


def _never_together(rule: EnteredRule) -> str:
    is_same = rule.left == rule.right and rule.left_slots == rule.right_slots
    if is_same and len(rule.left) == 1:
        return _("%(name)s never twice") % {"name": _left(rule)}
    return _("%(left)s never together with %(right)s") % {"left": _left(rule), "right": _right(rule)}


def _at_most(rule: EnteredRule) -> str:
    if rule.max_number is None:
        return _("At most … slots hold %(left)s") % {"left": _left(rule)}
    if rule.max_number == 0:
        return _("No slot holds %(left)s") % {"left": _left(rule)}
    said = ngettext(
        "At most %(number)s slot holds %(left)s", "At most %(number)s slots hold %(left)s", rule.max_number
    )
    return said % {"number": rule.max_number, "left": _left(rule)}


def _cap(rule: EnteredRule) -> str:
    if rule.amount and not rule.substances:
        limit = "…" if rule.max_number is None else rule.max_number
        return _("%(amount)s add up to at most %(limit)s") % {"amount": rule.amount, "limit": limit}
    names = [substance.name for substance in rule.substances]
    limit = "…" if rule.max_percent is None else f"{rule.max_percent.normalize():f}"
    said = {"names": list_of(names) or "…", "limit": limit}
    if len(names) > 1:
        return _("%(names)s together are at most %(limit)s %% of the mix") % said
    return _("%(names)s is at most %(limit)s %% of the mix") % said


def _left(rule: EnteredRule) -> str:
    return _side(rule.left, rule.left_slots)


def _right(rule: EnteredRule) -> str:
    return _side(rule.right, rule.right_slots)


def _side(components: Iterable[Component], slots: Iterable[Slot]) -> str:
    names = _one_of(components)
    if not slots:
        return names
    return _("%(names)s (as %(slots)s)") % {"names": names, "slots": _one_of(slots)}


def _one_of(rows: Iterable[Component | Slot | Substance]) -> str:
    return get_text_list([row.name for row in rows], _("or")) or "…"
