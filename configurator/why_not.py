"""Why a mix cannot be made, for staff: the rules by name and in words, and the nearest ways out."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from configurator.mixing.mixer import Mixer
from configurator.mixing.searching import Deadline
from configurator.mixing.space import EXPLAIN_SECONDS
from configurator.templatetags.shop import many
from configurator.wording import component_name, list_of, repair_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`completions`: how many mixes can be made of what is chosen, in words; empty for a whole mix.

    `reasons` are (short name of the rule, its words), none where a mix can be made; `advice` likewise.
    """

    can_be_made: bool
    completions: str = ""
    choices: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    advice: tuple[tuple[str, str], ...] = ()
    ways_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def why_not(mixer: Mixer, chosen: Mapping[str, str]) -> Answer:
    """Whether something can be made of what is chosen (slot -> component, some slots or all), else why not.

    Choices that this recipe does not have are named in `unknown`, and nothing else is said. Raises SpaceUndecided.
    """
    known = dict(zip([slot.slug for slot in mixer.spec.slots], mixer.option_slugs, strict=True))
    if unknown := [f"{slot}: {part}" for slot, part in chosen.items() if part not in known.get(slot, ())]:
        return Answer(can_be_made=False, unknown=tuple(unknown))
    mix = mixer.read_mix(chosen)
    if mixer.leads_somewhere(mix):
        return _makeable(mixer, mix)
    rules = {rule.slug: rule.reason for rule in mixer.spec.rules}
    sources, choices = _conflict(mixer, mix)
    return Answer(
        can_be_made=False,
        choices=list_of(component_name(mixer.spec, slug) for slug in choices.values()),
        reasons=tuple((source, rules[source]) for source in sources),
        ways_out=tuple(repair_text(mixer.spec, mix, other) for other in mixer.repairs(mix)),
    )


def _makeable(mixer: Mixer, mix: Mapping[str, str]) -> Answer:
    if not mixer.is_complete(mix):
        count = mixer.count(mix)
        said = _("more than can be counted") if count is None else many(count)
        return Answer(can_be_made=True, completions=said)
    rules = {rule.slug: rule.reason for rule in mixer.spec.rules}
    advice = mixer.advice_model.violated(mixer.model_indices(mix))
    return Answer(can_be_made=True, advice=tuple((source, rules[source]) for source in advice))


def _conflict(mixer: Mixer, mix: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The rules in the way: all that a whole mix breaks; for a partial one a smallest set, and the choices in it."""
    if mixer.is_complete(mix):
        return mixer.model.violated(mixer.model_indices(mix)), {}
    kept: dict[int, int] = {}
    slots = mixer.spec.slots
    for i, slot in enumerate(slots):
        if slot.slug not in mix:
            continue
        option = mixer.option_slugs[i].index(mix[slot.slug])
        conflict = mixer.space.why_not(i, option, kept)
        if conflict is not None:
            choices = sorted({*conflict.choices, i})
            return conflict.sources, {slots[k].slug: mix[slots[k].slug] for k in choices}
        kept[i] = option
    clash = mixer.space.explainer.contradiction(Deadline.after(EXPLAIN_SECONDS))  # nothing at all can be made
    return clash.sources, {}
