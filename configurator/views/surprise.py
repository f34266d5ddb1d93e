"""Surprise me: any mix that can be made, each as likely as the others."""

import random

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from configurator.bench import recent_bench
from configurator.mix_address import read_state
from configurator.views.finding import find_mixer, find_restrictions

RNG: random.Random = random.SystemRandom()


@never_cache
@require_safe
def surprise(request: HttpRequest, recipe: str) -> HttpResponse:
    """To a random mix with the size, name and list of the address; where there is none, back to what was chosen."""
    mixer = find_mixer(recipe)
    state = read_state(mixer, choices="", query=request.GET)
    today = timezone.localdate()
    within = find_restrictions(request, mixer, state, bench=recent_bench(today=today), today=today)
    return redirect(state.address(mixer, mixer.sample(RNG, avoid=within.avoid, out=within.out)))
