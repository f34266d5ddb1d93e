"""Forms of the admin as a browser fills them in: read from the page, changed by hand, posted whole."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

ROW = "__prefix__"  # stands in the names of the row that "Add another" copies


class Form:
    """The fields of a page's main form with the values that a browser would send."""

    def __init__(self, url: str, html: str) -> None:
        self.url, self.html = url, html
        reader = _Reader()
        reader.feed(html)
        self.values = {name: found for name, found in reader.values.items() if ROW not in name}
        if self.values.get("change_reason") == [""]:
            self.values["change_reason"] = ["For a test"]
        self._empty = {name: found for name, found in reader.values.items() if ROW in name}

    def __getitem__(self, name: str) -> str:
        (value,) = self.values[name]
        return value

    def fill(self, **values: Any) -> "Form":
        """Enter values by field name; a list selects several, None empties or unticks. Unknown names fail."""
        for name, value in values.items():
            if name not in self.values:
                raise AssertionError(f"The form has no field {name}, only {', '.join(self.values)}")
            texts = value if isinstance(value, list) else [] if value is None else [value]
            self.values[name] = [str(text) for text in texts]
        return self

    def add_row(self, prefix: str, **values: Any) -> "Form":
        """What "Add another" does and what is entered there."""
        count = int(self[f"{prefix}-TOTAL_FORMS"])
        self.values[f"{prefix}-TOTAL_FORMS"] = [str(count + 1)]
        for name, found in self._empty.items():
            if name.startswith(f"{prefix}-"):
                self.values[name.replace(ROW, str(count))] = list(found)
        return self.fill_row(prefix, count, **values)

    def fill_row(self, prefix: str, row: int, **values: Any) -> "Form":
        return self.fill(**{f"{prefix}-{row}-{name}": value for name, value in values.items()})

    def row_of(self, prefix: str, **values: Any) -> int:
        """The number of the one row that holds these values."""
        (row,) = [
            i
            for i in range(int(self[f"{prefix}-TOTAL_FORMS"]))
            if all(self.values[f"{prefix}-{i}-{name}"] == [str(value)] for name, value in values.items())
        ]
        return row

    def post(self, client: Client) -> Any:
        return client.post(self.url, {name: found for name, found in self.values.items() if found})

    def save(self, client: Client) -> None:
        """Post it and see that it was taken."""
        response = self.post(client)
        assert response.status_code == 302, errors(response)


def open_form(client: Client, url: str) -> Form:
    response = client.get(url)
    assert response.status_code == 200
    return Form(url, response.content.decode())


PAGES: dict[str, str] = {}


def open_once(client: Client, url: str) -> Form:
    """The same for a page of the catalogue as shipped, which no test finds another: fetched for the first test only."""
    if url not in PAGES:
        PAGES[url] = open_form(client, url).html
    return Form(url, PAGES[url])


def errors(response: Any) -> list[str]:
    """What a refused form says, in the order of the page."""
    assert response.status_code == 200
    reader = _ErrorReader()
    reader.feed(response.content.decode())
    return reader.errors


class _Reader(HTMLParser):
    """Collects inputs, choices and texts of forms that are posted."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._is_posted = False
        self._select = self._textarea = ""
        self._is_many = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_posted = found.get("method") == "post" and "logout" not in found.get("action", "")
        name = found.get("name", "")
        if tag == "option" and self._select and "selected" in found:
            self.values[self._select].append(found["value"])
        if not self._is_posted or not name or "disabled" in found:
            return
        if tag == "select":
            self._select = name
            self.values[name] = []
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]
        elif tag == "input" and found.get("type") not in ("submit", "button", "file"):
            ticked = found.get("type") not in ("checkbox", "radio") or "checked" in found
            self.values.setdefault(name, []).extend(
                [found.get("value", "on" if found.get("type") == "checkbox" else "")] if ticked else []
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "form":
            self._is_posted = False

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] = [data.removeprefix("\n")]


class _ErrorReader(HTMLParser):
    """Collects the entries of error lists."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []
        self._depth = 0
        self._is_entry = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "ul" and "errorlist" in (dict(attrs).get("class") or ""):
            self._depth += 1
        elif tag == "li" and self._depth:
            self._is_entry = True
            self.errors.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul" and self._depth:
            self._depth -= 1
        elif tag == "li":
            self._is_entry = False

    def handle_data(self, data: str) -> None:
        if self._is_entry:
            self.errors[-1] += data.strip()
