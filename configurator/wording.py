"""What the shop says about a mix, in the shopper's words."""

from collections.abc import Iterable, Mapping

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.mixing.mixer import Mixer, Option, Refusal, Verdict
from configurator.mixing.spec import NONE, REASON_LENGTH, Slot, Spec

MOST_NAMED = 4  # components after the first in the name of a mix


def component_name(spec: Spec, slug: str) -> str:
    """The name of a component; “nothing” for a slot that stays empty."""
    if slug == NONE:
        return _("nothing")
    return next(part.name for family in spec.families for part in family.components if part.slug == slug)


def parts_of(spec: Spec, mix: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The names of slots and of what a (partial) mix puts there, in slot order."""
    return tuple((slot.name, component_name(spec, mix[slot.slug])) for slot in spec.slots if slot.slug in mix)


def list_of(names: Iterable[str]) -> str:
    """Names as a list in a sentence: a, b and c."""
    return get_text_list(list(names), _("and"))


def avoid_names(spec: Spec, names: Iterable[str]) -> tuple[str, ...]:
    """Flags and substances as people say them: a flag by the name that staff gave it."""
    said = {flag.slug: flag.name for flag in spec.flags}
    return tuple(said.get(name, name) for name in names)


def mix_name(spec: Spec, mix: Mapping[str, str]) -> str:
    """A mix in one phrase, such as “Warm Hearth with Mend and Quench”; doubles are said once, as double.

    Of many components only the first are named.
    """
    names = [component_name(spec, mix[slot.slug]) for slot in spec.slots if mix.get(slot.slug, NONE) != NONE]
    if not names:
        return _("Nothing chosen yet")
    first, rest = names[0], names[1:]
    if not rest:
        return first
    counted = [
        _("double %(name)s") % {"name": name} if rest.count(name) > 1 else name
        for name in dict.fromkeys(rest)
    ]
    if len(counted) > MOST_NAMED:
        more = len(counted) - MOST_NAMED + 1
        counted[MOST_NAMED - 1 :] = [ngettext("%(count)s more", "%(count)s more", more) % {"count": more}]
    return _("%(base)s with %(others)s") % {"base": first, "others": list_of(counted)}


def refusal_text(mixer: Mixer, option: Option, refusal: Refusal) -> str:
    """Why an option is not open, in at most REASON_LENGTH characters."""
    if refusal.avoided:
        return _shortened(_("You asked us to leave out %(what)s.") % {"what": list_of(refusal.avoided)}, "")
    if refusal.narrowed and not refusal.rules:
        return _("Of what you do not leave out, nothing goes with it.")
    others = [slug for _slot, slug in refusal.choices]
    reason = refusal.rules[0].reason if refusal.rules else _("Nothing would fit beside it.")
    if not others:
        said = reason
    elif others == [option.slug]:
        said = _("Not twice: %(reason)s") % {"reason": reason}
    else:
        names = list_of(component_name(mixer.spec, slug) for slug in others)
        said = _("Not with %(names)s: %(reason)s") % {"names": names, "reason": reason}
        if len(refusal.rules) > 1:
            said = _("Beside %(names)s nothing would be left to go with it.") % {"names": names}
    return _shortened(said, reason)


def broken_texts(spec: Spec, verdict: Verdict) -> list[str]:
    """Why a mix cannot be made: one sentence per broken rule or part she wants left out."""
    said = [f"{rule.reason}." for rule in verdict.broken]
    said += [
        _("%(component)s contains what you asked us to leave out: %(what)s.")
        % {"component": component_name(spec, component), "what": list_of(found)}
        for _slot, component, found in verdict.avoided
    ]
    return said


def repair_text(spec: Spec, mix: Mapping[str, str], repaired: Mapping[str, str]) -> str:
    """What a repair changes, such as “Main shot: Vivid instead of Mend”."""
    return list_of(
        _change_text(spec, slot, mix, repaired)
        for slot in spec.slots
        if mix.get(slot.slug) != repaired.get(slot.slug)
    )


def _change_text(spec: Spec, slot: Slot, mix: Mapping[str, str], repaired: Mapping[str, str]) -> str:
    old = component_name(spec, mix[slot.slug]) if slot.slug in mix else ""
    if slot.slug not in repaired:
        return _("choose %(slot)s again") % {"slot": slot.name}
    new = component_name(spec, repaired[slot.slug])
    return _("%(slot)s: %(new)s instead of %(old)s") % {"slot": slot.name, "new": new, "old": old}


def _shortened(text: str, otherwise: str) -> str:
    if len(text) <= REASON_LENGTH:
        return text
    return otherwise or text[: REASON_LENGTH - 1] + "…"
