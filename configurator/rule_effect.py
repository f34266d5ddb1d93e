"""What a rule would do before it is saved, counted over all mixes of the draft, and said in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.draft_space import OpenDraft
from configurator.entered_rules import EnteredRule, draft_rule
from configurator.mixing.adding import EXAMPLES, Added, add_rule
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import NONE
from configurator.mixing.walking import bits
from configurator.models import Rule
from configurator.rule_words import entered_sentence
from configurator.templatetags.shop import many
from configurator.wording import MOST_NAMED, component_name, list_of, mix_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEffect:
    """`added` is None where nothing can be counted; `figures` says so, too. `emptied`: what it leaves with nothing.

    `examples`: names of mixes that it takes away. `notes`: what else to know, such as that it is switched off.
    """

    sentence: str
    figures: str
    is_advice: bool = False
    added: Added | None = None
    emptied: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def preview_rule(opened: OpenDraft, entered: EnteredRule, *, instead_of: str | None = None) -> RuleEffect:
    """What the draft would lose by a rule; `instead_of` is the short name of the saved rule that it takes the place of.

    The counts are those of the draft as it is published next: of offered components, beside all other hard rules.
    """
    sentence = entered_sentence(entered)
    base = opened.mixer if instead_of is None else opened.without(instead_of)
    if base is None:
        figures = _("The rules tie together too much to count what this one does.")
        return RuleEffect(sentence=sentence, figures=figures)
    rule = draft_rule(entered, opened.known)
    if rule is None:
        return RuleEffect(
            sentence=sentence,
            figures=_("Removes nothing: what it speaks of is not offered."),
            notes=tuple(_notes(entered)),
        )
    added = add_rule(base, rule, examples=_most_examples(base))
    is_advice = entered.force == Rule.Force.ADVICE
    return RuleEffect(
        sentence=sentence,
        figures=_warning_text(added) if is_advice else _removing_text(added),
        is_advice=is_advice,
        added=added,
        emptied=() if is_advice else tuple(_emptied_texts(base, added)),
        examples=tuple(mix_name(base.spec, mix) for mix in added.examples),
        notes=tuple(_notes(entered)),
    )


def _most_examples(mixer: Mixer) -> int:
    """None for a recipe of so many slots that the names of its mixes leave some out: they would all read alike."""
    return EXAMPLES if len(mixer.spec.slots) <= MOST_NAMED else 0


def _removing_text(added: Added) -> str:
    if added.breaks is None:
        return _("Its mixes are too many to count.")
    said = {"breaks": many(added.breaks), "total": many(added.total)}
    if added.lost is None or added.left is None:
        return _("Removes %(breaks)s of %(total)s mixes; what stays is too much to count.") % said
    said |= {"lost": many(added.lost), "left": many(added.left)}
    return (
        ngettext(
            "Removes %(breaks)s of %(total)s mixes, %(lost)s not already removed; %(left)s stays.",
            "Removes %(breaks)s of %(total)s mixes, %(lost)s not already removed; %(left)s stay.",
            added.left,
        )
        % said
    )


def _warning_text(added: Added) -> str:
    if added.breaks is None:
        return _("Its mixes are too many to count. Advice removes nothing.")
    said = {"breaks": many(added.breaks), "total": many(added.total)}
    if added.lost is None:
        return _("Warns at %(breaks)s of %(total)s mixes. Advice removes nothing.") % said
    said["lost"] = many(added.lost)
    return (
        _("Warns at %(breaks)s of %(total)s mixes, %(lost)s of which can be made. Advice removes nothing.")
        % said
    )


def _notes(entered: EnteredRule) -> Iterator[str]:
    if not entered.is_active:
        yield _("It is switched off: until it is active, none of this happens.")


def _emptied_texts(mixer: Mixer, added: Added) -> Iterator[str]:
    """A sentence for each component that can no longer be had at all or in a slot, and for starters."""
    if added.left == 0 and added.lost:
        yield _("Nothing at all can be made any more.")
        return
    spec = mixer.spec
    names = {slot.slug: slot.name for slot in spec.slots}
    still_open = {slug for slot, slug in _open_options(mixer) if (slot, slug) not in added.closed}
    closed: dict[str, list[str]] = {}
    for slot, slug in added.closed:
        closed.setdefault(slug, []).append(names[slot])
    for slug, where in closed.items():
        said = {"name": component_name(spec, slug), "slots": list_of(where)}
        if slug == NONE:
            yield _("%(slots)s can no longer stay empty.") % said
        elif slug in still_open:
            yield _("%(name)s can no longer be chosen as %(slots)s.") % said
        else:
            yield _("Leaves %(name)s with nothing: no mix can hold it any more.") % said
    for starter in added.starters:
        yield _("The starter %(name)s can no longer be made.") % {"name": starter.name}


def _open_options(mixer: Mixer) -> Iterator[tuple[str, str]]:
    """(slot, component) that some makeable mix holds."""
    for slot, slugs, mask in zip(mixer.spec.slots, mixer.option_slugs, mixer.space.options(), strict=True):
        yield from ((slot.slug, slugs[option]) for option in bits(mask))
