"""Comparing two mixes of a recipe."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from configurator.bench import recent_bench
from configurator.comparing import compare as compare_mixes
from configurator.comparing import compare_address, offer_mixes
from configurator.mix_address import read_state
from configurator.views.finding import find_mixer, find_restrictions
from configurator.wording import mix_name

EXTRAS = ("size", "label", "avoid", "line")


@require_safe
def compare(request: HttpRequest, recipe: str) -> HttpResponse:
    """Mix `a` beside mix `b` of the address; without `b`, or where it is not offered, what `a` can be compared with."""
    mixer = find_mixer(recipe)
    extras = _only_extras(request.GET)
    state = read_state(mixer, choices=request.GET.get("a", ""), query=extras)
    other = read_state(mixer, choices=request.GET.get("b", ""), query=QueryDict())
    if not state.mix and not state.gone:
        return redirect(state.address(mixer))
    today = timezone.localdate()
    within = find_restrictions(request, mixer, state, bench=recent_bench(today=today), today=today)
    is_known = mixer.is_complete(state.mix)
    shown = {
        "spec": mixer.spec,
        "state": state,
        "name": mix_name(mixer.spec, state.mix),
        "address": state.address(mixer),
        "gone": (*state.gone, *other.gone),
        "is_known": is_known,
    }
    if is_known and mixer.is_complete(other.mix) and other.mix != state.mix:
        shown["comparison"] = compare_mixes(mixer, state, other.mix, within)
        shown["another"] = compare_address(mixer, state)
    elif is_known:
        shown["offers"] = offer_mixes(mixer, state, within)
    return render(request, "configurator/compare.html", shown, status=404 if shown["gone"] else 200)


def _only_extras(query: QueryDict) -> QueryDict:
    """Without what might be taken for a slot."""
    kept = QueryDict(mutable=True)
    for name in EXTRAS:
        if name in query:
            kept.setlist(name, query.getlist(name))
    return kept
