"""The mixer: the page on which a mix is chosen part by part."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from configurator.bench import read_bench
from configurator.mix_address import read_state
from configurator.mixer_page import build_page
from configurator.undo import read_before
from configurator.views.finding import find_mixer, find_restrictions


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
def mixer(request: HtmxRequest, recipe: str, choices: str = "") -> HttpResponse:
    """The mixer in any state. A choice made by htmx gets what changed; one made by form is sent to its own address."""
    mixer = find_mixer(recipe)
    state = read_state(mixer, choices=choices, query=request.GET)
    address = state.address(mixer)
    is_choice = bool(request.htmx) and not request.htmx.history_restore_request
    if not is_choice and not state.gone and not state.label_error and not _is_at(request, address):
        return redirect(address)
    today = timezone.localdate()
    bench = read_bench(today=today)
    page = build_page(
        mixer,
        state,
        bench=bench,
        today=today,
        within=find_restrictions(request, mixer, state, bench=bench, today=today),
        before=read_before(mixer, _address_before(request, is_choice=is_choice)),
    )
    template = "configurator/_choice.html" if is_choice else "configurator/mixer.html"
    status = 404 if state.gone and not is_choice else 200
    response = render(request, template, {"page": page, "spec": mixer.spec}, status=status)
    if is_choice:
        response["HX-Push-Url"] = address
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
