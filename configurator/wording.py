"""What the shop says about a mix, in the shopper's words."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.days import written_short_day
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


def flag_names(specs: Iterable[Spec]) -> dict[str, str]:
    """The flags of some recipes: short name -> name."""
    return {flag.slug: flag.name for spec in specs for flag in spec.flags}


def avoid_words(specs: Spec | Iterable[Spec], items: Iterable[str]) -> tuple[str, ...]:
    """What an avoid list or a label names, as people say it: flags by their names, substances as they are."""
    names = flag_names([specs] if isinstance(specs, Spec) else specs)
    return tuple(names.get(item, item) for item in items)


def refusal_text(mixer: Mixer, option: Option, refusal: Refusal, *, back_on: date | None = None) -> str:
    """Why an option is not open, in at most REASON_LENGTH characters; `back_on`: about when it is in stock again."""
    if refusal.avoided:
        what = list_of(avoid_words(mixer.spec, refusal.avoided))
        return _shortened(_("You asked us to leave out %(what)s.") % {"what": what}, "")
    if refusal.is_out:
        return stock_text(back_on)
    names = list_of(component_name(mixer.spec, slug) for _slot, slug in refusal.choices)
    if refusal.narrowed:
        return _narrowed_text(refusal, names)
    reason = refusal.rules[0].reason if refusal.rules else _("Nothing would fit beside it.")
    if not names:
        said = reason
    elif [slug for _slot, slug in refusal.choices] == [option.slug]:
        said = _("Not twice: %(reason)s") % {"reason": reason}
    elif len(refusal.rules) > 1:
        said = _("Beside %(names)s nothing would be left to go with it.") % {"names": names}
    else:
        said = _("Not with %(names)s: %(reason)s") % {"names": names, "reason": reason}
    return _shortened(said, reason)


def stock_text(back_on: date | None) -> str:
    """That something is out of stock, and about when it is back if that is known."""
    if back_on is None:
        return _("Out of stock just now")
    return _("Out of stock, back about %(day)s") % {"day": written_short_day(back_on)}


def broken_texts(
    spec: Spec, verdict: Verdict, *, back_on: Mapping[tuple[str, str], date | None] | None = None
) -> list[str]:
    """Why a mix cannot be made: a sentence per broken rule, part she wants left out, and part out of stock."""
    said = [f"{rule.reason}." for rule in verdict.broken]
    said += [contains_text(spec, component, found) for _slot, component, found in verdict.avoided]
    days = back_on or {}
    said += [out_text(spec, pair[1], days.get(pair)) for pair in verdict.out]
    return list(dict.fromkeys(said))


def contains_text(spec: Spec, component: str, avoided: Collection[str]) -> str:
    """That a chosen component contains what she wants left out."""
    said = {"component": component_name(spec, component), "what": list_of(avoid_words(spec, avoided))}
    return _shortened(_("%(component)s contains what you asked us to leave out: %(what)s.") % said, "")


def out_text(spec: Spec, component: str, back_on: date | None) -> str:
    """That a chosen component is out of stock."""
    name = component_name(spec, component)
    if back_on is None:
        return _("%(component)s is out of stock just now.") % {"component": name}
    return _("%(component)s is out of stock, back about %(day)s.") % {
        "component": name,
        "day": written_short_day(back_on),
    }


def nothing_left_text(spec: Spec, *, avoid: Collection[str], is_short: bool) -> str:
    """That no mix at all can be made, because of an avoid list, of what is out of stock, or of both."""
    if not avoid:
        return _("So much is out of stock that we can make nothing just now.")
    what = list_of(avoid_words(spec, avoid))
    if is_short:
        said = _("Without %(what)s, and with what is in stock just now, we can make nothing.")
    else:
        said = _("Without %(what)s there is nothing that we can make.")
    return _shortened(said % {"what": what}, "")


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


def _narrowed_text(refusal: Refusal, names: str) -> str:
    """Words that are true of an avoid list and of stock alike."""
    said = _("Of what is left for you, nothing goes with it.")
    if names:
        said = _shortened(
            _("Beside %(names)s, nothing that is left for you goes with it.") % {"names": names}, said
        )
    if len(refusal.rules) != 1:
        return said
    told = {"said": said.removesuffix("."), "reason": refusal.rules[0].reason}
    return _shortened(_("%(said)s: %(reason)s") % told, said)


def _shortened(text: str, otherwise: str) -> str:
    if len(text) <= REASON_LENGTH:
        return text
    return otherwise or text[: REASON_LENGTH - 1] + "…"
