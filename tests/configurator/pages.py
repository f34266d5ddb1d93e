"""Reading the shop's pages as a browser without scripts does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = ("input", "meta", "link", "br")


@dataclass(slots=True)
class Page:
    """`checked`: value of each radio group; `by_id`: text of each element with an id; `repairs`: (text, address).

    `links`: text -> address; `hidden`: (name, value) of hidden fields; `buttons`: text -> attributes.
    """

    checked: dict[str, str] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    repairs: list[tuple[str, str]] = field(default_factory=list)
    by_class: dict[str, list[str]] = field(default_factory=dict)
    by_tag: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


def read_page(response: Any) -> Page:
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if found.get("id"):
            self.page.attributes[found["id"]] = found
        if found.get("type") == "radio" and "checked" in found:
            self.page.checked[found["name"]] = found["value"]
        if found.get("type") == "hidden":
            self.page.hidden.append((found["name"], found["value"]))
        if tag not in VOID:
            self._open.append((tag, found, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if found.get("id"):
            self.page.attributes[found["id"]] = found

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, found, texts = self._open.pop()
            text = " ".join("".join(texts).split())
            if found.get("id"):
                self.page.by_id[found["id"]] = text
            self.page.by_tag.setdefault(name, []).append(text)
            for kind in found.get("class", "").split():
                self.page.by_class.setdefault(kind, []).append(text)
            if name == "a" and "href" in found:
                self.page.links[text] = found["href"]
            if name == "button":
                self.page.buttons[text] = found
            if found.get("class") == "repair":
                self.page.repairs.append((text, found["href"]))
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)
