"""Reading the quiz's pages as a browser without scripts does: links, buttons and what its forms would send."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.configurator.pages import Page, read_page

QUIZ = "/find/shampoo"
HERE = {"Origin": "http://testserver"}


def address(at: str = "result", **answers: Any) -> str:
    return f"{QUIZ}?{urlencode({**answers, 'at': at}, doseq=True)}"


def opened(client: Client, url: str, *, status: int = 200) -> Page:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return read_page(response)


def html(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def links(client: Client, url: str) -> dict[str, str]:
    """Text -> address of each link."""
    found = re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html(client, url), re.DOTALL)
    return {" ".join(re.sub("<[^>]*>", " ", text).split()): unescape(href) for href, text in found}


def fields(client: Client, url: str, *, method: str = "get", action: str = "") -> list[tuple[str, str]]:
    """What the first form of that method (and action) would send without a button."""
    forms = re.findall(r"<form\b(.*?)</form>", html(client, url), re.DOTALL)
    form = next(form for form in forms if f'method="{method}"' in form and f'action="{action}' in form)
    sent = []
    for tag in re.findall(r"<input\b[^>]*>", form):
        kind = re.search(r'type="(\w+)"', tag)
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert kind
        assert name
        if kind[1] in ("hidden", "search") or re.search(r"\bchecked\b", tag):
            sent.append((name[1], unescape(value[1]) if value else ""))
    return sent


def buttons(client: Client, url: str) -> dict[str, str]:
    """Text -> where it leads, of the buttons that say at which question to go on."""
    found = re.findall(r'<button[^>]*name="at"[^>]*value="([\w-]+)"[^>]*>([^<]*)', html(client, url))
    return {text.strip(): at for at, text in found}


def ids_of(client: Client, url: str, field: str) -> dict[str, bool]:
    """Value -> whether it is ticked, of the boxes of a field."""
    tags = re.findall(rf'<input type="(?:checkbox|radio)"[^>]*name="{field}"[^>]*>', html(client, url))
    return {unescape(re.search(r'value="([^"]*)"', tag)[1]): "checked" in tag for tag in tags}  # type: ignore[index]
