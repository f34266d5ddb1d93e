"""A language in which every text is ⟦the same in brackets⟧, so that what is shown without them was not translated."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import django
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from config.messages import compile_languages, extract_messages
from tests.pages.html import Html

CODE = "eo"  # one that Django and Babel know, with words for days that are not English
OPEN, CLOSE = "⟦", "⟧"
READ_OUT = (
    "title",
    "alt",
    "aria-label",
    "aria-description",
    "placeholder",
    "data-found",
    "hx-confirm",
    "label",
)
NOT_SAID = ("style", "script", "code", "pre")
WORD = re.compile(r"[^\W\d_]{2,}")


def make_language(folder: Path) -> None:
    """Translate all texts of the shop, and Django's own, as a translator would: into a file, which is compiled."""
    path = folder / CODE / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    catalog = Catalog(locale=Locale(CODE))
    for message in [*extract_messages(), *_djangos_own()]:
        if message.id:
            said = message.id if isinstance(message.id, tuple) else (message.id,)
            wrapped = tuple(f"{OPEN}{text}{CLOSE}" for text in said)
            string = wrapped if message.pluralizable else wrapped[0]
            catalog.add(message.id, string, context=message.context, flags=message.flags)
    with path.open("wb") as opened:
        write_po(opened, catalog)
    assert compile_languages(folder) == []


def _djangos_own() -> list[Message]:
    path = Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po"
    with path.open("rb") as opened:
        return list(read_po(opened))


def untranslated(body: bytes, *, data: Iterable[str]) -> list[str]:
    """The words of a page that are neither in brackets nor the shop's data, each run of text with its element."""
    page = Html(body)
    known = _pattern_of(data)
    found = []
    outside = "".join(_outside(_texts(page.root)))
    for text in [outside, *_attributes(page)]:
        rest = known.sub(" ", "".join(_outside([text])) if text is not outside else text)
        found += [" ".join(line.split()) for line in rest.split("\n") if WORD.search(line)]
    return found


def _pattern_of(data: Iterable[str]) -> re.Pattern[str]:
    locale = Locale(CODE)
    words = {str(name) for kind in (locale.days, locale.months) for name in kind["format"]["wide"].values()}
    words |= {str(name) for name in locale.months["format"]["abbreviated"].values()}
    everything = sorted({text for text in {*data, *words, "ml"} if text}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in everything), re.IGNORECASE)


def _texts(element: Element) -> Iterator[str]:
    """Text in the order of the page, a line for each piece; programs and their examples are not said to anybody."""
    is_said = element.tag not in NOT_SAID and not callable(element.tag) and element.get("class") != "api"
    if is_said:
        yield f"{element.text or ''}\n"
        for child in element:
            yield from _texts(child)
    yield f"{element.tail or ''}\n"


def _attributes(page: Html) -> Iterator[str]:
    for element in page.every():
        yield from (element.get(name, "") for name in READ_OUT)
        if element.tag == "meta" and element.get("name") == "description":
            yield element.get("content", "")
        if element.tag == "input" and element.get("type") in ("submit", "button"):
            yield element.get("value", "")


def _outside(texts: Iterable[str]) -> Iterator[str]:
    """What is in no brackets; brackets may begin in one piece of text and end in another."""
    depth = 0
    for letter in "".join(texts):
        depth += (letter == OPEN) - (letter == CLOSE)
        if not depth and letter != CLOSE:
            yield letter
    if depth:
        yield " brackets that do not close "
