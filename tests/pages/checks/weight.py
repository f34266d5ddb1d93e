"""How heavy every page is: it loads fast on a slow line, from us alone."""

import gzip
from functools import cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from django.conf import settings
from django.contrib.staticfiles import finders

from tests.pages.checking import check, is_page
from tests.pages.html import SVG, Html
from tests.pages.samples import Sample
from tests.pages.visits import page_of, visit

MOST_PAGE_BYTES = 12_000  # HTML, style sheets and drawings, compressed
MOST_SCRIPT_BYTES = 20_000  # compressed
MOST_REQUESTS = 6
REFERENCES = {
    "link": "href",
    "script": "src",
    "img": "src",
    "source": "srcset",
    "iframe": "src",
    "object": "data",
}
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon", "mask-icon"}


def loaded_by(page: Html) -> list[str]:
    """The addresses that a browser asks for when it opens a page."""
    return [e.get(REFERENCES[e.tag], "") for e in page.every(*REFERENCES) if _is_loaded(e)]


def _is_loaded(element: Element) -> bool:
    if element.tag == "link":
        return not LOADED_LINKS.isdisjoint(element.get("rel", "").split())
    return REFERENCES[element.tag] in element.attrib


@cache
def size_of(address: str) -> int:
    """Compressed bytes of one of our static files."""
    path = finders.find(urlsplit(address).path.removeprefix(settings.STATIC_URL))
    assert isinstance(path, str), f"{address} is none of the shop's files"
    with open(path, "rb") as opened:  # noqa: PTH123 - finders gives a string
        return len(gzip.compress(opened.read()))


@check(of=is_page)
def it_weighs_at_most_12_kb_and_its_scripts_20_kb(sample: Sample) -> None:
    loaded = loaded_by(page_of(sample))
    scripts = [address for address in loaded if address.endswith(".js")]
    others = [address for address in loaded if address not in scripts]

    assert len(gzip.compress(visit(sample).body)) + sum(map(size_of, others)) <= MOST_PAGE_BYTES
    assert sum(map(size_of, scripts)) <= MOST_SCRIPT_BYTES


@check(of=is_page)
def it_takes_at_most_6_requests_all_to_us(sample: Sample) -> None:
    loaded = loaded_by(page_of(sample))

    assert 1 + len(set(loaded)) <= MOST_REQUESTS
    assert [address for address in loaded if not address.startswith(settings.STATIC_URL)] == []


@check(of=is_page)
def it_has_no_photo_and_no_font(sample: Sample) -> None:
    page = page_of(sample)
    styles = [address for address in loaded_by(page) if address.endswith(".css")]

    assert [a for a in loaded_by(page) if not a.endswith((".css", ".js", ".svg"))] == []
    assert page.every(f"{SVG}image", "video", "audio", "canvas", "embed") == []
    assert styles
