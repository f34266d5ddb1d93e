"""What a page answered, kept so that each check of it costs no second preparation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages.html import Html
from tests.pages.samples import Sample, Sent, new_shopper


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page as a prepared shopper got it; `cookies` are all that she has by then.

    `head` and `stranger` (someone new at the same address) are None for a form.

    `queries` are those of opening or sending it again: what a process reads once in its life is no cost of a page.
    """

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    queries: int
    cookies: frozenset[str]
    head: "Answer | None"
    stranger: "Answer | None"


@dataclass(frozen=True, slots=True)
class Answer:
    """`cookies`: names of those set."""

    status: int
    body: bytes
    cookies: frozenset[str]


@cache
def visit(sample: Sample) -> Visit:
    """Prepare and open a sample; the first test that asks does it in its own transaction."""
    shopper = new_shopper()
    address = sample.prepare(shopper)
    response = ask(shopper, address)
    with CaptureQueriesContext(connection) as captured:
        ask(shopper, address)
    if isinstance(address, Sent):
        return _visit(address.path, response, shopper, queries=len(captured))
    return _visit(
        address,
        response,
        shopper,
        queries=len(captured),
        head=_answer(shopper.head(address)),
        stranger=_answer(new_shopper().get(address)),
    )


@cache
def page_of(sample: Sample) -> Html:
    """What came when it was visited, as a tree."""
    return Html(visit(sample).body)


def ask(shopper: Client, address: str | Sent) -> Any:
    """Open an address, or send a form."""
    if isinstance(address, Sent):
        return shopper.post(address.path, address.data)
    return shopper.get(address)


def _visit(
    path: str,
    response: Any,
    shopper: Client,
    *,
    queries: int,
    head: Answer | None = None,
    stranger: Answer | None = None,
) -> Visit:
    return Visit(
        path=path,
        status=response.status_code,
        headers=dict(response.headers),
        body=_body(response),
        queries=queries,
        cookies=frozenset(shopper.cookies),
        head=head,
        stranger=stranger,
    )


def _answer(response: Any) -> Answer:
    return Answer(response.status_code, _body(response), frozenset(response.cookies))


def _body(response: Any) -> bytes:
    content: bytes = b"".join(response) if response.streaming else response.content
    return content
