"""The forms of a page, as a browser would send them: once for each button."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from tests.pages.html import Html

BUTTONS = ("submit", "image", "reset", "button")


@dataclass(frozen=True, slots=True)
class Form:
    """What one button sends. `typed`: names of the controls that take text; `hidden`: of those that nobody sees."""

    method: str
    address: str
    values: dict[str, str]
    typed: frozenset[str]
    hidden: frozenset[str]


def forms_of(page: Html, *, at: str) -> Iterator[Form]:
    """Every way to send a form of a page that was opened at an address."""
    for form in page.every("form"):
        controls = [e for e in page.every("input", "select", "textarea") if _is_of(page, e, form)]
        buttons = [e for e in page.every("button") if _is_of(page, e, form)]
        typed = {e.get("name", "") for e in controls if _takes_text(e)} - {""}
        hidden = {e.get("name", "") for e in controls if e.get("type") == "hidden"} - {"csrfmiddlewaretoken"}
        for button in buttons or [form]:
            values = {e.get("name", ""): e.get("value", "") for e in controls if e.get("name") and _is_on(e)}
            if button.get("name") and button is not form:
                values[button.get("name", "")] = button.get("value", "")
            yield Form(
                (button.get("formmethod") or form.get("method") or "get").lower(),
                urlsplit(button.get("formaction") or form.get("action") or at)._replace(fragment="").geturl(),
                values,
                frozenset(typed),
                frozenset(hidden),
            )


def _is_of(page: Html, control: Element, form: Element) -> bool:
    if control.get("form"):
        return control.get("form") == form.get("id")
    return form in page.within(control)


def _is_on(control: Element) -> bool:
    return control.get("type") not in ("radio", "checkbox", *BUTTONS) or "checked" in control.attrib


def _takes_text(control: Element) -> bool:
    kind = control.get("type", "text")
    return control.tag == "textarea" or (
        control.tag == "input" and kind not in ("hidden", "radio", "checkbox", *BUTTONS)
    )
