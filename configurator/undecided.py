"""The page for a question about a very large product that was not settled in time."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from configurator.mixing.filtering import SpaceUndecided


class UndecidedMiddleware:
    """Turns SpaceUndecided, wherever a page meets it, into a 503 that names the way on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SpaceUndecided):
            return None
        response = render(request, "configurator/undecided.html", status=503)
        response["Retry-After"] = "5"
        return response
