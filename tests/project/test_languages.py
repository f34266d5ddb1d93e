"""A second language is a file: it is found, named, and only then do answers depend on what a browser asks for."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.languages import LOCALE_MIDDLEWARE, find_languages, with_languages


def put(folder: Path, locale: str, name: str = "django.po") -> None:
    path = folder / locale / "LC_MESSAGES" / name
    path.parent.mkdir(parents=True)
    path.touch()


def test_without_files_there_is_the_usual_language_alone(tmp_path: Path) -> None:
    assert find_languages(tmp_path / "locale", usual="en-gb") == [("en-gb", "British English")]


def test_each_file_adds_a_language_by_its_own_name_behind_the_usual_one(tmp_path: Path) -> None:
    put(tmp_path, "pt_BR")
    put(tmp_path, "de", "django.mo")
    put(tmp_path, "en_GB")
    put(tmp_path, "fr", "notes.txt")
    put(tmp_path, "zh_Hans")

    assert find_languages(tmp_path, usual="en-gb") == [
        ("en-gb", "British English"),
        ("de", "Deutsch"),
        ("pt-br", "Português Brasileiro"),
        ("zh-hans", "简体中文"),
    ]


@pytest.mark.parametrize("locale", ["xx", "klingon", "udm", "la", "not a language"])
def test_a_folder_that_names_no_language_is_refused_by_name(tmp_path: Path, locale: str) -> None:
    put(tmp_path, locale)

    with pytest.raises(ImproperlyConfigured, match="is not the code of a language"):
        find_languages(tmp_path, usual="en-gb")


def test_with_one_language_nothing_is_added_and_with_two_sessions_come_first() -> None:
    usual = ["security", "django.contrib.sessions.middleware.SessionMiddleware", "common"]
    one, two = [("en-gb", "British English")], [("en-gb", "British English"), ("de", "Deutsch")]

    assert with_languages(usual, one) == usual
    assert with_languages(usual, two) == [*usual[:2], LOCALE_MIDDLEWARE, "common"]


def test_the_settings_offer_what_is_in_the_folder() -> None:
    shipped = find_languages(settings.BASE_DIR / "locale", usual="en-gb")

    assert shipped == settings.LANGUAGES
    assert (LOCALE_MIDDLEWARE in settings.MIDDLEWARE) == (len(shipped) > 1)
