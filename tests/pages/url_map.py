"""The addresses that the shop answers, read from Django's own resolver, so that a new one cannot be overlooked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

NO_PAGES = {
    "admin/": "the staff's, with tests of its own",
    "api/shop/": "for programs",
    "api/fulfilment/": "for programs",
    "api/schema": "for programs",
    "metrics": "for programs with a key, with tests of its own",
    "payments/": "the payment library's, called by providers",
    "static/": "files",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern: its name as `reverse` takes it, the address as it is written in urls.py, its view."""

    name: str
    address: str
    view: Callable[..., Any]
    pattern: URLPattern


def shop_routes() -> list[Route]:
    """Every pattern but those below an address in NO_PAGES."""
    return [route for route in all_routes() if not route.address.startswith(tuple(NO_PAGES))]


def all_routes() -> list[Route]:
    """Every pattern that there is."""
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: list[Any], before: str = "", namespace: str = "") -> Iterator[Route]:
    for each in patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each.url_patterns, address, inner)
        elif isinstance(each, URLPattern):
            yield Route(f"{namespace}{each.name or address}", address, each.callback, each)
