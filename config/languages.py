"""Which languages the shop speaks: its own, and each that has a file of translations."""

from collections.abc import Sequence
from pathlib import Path

from babel import Locale, UnknownLocaleError
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_language, to_locale

LOCALE_MIDDLEWARE = "django.middleware.locale.LocaleMiddleware"
BEFORE_IT = "django.contrib.sessions.middleware.SessionMiddleware"


def find_languages(folder: Path, *, usual: str) -> list[tuple[str, str]]:
    """(code, name in that language), the usual one first: those with `<locale>/LC_MESSAGES/django.po` (or `.mo`).

    Raises ImproperlyConfigured for a folder that names no language.
    """
    files = [*folder.glob("*/LC_MESSAGES/django.po"), *folder.glob("*/LC_MESSAGES/django.mo")]
    codes = {to_language(file.parent.parent.name) for file in files}
    return [(code, name_of(code)) for code in (usual, *sorted(codes - {usual}))]


def name_of(code: str) -> str:
    """What a language calls itself; raises ImproperlyConfigured where Django or Babel do not know it."""
    try:
        Locale.parse(to_locale(code))
    except (UnknownLocaleError, ValueError) as error:
        raise ImproperlyConfigured(f"“{code}” is not the code of a language that Babel knows.") from error
    name = LANG_INFO.get(code, {}).get("name_local")
    if name is None:
        raise ImproperlyConfigured(f"“{code}” is not the code of a language that Django knows.")
    return str(name)


def with_languages(middleware: Sequence[str], languages: Sequence[tuple[str, str]]) -> list[str]:
    """The middleware that answers in the language that the browser asks for, if there is more than one to choose from.

    With one language no answer depends on what the browser asks for, so none says so.
    """
    if len(languages) == 1:
        return list(middleware)
    place = middleware.index(BEFORE_IT) + 1
    return [*middleware[:place], LOCALE_MIDDLEWARE, *middleware[place:]]
