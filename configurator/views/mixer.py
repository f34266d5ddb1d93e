"""The mixer: the page on which a mix is chosen part by part."""

from functools import partial
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from configurator.delivery import recent_promise
from configurator.mix_address import recall_state
from configurator.mixer_html import CHOICE, PAGE, draw
from configurator.mixer_page import build_page
from configurator.refused_pairs import count_refused, pair_of_choice
from configurator.tallying import is_shown
from configurator.undo import read_before
from configurator.versions import mixer_for
from configurator.views.finding import find_restrictions, find_version


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
def mixer(request: HtmxRequest, recipe: str, choices: str = "") -> HttpResponse:
    """The mixer in any state. A choice made by htmx gets what changed; one made by form is sent to its own address."""
    version = find_version(recipe)
    mixer = mixer_for(version)
    query = request.META.get("QUERY_STRING", "")
    state, address = recall_state(mixer, choices=choices, query=query, language=get_language())
    is_choice = bool(request.htmx) and not request.htmx.history_restore_request
    if not is_choice and not state.gone and not state.label_error and not _is_at(request, address):
        return redirect(address)
    today = timezone.localdate()
    bench, promised = recent_promise(today=today)
    within = find_restrictions(request, mixer, state, bench=bench, today=today)
    before = read_before(mixer, _address_before(request, is_choice=is_choice))
    if is_choice or is_shown(request):
        pair = pair_of_choice(mixer, before, state)
        if pair is not None:
            count_refused(mixer, pair, day=today)
    drawn = draw(
        mixer.spec,
        template=CHOICE if is_choice else PAGE,
        depends_on=(version.sha256, state, within, before, bench.delivery, promised),
        build=partial(build_page, mixer, state, bench=bench, today=today, within=within, before=before),
    )
    if is_choice:
        response = HttpResponse(drawn.html)
        response["HX-Push-Url"] = address
    else:
        response = render(
            request, "configurator/mixer.html", {"drawn": drawn}, status=404 if state.gone else 200
        )
    response["Vary"] = "HX-Request"
    return response


def _is_at(request: HttpRequest, address: str) -> bool:
    parts = urlsplit(address)
    return request.path == parts.path and QueryDict(parts.query) == request.GET


def _address_before(request: HtmxRequest, *, is_choice: bool) -> str:
    """Where on this shop the choice was made: where htmx says it is, else the page that led here; empty if unknown."""
    before = request.htmx.current_url if is_choice else request.headers.get("Referer")
    try:
        parts = urlsplit(before or "")
    except ValueError:  # the browser says what it likes
        return ""
    is_here = parts.netloc == request.get_host()
    return parts._replace(scheme="", netloc="", fragment="").geturl() if is_here else ""
