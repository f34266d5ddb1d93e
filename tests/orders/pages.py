"""Going through basket, checkout and payment with Django's client, and reading the pages as text and controls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

from django.test import Client

CHECKOUT = "/checkout"
MIX = {"base": "warm-hearth", "main": "mend", "second": "quench"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}  # what a browser says of a form of the shop's own
ADDRESS = {
    "email": "ada@example.org",
    "full_name": "Ada Lovelace",
    "postcode": "LS1 4DY",
    "address_line1": "12 Calverley Street",
    "address_line2": "",
    "town": "Leeds",
}
PAY = {"status": "confirmed", "fraud_status": "unknown", "gateway_response": "3ds-disabled"}


@dataclass(slots=True)
class Page:
    """`controls`: attributes of each input; `tags`: text of each element of a tag; `links`: text -> address;
    `stages`: those reached.
    """

    controls: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    stages: list[str] = field(default_factory=list)
    alert: str = ""
    text: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What the form would send."""
        return {name: has.get("value", "") for name, has in self.controls.items()}

    @property
    def visible(self) -> list[str]:
        return [name for name, has in self.controls.items() if has.get("type") != "hidden"]


def read(response: Any) -> Page:
    reader = _Reader()
    reader.feed(response.content.decode())
    reader.page.text = " ".join(" ".join(reader.said).split())
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.said: list[str] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.page.controls[has["name"]] = has
        elif tag not in ("meta", "link", "br", "img"):
            self._open.append((tag, has, []))
        if "done" in has.get("class", "").split():
            self.page.stages.append(has["data-stage"])

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, has, texts = self._open.pop()
            text = " ".join("".join(texts).split())
            self.page.tags.setdefault(name, []).append(text)
            if name == "a":
                self.page.links[text] = has.get("href", "")
                self.page.addresses.add(has.get("href", ""))
            if has.get("role") == "alert":
                self.page.alert = text
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if any(tag in ("style", "script") for tag, _has, _texts in self._open):
            return
        self.said.append(data)
        for _tag, _has, texts in self._open:
            texts.append(data)


def add_to_basket(client: Client, **choices: str) -> Any:
    """Send the mixer's form: MIX in the usual size, but for `choices`."""
    return client.post("/basket/add", {"recipe": "shampoo", **MIX, **choices}, headers=OWN_PAGE)


def open_checkout(client: Client, **choices: str) -> Page:
    """The checkout of a basket with one line."""
    assert add_to_basket(client, **choices)["Location"].startswith("/basket?added=")
    return read(client.get(CHECKOUT))


def fill_in(page: Page, **answers: str) -> dict[str, str]:
    """What the checkout's form sends once Ada's address and `answers` are in it."""
    return {**page.values, **ADDRESS, **answers}


def check_out(client: Client, choices: Mapping[str, str] = MappingProxyType({}), /, **answers: str) -> Any:
    """Put a mix in the basket, open the checkout, and send its form with Ada's address and `answers`."""
    return client.post(CHECKOUT, fill_in(open_checkout(client, **choices), **answers))


def pay(client: Client, token: str, **answers: str) -> Any:
    return client.post(f"/order/{token}/pay", {**PAY, **answers})
