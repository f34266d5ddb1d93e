"""How a page is reached: the register that the modules in `addresses/` fill and every test of all pages reads.

A page is a few lines there: a function under `@page("app:name", "in which state")` gets a shopper who is new here, does
with her what is needed (by HTTP, or by the use cases), and gives the address to open, or `Sent(address, form)`.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.test import Client

from tests.orders.make import ADA


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that is sent (POST) instead of an address that is opened."""

    path: str
    data: Mapping[str, str]


Prepare = Callable[[Client], str | Sent]
T = TypeVar("T", bound=Prepare)

ADDRESSES = Path(__file__).parent / "addresses"
NAME = "Zoë"  # on the labels of shoppers
CUSTOMER = {
    "email": ADA.email,
    "full_name": ADA.full_name,
    "postcode": ADA.postcode,
    "address_line1": ADA.address_line1,
    "town": ADA.town,
}
NO_ROUTE = "no pattern"  # what the shop answers where none of its patterns fits, or before a view is asked


class Register(Protocol):
    """A decorator that leaves the function as it is."""

    def __call__(self, prepare: T, /) -> T: ...


class Kind(Enum):
    PAGE = "page"  # answers with a page
    ELSEWHERE = "elsewhere"  # sends her on
    POSTED = "posted"  # only takes forms
    FILE = "file"  # a picture or another file, no page


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One address in one state. `prepare` brings a shopper there and gives the address (or form) to send.

    `route`: name of the pattern, or NO_ROUTE. `is_public`: the same for everybody, so it may
    be in a search engine. `is_alone`: its state changes what other pages show.
    """

    route: str
    state: str
    kind: Kind
    prepare: Prepare
    status: int
    is_public: bool
    is_alone: bool

    @property
    def id(self) -> str:
        return f"{self.route}, {self.state}" if self.state else self.route

    @property
    def is_sent(self) -> bool:
        """Whether it is the answer to a form."""
        return self.prepare.__annotations__["return"] is Sent


_samples: list[Sample] = []


def all_samples(*kinds: Kind) -> list[Sample]:
    """Those in `addresses/`, of some kinds or of all."""
    for module in sorted(ADDRESSES.glob("*.py")):
        importlib.import_module(f"tests.pages.addresses.{module.stem}")
    return [sample for sample in _samples if not kinds or sample.kind in kinds]


def new_shopper(**environ: Any) -> Client:
    """Who has not been here before; her browser says that forms come from the shop's own pages."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, **environ)


def page(
    route: str, state: str = "", *, status: int = 200, public: bool = False, alone: bool = False
) -> Register:
    """A page in a state. It is taken to be a shopper's own, so not for search engines, unless `public` is said."""
    return _register(route, state, Kind.PAGE, status=status, public=public, alone=alone)


def elsewhere(route: str, state: str = "", *, status: int = 302) -> Register:
    """An address that sends her on to another one."""
    return _register(route, state, Kind.ELSEWHERE, status=status)


def posted(route: str) -> Register:
    """An address that only takes forms."""
    return _register(route, "", Kind.POSTED, status=405)


def file(route: str, state: str = "") -> Register:
    """An address that answers with a file."""
    return _register(route, state, Kind.FILE, status=200)


def _register(
    route: str, state: str, kind: Kind, *, status: int, public: bool = False, alone: bool = False
) -> Register:
    def register(prepare: T, /) -> T:
        sample = Sample(
            route=route,
            state=state,
            kind=kind,
            prepare=prepare,
            status=status,
            is_public=public,
            is_alone=alone,
        )
        assert sample.id not in {each.id for each in _samples}, f"{sample.id} is there twice"
        _samples.append(sample)
        return prepare

    return register
