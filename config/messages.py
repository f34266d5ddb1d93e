"""Translations: `python -m config.messages de` brings the file of a language up to date, without one all are compiled.

In Python alone: Django's own `makemessages` and `compilemessages` need the programs of GNU gettext.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from config.languages import name_of

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE_DIR = BASE_DIR / "locale"
SOURCES = (
    "config/**/*.py",
    "configurator/**/*.py",
    "orders/**/*.py",
    "staff/**/*.py",
    "templates/**/*.html",
    "templates/**/*.txt",
)
LAZY: dict[str, Any] = {
    f"{name}_lazy": at for name, at in DEFAULT_KEYWORDS.items() if name.endswith("gettext")
}
KEYWORDS: dict[Any, Any] = {**DEFAULT_KEYWORDS, **LAZY, "gettext_noop": None}
COMMENT_TAGS = ("Translators:",)


def extract_messages(base: Path = BASE_DIR) -> Catalog:
    """Every text of code and templates below a folder that goes through Django's translation."""
    catalog = Catalog(project="Concoct", charset="utf-8")
    for path in sorted({path for pattern in SOURCES for path in base.glob(pattern)}):
        name = path.relative_to(base).as_posix()
        for line, text, comments, context in _read(path):
            catalog.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def _read(path: Path) -> Iterator[tuple[int, Any, Any, str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        # Django turns a template into the calls that its tags make; what stands before them is no indentation.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).split("\n"))
    for line, function, texts, comments in extract_python(
        io.BytesIO(source.encode()), KEYWORDS, COMMENT_TAGS, {}
    ):
        found = _message(KEYWORDS[function], texts)
        if found is not None:
            yield line, found[0], comments, found[1]


def _message(places: Any, texts: Any) -> tuple[Any, str | None] | None:
    """(text or (singular, plural), context) of a call; None for one whose text is not written out."""
    texts = texts if isinstance(texts, tuple) else (texts,)
    context, wanted = None, []
    for place in places or (1,):
        index = place[0] if isinstance(place, tuple) else place
        text = texts[index - 1] if index <= len(texts) else None
        if not text:
            return None
        if isinstance(place, tuple):
            context = text
        else:
            wanted.append(text)
    return (wanted[0] if len(wanted) == 1 else tuple(wanted)), context


def update_language(language: str, *, messages: Catalog, folder: Path) -> Path:
    """Write a language's file with all texts: new ones empty, translated ones kept, those no longer used at the end."""
    name_of(language)
    locale = to_locale(language)
    path = folder / locale / "LC_MESSAGES" / "django.po"
    catalog = (
        _open(path, locale) if path.exists() else Catalog(locale=Locale.parse(locale), project="Concoct")
    )
    messages.creation_date = catalog.creation_date  # a file changes only when a text does
    catalog.update(messages, no_fuzzy_matching=True)
    catalog.fuzzy = False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as opened:
        write_po(opened, catalog, width=110, include_lineno=False)
    return path


def compile_languages(folder: Path) -> list[str]:
    """Make the `.mo` beside each `.po` that is newer; what a translator got wrong is left out and told, a line each."""
    told = []
    for path in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime > path.stat().st_mtime:
            continue
        catalog = _open(path, path.parent.parent.name)
        for message, errors in catalog.check():
            told.append(f"{path}, line {message.lineno}: left out, {errors[0]}")
            _leave_out(message)
        draft = compiled.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as opened:
            write_mo(opened, catalog)
        draft.replace(compiled)
    return told


def _open(path: Path, locale: str) -> Catalog:
    with path.open("rb") as opened:
        return read_po(opened, locale=locale)


def _leave_out(message: Message) -> None:
    message.string = ("", "") if message.pluralizable else ""


def main(languages: list[str]) -> int:
    """Update the languages named, then compile all."""
    messages = extract_messages()
    try:
        for language in languages:
            print(f"Wrote {update_language(language, messages=messages, folder=LOCALE_DIR)}")
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        return 2
    for told in compile_languages(LOCALE_DIR):
        print(told, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
