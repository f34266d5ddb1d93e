"""The baseline of the page benchmarks: a plain Django view, and all of the shop's addresses beside it."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

LINE = "A line of a page, & of the length that lines in a page's source commonly have."
PAGE = engines["django"].from_string(
    "<!DOCTYPE html><html lang='en'><head><title>{{ title }}</title></head><body>"
    "{% for line in lines %}<p>{{ line }}</p>\n{% endfor %}</body></html>"
)
LINE_BYTES = len(PAGE.render({"lines": [LINE]})) - len(PAGE.render({"lines": []}))


def page(request: HttpRequest, size: int) -> HttpResponse:
    """About `size` bytes of escaped lines from a template, and nothing else: no query, no session, no shop."""
    lines = [LINE] * (size // LINE_BYTES)
    return HttpResponse(PAGE.render({"title": "Bare", "lines": lines}, request))


urlpatterns = [path("bare/<int:size>", page), path("", include("config.urls"))]
