"""A rule of a spec as a sentence for staff."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from configurator.mixing.spec import Rule, RuleKind, Spec
from configurator.wording import list_of

PPM_PER_PERCENT = 10_000


def rule_sentence(spec: Spec, rule: Rule) -> str:
    """What a rule says and why, such as “Gleam never with Mend, because acid clouds it”."""
    said = {"rule": _what(spec, rule), "reason": rule.reason}
    if rule.advice:
        return _("advice only: %(rule)s, because: %(reason)s") % said
    return _("%(rule)s, because: %(reason)s") % said


def percent(ppm: int) -> str:
    """Parts per million as per cent, such as 0.5 %."""
    return f"{ppm / PPM_PER_PERCENT:.4f}".rstrip("0").rstrip(".") + " %"


def _what(spec: Spec, rule: Rule) -> str:
    said = {
        "left": _side(spec, rule.left, rule.left_slots),
        "right": _side(spec, rule.right, rule.right_slots),
        "limit": rule.limit,
    }
    if rule.kind is RuleKind.NEVER_TOGETHER:
        return _("%(left)s never with %(right)s") % said
    if rule.kind is RuleKind.NEEDS:
        return _("%(left)s needs %(right)s") % said
    if rule.kind is RuleKind.AT_MOST:
        return _("at most %(limit)s of %(left)s") % said
    if rule.amount:
        return _("%(amount)s at most %(limit)s in all") % {"amount": rule.amount, "limit": rule.limit}
    return _("at most %(limit)s of %(what)s") % {
        "limit": percent(rule.limit or 0),
        "what": list_of(rule.substances),
    }


def _side(spec: Spec, components: Iterable[str], slots: Iterable[str]) -> str:
    names = {part.slug: part.name for family in spec.families for part in family.components}
    places = {slot.slug: slot.name for slot in spec.slots}
    said = either([names.get(slug, slug) for slug in components])
    where = either([places.get(slug, slug) for slug in slots])
    return _("%(what)s (in %(where)s)") % {"what": said, "where": where} if where else said


def either(names: list[str]) -> str:
    """Names as alternatives in a sentence: a, b or c."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
