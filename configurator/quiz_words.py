"""What the quiz says about its result, in words made of her own answers."""

from collections.abc import Mapping
from datetime import date

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from configurator.days import written_short_day
from configurator.mixing.answers import Refusal
from configurator.mixing.nothing_left import Emptied, NoMix
from configurator.mixing.quiz import Because, Part, QuizAnswers, Suggestion
from configurator.mixing.spec import Spec
from configurator.wording import avoid_words, component_name, contains_text, list_of, out_text

Missing = Mapping[tuple[str, str], date | None]


def because_text(spec: Spec, found: Suggestion, part: Part, answers: QuizAnswers) -> str:
    """Why a part is what it is, such as: Mend, because you asked for “strength for bleached hair”."""
    names = {
        "name": capfirst(component_name(spec, part.component)),
        "need": next((_in_sentence(need.wording) for need in spec.needs if need.slug == part.need), ""),
        "hair": next((_in_sentence(hair.name) for hair in spec.hair_types if hair.slug == answers.hair), ""),
    }
    return _because(found, part) % names


def change_text(spec: Spec, part: Part, missing: Missing) -> str:
    """Why a slot does not hold what she asked for there; empty if it does, or nothing was asked."""
    if part.instead is None:
        return ""
    wanted, refusal = part.instead.wanted, part.instead.refusal
    if refusal.is_out:
        return out_text(spec, wanted, missing.get((part.slot, wanted)))
    return _why_not(spec, wanted, refusal)


def no_mix_texts(spec: Spec, nothing: NoMix, missing: Missing) -> list[str]:
    """Why nothing can be made: one sentence per slot for which nothing is left."""
    if nothing.emptied:
        return [_emptied_text(spec, emptied, missing) for emptied in nothing.emptied]
    if nothing.keep_all_but:
        return [_("What you do not leave out does not go together.")]
    return [_("What is in stock does not go together.")]


def keep_text(spec: Spec, avoid: tuple[str, ...], dropped: tuple[str, ...]) -> str:
    """The offer to leave out all that she asked for but `dropped`."""
    what = {"what": list_of(avoid_words(spec, dropped))}
    if len(dropped) == len(avoid):
        return _("Make it with %(what)s") % what
    return _("Leave out everything but %(what)s") % what


def _because(found: Suggestion, part: Part) -> str:
    if part.because is Because.NEED and part.instead:
        return _("%(name)s, which helps with “%(need)s”, too.")
    if part.because is Because.NEED and _is_repeated(found, part):
        return _("%(name)s once more, because you asked for “%(need)s”.")
    if part.because is Because.OPEN and part.instead:
        return _("%(name)s, because it goes with the rest.")
    return {
        Because.NEED: _("%(name)s, because you asked for “%(need)s”."),
        Because.SCENT: _("%(name)s, because you chose it."),
        Because.HAIR: _("%(name)s, because it suits %(hair)s hair."),
        Because.OPEN: _("%(name)s, because you left this one to us."),
    }[part.because]


def _why_not(spec: Spec, wanted: str, refusal: Refusal) -> str:
    if refusal.avoided:
        return contains_text(spec, wanted, refusal.avoided)
    others = [choice for _slot, choice in refusal.choices]
    reason = refusal.rules[0].reason if len(refusal.rules) == 1 else ""
    said = {
        "name": component_name(spec, wanted),
        "names": list_of(component_name(spec, other) for other in others),
        "reason": reason,
    }
    if not reason:
        return _("Of what is left, nothing goes with %(name)s.") % said
    if not others:
        return _("%(name)s is not possible: %(reason)s.") % said
    if others == [wanted]:
        return _("%(name)s twice does not work: %(reason)s.") % said
    return _("%(name)s does not go with %(names)s, which you asked for first: %(reason)s.") % said


def _is_repeated(found: Suggestion, part: Part) -> bool:
    same = [other for other in found.parts if other.component == part.component and other.need == part.need]
    return same[0] is not part


def _emptied_text(spec: Spec, emptied: Emptied, missing: Missing) -> str:
    slot = next(slot.name for slot in spec.slots if slot.slug == emptied.slot)
    days = [day for name in emptied.out if (day := missing.get((emptied.slot, name)))]
    said = {
        "slot": _in_sentence(slot),
        "what": get_text_list(list(avoid_words(spec, emptied.avoided)), _("or")),
        "day": written_short_day(min(days)) if days else "",
    }
    if not emptied.out:
        return _("Every %(slot)s contains what you asked us to leave out: %(what)s.") % said
    if emptied.avoided:
        return (
            _("Every %(slot)s is out of stock or contains what you asked us to leave out: %(what)s.") % said
        )
    if not days:
        return _("Every %(slot)s is out of stock.") % said
    return _("Every %(slot)s is out of stock; the first is back about %(day)s.") % said


def _in_sentence(text: str) -> str:
    """Without its capital, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
