"""Texts are found in code and templates, kept in files, and compiled without the programs of GNU gettext."""

import gettext
import os
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from config import messages
from config.messages import compile_languages, extract_messages, update_language
from config.processes import BASE_DIR

CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext_lazy, pgettext
said = _("plain"), gettext_lazy("lazy"), pgettext("a verb", "book"), _(f"not {written} out"), _(variable)
many = ngettext("%(n)s drop", "%(n)s drops", n), npgettext_lazy("dose", "one", "more", n)
# Translators: as on a label
noted = _("dose" " in two parts")
"""
TEMPLATE = """{% extends "base.html" %}
{% load i18n %}
   {# a 'note' that is "not said" #}
  <p title="{% translate 'in an attribute' %}">untranslated ' text{% translate "it's" %}</p>
{% blocktranslate with name=mix.name|lower count n=mix.parts|length %}{{ name }} has {{ n }} part
in it{% plural %}{{ name }} has {{ n }} parts{% endblocktranslate %}
      {% include "x.html" with title=_("handed on") %} {{ colour|default:_("none") }} 100 %
{% translate "100 %" %}{% blocktranslate trimmed %}
    of
    two lines{% endblocktranslate %}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {"orders/words.py": CODE, "templates/orders/words.html": TEMPLATE}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    (tmp_path / "templates" / "mail.txt").write_text('{% load i18n %}{% translate "by mail" %}')
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locale"


def catalog_of(*texts: str | tuple[str, str]) -> Catalog:
    catalog = Catalog()
    for text in texts:
        catalog.add(text, locations=[("words.py", 1)])
    return catalog


def translate(path: Path, **translations: str) -> None:
    """Write translations into a file as a translator does."""
    text = path.read_text()
    for said, translated in translations.items():
        assert f'msgid "{said}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{said}"\nmsgstr ""', f'msgid "{said}"\nmsgstr "{translated}"')
    path.write_text(text)


def spoken(path: Path) -> gettext.GNUTranslations:
    with path.with_suffix(".mo").open("rb") as opened:
        return gettext.GNUTranslations(opened)


# Finding ------------------------------------------------------------------------------------------------------------


def test_every_text_of_code_and_templates_is_found(project: Path) -> None:
    found = {(message.id, message.context) for message in extract_messages(project) if message.id}

    assert found == {
        ("plain", None),
        ("lazy", None),
        ("book", "a verb"),
        (("%(n)s drop", "%(n)s drops"), None),
        (("one", "more"), "dose"),
        ("dose in two parts", None),
        ("in an attribute", None),
        ("it's", None),
        (("%(name)s has %(n)s part\nin it", "%(name)s has %(n)s parts"), None),
        ("handed on", None),
        ("none", None),
        ("100 %%", None),
        ("of two lines", None),
        ("by mail", None),
    }


def test_a_text_says_where_it_is_from_and_what_the_translator_should_know(project: Path) -> None:
    catalog = extract_messages(project)

    assert catalog["dose in two parts"].locations == [("orders/words.py", 6)]
    assert catalog["dose in two parts"].auto_comments == ["Translators: as on a label"]
    assert catalog["it's"].locations == [("templates/orders/words.html", 4)]


def test_the_shop_has_hundreds_of_texts_and_every_one_is_written_out() -> None:
    catalog = extract_messages()

    assert len(catalog) > 600
    assert {"Checkout", "Thank you", "Pay %(total)s", "Your basket"} <= {message.id for message in catalog}


# Files of languages -------------------------------------------------------------------------------------------------


def test_a_new_language_gets_a_file_with_its_plural_forms_and_nothing_translated(folder: Path) -> None:
    path = update_language("pl", messages=catalog_of("bottle", ("drop", "drops")), folder=folder)

    assert path == folder / "pl" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as opened:
        catalog = read_po(opened)
    assert catalog.num_plurals == 3
    assert [(m.id, m.string) for m in catalog if m.id] == [("bottle", ""), (("drop", "drops"), ("", "", ""))]


def test_updating_keeps_translations_adds_what_is_new_and_guesses_nothing(folder: Path) -> None:
    path = update_language("de", messages=catalog_of("bottle", "shampoo"), folder=folder)
    translate(path, bottle="Flasche", shampoo="Haarwaschmittel")

    update_language("de", messages=catalog_of("bottle", "bottles"), folder=folder)

    text = path.read_text()
    assert 'msgid "bottle"\nmsgstr "Flasche"' in text
    assert 'msgid "bottles"\nmsgstr ""' in text
    assert '#~ msgid "shampoo"\n#~ msgstr "Haarwaschmittel"' in text
    assert "fuzzy" not in text


def test_updating_without_a_new_text_changes_nothing(folder: Path) -> None:
    path = update_language("de", messages=catalog_of("bottle"), folder=folder)
    before = path.read_bytes()

    update_language("de", messages=catalog_of("bottle"), folder=folder)

    assert path.read_bytes() == before


# Compiling ----------------------------------------------------------------------------------------------------------


def test_what_is_translated_is_spoken_and_what_is_not_stays_as_it_was(folder: Path) -> None:
    path = update_language("de", messages=catalog_of("bottle", "shampoo"), folder=folder)
    translate(path, bottle="Flasche")

    assert compile_languages(folder) == []

    assert spoken(path).gettext("bottle") == "Flasche"
    assert spoken(path).gettext("shampoo") == "shampoo"


def test_a_translation_that_would_break_a_page_is_left_out_and_told(folder: Path) -> None:
    path = update_language("de", messages=catalog_of("Pay %(total)s", "bottle"), folder=folder)
    translate(path, **{"Pay %(total)s": "%(summe)s zahlen", "bottle": "Flasche"})

    [told] = compile_languages(folder)

    assert str(path) in told
    assert "left out" in told
    assert spoken(path).gettext("Pay %(total)s") == "Pay %(total)s"
    assert spoken(path).gettext("bottle") == "Flasche"


def test_only_what_is_newer_is_compiled_and_no_draft_is_left(folder: Path) -> None:
    path = update_language("de", messages=catalog_of("bottle"), folder=folder)
    compiled = path.with_suffix(".mo")
    compile_languages(folder)
    os.utime(compiled, (9e9, 9e9))
    compile_languages(folder)
    kept = compiled.stat().st_mtime
    translate(path, bottle="Flasche")
    os.utime(path, (9.1e9, 9.1e9))

    compile_languages(folder)

    assert kept == 9e9
    assert spoken(path).gettext("bottle") == "Flasche"
    assert sorted(each.name for each in path.parent.iterdir()) == ["django.mo", "django.po"]


# The command --------------------------------------------------------------------------------------------------------


def test_the_command_writes_the_file_of_a_language_and_compiles_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(messages, "LOCALE_DIR", folder)

    assert messages.main(["de"]) == 0

    path = folder / "de" / "LC_MESSAGES" / "django.po"
    assert capsys.readouterr().out == f"Wrote {path}\n"
    assert path.with_suffix(".mo").exists()


def test_the_command_refuses_what_is_no_language_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(messages, "LOCALE_DIR", folder)

    assert messages.main(["english"]) == 2

    assert "“english” is not the code of a language" in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.parametrize(("words", "asked"), [([], []), (["LANGUAGE=de"], ["de"])])
def test_make_asks_for_the_language_in_its_own_words_and_not_for_that_of_the_desktop(
    words: list[str], asked: list[str]
) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "messages", *words],
        env={**os.environ, "MAKEFLAGS": "", "LANGUAGE": "en_GB:en"},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1].split()[1:] == ["-m", "config.messages", *asked]
