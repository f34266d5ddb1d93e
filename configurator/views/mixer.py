"""The mixer: the page on which a mix is chosen part by part."""

from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from configurator.bench import read_bench
from configurator.mix_address import MixState, read_state
from configurator.mixer_page import build_page
from configurator.mixing.mixer import Mixer
from configurator.views.finding import find_mixer


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
def mixer(request: HtmxRequest, recipe: str, choices: str = "") -> HttpResponse:
    """The mixer in any state. A choice made by htmx gets what changed; one made by form is sent to its own address."""
    mixer = find_mixer(recipe)
    state = read_state(mixer, choices=choices, query=request.GET.dict())
    address = state.address(mixer)
    is_choice = request.htmx and not request.htmx.history_restore_request
    if not is_choice and not state.gone and not state.label_error and not _is_at(request, address):
        return redirect(address)
    today = timezone.localdate()
    page = build_page(
        mixer,
        state,
        bench=read_bench(today=today),
        today=today,
        hold=_just_chosen(mixer, state, request.htmx.current_url) if is_choice else (),
    )
    if is_choice:
        response = render(request, "configurator/_choice.html", {"page": page, "spec": mixer.spec})
        response["HX-Push-Url"] = address
    else:
        status = 404 if state.gone else 200
        response = render(
            request, "configurator/mixer.html", {"page": page, "spec": mixer.spec}, status=status
        )
    response["Vary"] = "HX-Request"
    return response


def _is_at(request: HttpRequest, address: str) -> bool:
    parts = urlsplit(address)
    return request.path == parts.path and QueryDict(parts.query) == request.GET


def _just_chosen(mixer: Mixer, state: MixState, before: str | None) -> list[str]:
    """The slots whose choice differs from the address that the page had before."""
    old = _mix_at(mixer, before or "")
    return [slot for slot, component in state.mix.items() if old.get(slot) != component]


def _mix_at(mixer: Mixer, url: str) -> dict[str, str]:
    try:
        parts = urlsplit(url)
        choices = resolve(parts.path).kwargs.get("choices", "")
    except (ValueError, Resolver404):  # the browser says what it likes
        return {}
    names = [slot.slug for slot in mixer.spec.slots]
    if choices:
        return dict(zip(names, choices.split("/"), strict=False))
    return {name: values[0] for name, values in parse_qs(parts.query).items() if name in names}
