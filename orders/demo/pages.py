"""Reading pages like a browser without JavaScript: the form to fill in, and what an element says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str | None]

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NOT_SENT = {"submit", "image", "button", "reset", "file"}


@dataclass(slots=True)
class Form:
    """A form as it stands on a page: where it goes, what it would send, which fields must be filled in."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def fill_in(self, answers: Mapping[str, str]) -> dict[str, str]:
        """What to send: the form's own values, then those of `answers` that it asks for, then its first button's."""
        known = {*self.fields, *(name for name, _value in self.buttons)}
        sent = {**self.fields, **{name: value for name, value in answers.items() if name in known}}
        for name, value in self.buttons[:1]:
            sent.setdefault(name, value)
        return sent

    def missing(self, sent: Mapping[str, str]) -> list[str]:
        return sorted(name for name in self.required if not sent.get(name))


class Page(HTMLParser):
    """A page read once: its title, its first POST form in <main>, its alerts, and its elements with a data-stage."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.form: Form | None = None
        self.stages: dict[str, bool] = {}
        self._texts: dict[str, list[str]] = {"title": [], "h1": [], "alert": []}
        self._open: list[tuple[str, str | None]] = []
        self._select: tuple[str, bool] | None = None
        self._in_form = False
        self.feed(html)
        self.close()

    def text_of(self, what: str) -> str:
        """The words of the title, the h1, or the alerts."""
        return " ".join("".join(self._texts[what]).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has: Attributes = dict(attrs)
        if tag not in VOID:
            collects = tag if tag in ("title", "h1") else None
            if has.get("role") == "alert" or "errorlist" in (has.get("class") or ""):
                collects = "alert"
            self._open.append((tag, collects))
        if stage := has.get("data-stage"):
            self.stages[stage] = "aria-current" in has
        if tag == "form" and self._is_wanted(has):
            self.form, self._in_form = Form(has.get("action") or ""), True
        elif self._in_form:
            self._read_control(tag, has)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        if tag == "select":
            self._select = None
        if tag in (name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        for _tag, collects in self._open:
            if collects:
                self._texts[collects].append(data)

    def _is_wanted(self, has: Attributes) -> bool:
        in_main = any(tag == "main" for tag, _ in self._open)
        return self.form is None and in_main and (has.get("method") or "").lower() == "post"

    def _read_control(self, tag: str, has: Attributes) -> None:
        if self.form is None:
            return
        name, value = has.get("name") or "", has.get("value") or ""
        kind = (has.get("type") or ("submit" if tag == "button" else "text")).lower()
        if tag == "option" and self._select:
            self._read_option(value, is_selected="selected" in has)
        elif not name or "disabled" in has:
            return
        elif tag == "select":
            self._select = (name, False)
            self.form.fields[name] = ""
            self.form.choices[name] = []
        elif tag in ("button", "input") and kind == "submit":
            self.form.buttons.append((name, value))
        elif tag == "textarea" or (tag == "input" and kind not in NOT_SENT):
            if kind in ("radio", "checkbox") and "checked" not in has:
                return
            self.form.fields[name] = value
            if "required" in has:
                self.form.required.add(name)

    def _read_option(self, value: str, *, is_selected: bool) -> None:
        if self.form is None or self._select is None:
            return
        name, was_selected = self._select
        self.form.choices[name].append(value)
        if is_selected or (len(self.form.choices[name]) == 1 and not was_selected):
            self.form.fields[name] = value
            self._select = (name, is_selected)
