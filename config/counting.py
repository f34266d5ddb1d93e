"""Counting how often the shop's main pages are opened, by day and without who opened them."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from configurator import tallying

STEPS = {
    "configurator:home": "home",
    "configurator:mixer": "mixer",
    "configurator:mix": "mixer",
    "orders:basket": "basket",
    "orders:checkout": "checkout",
}


class CountingMiddleware:
    """Counts pages that a browser opened to show them: not parts of pages, nor what a browser fetches ahead.

    That is known from what browsers say of a request themselves (`Sec-Fetch-Dest`), which most robots do not. Nothing
    else of the request is looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        step = STEPS.get(request.resolver_match.view_name) if request.resolver_match else None
        if step is not None and response.status_code == HTTPStatus.OK and tallying.is_shown(request):
            tallying.tally.count(f"page:{step}", day=timezone.localdate())
        return response
