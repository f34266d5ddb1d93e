"""ETags: naming what was read by its hash, so that it is sent once and decided upon as it was read."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from orders.fulfilment.problems import VersionMissingProblem, VersionStaleProblem


def etag_of(content: Any) -> str:
    """The strong ETag of an answer: the hash of its JSON, in quotes."""
    return f'"{hashlib.sha256(JSONRenderer().render(content)).hexdigest()[:32]}"'


def tagged(request: Request, content: Any) -> Response:
    """An answer with its ETag, or 304 without content if the client has exactly this already (If-None-Match)."""
    etag = etag_of(content)
    response = Response(status=304) if knows(request, etag) else Response(content)
    response["ETag"] = etag
    return response


def knows(request: Request, etag: str) -> bool:
    """Whether the client says that it has exactly this (If-None-Match)."""
    named = _named_in(request.headers.get("If-None-Match", ""))
    return etag in named or "*" in named


def check_match(request: Request, read_etag: Callable[[], str]) -> None:
    """Raises VersionStaleProblem if If-Match does not name the present ETag, VersionMissingProblem without it."""
    header = request.headers.get("If-Match", "")
    if not header:
        raise VersionMissingProblem
    named = _named_in(header)
    if "*" not in named and read_etag() not in named:
        raise VersionStaleProblem


def _named_in(header: str) -> list[str]:
    """A proxy that compresses answers makes their ETags weak, so W/ counts for nothing."""
    return [each.removeprefix("W/") for each in parse_etags(header)]
