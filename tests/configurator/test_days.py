"""Days and times in the words and the order of each language."""

from datetime import UTC, date, datetime

import pytest
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.conf import LazySettings
from django.conf.locale import LANG_INFO
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import to_locale

from configurator.days import written_day, written_day_and_time, written_short_day, written_weekday

DAY = date(2026, 11, 27)
EVENING = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)  # in London it is the first of August already


def known(code: str) -> bool:
    try:
        Locale.parse(to_locale(code))
    except (UnknownLocaleError, ValueError):
        return False
    return "name_local" in LANG_INFO[code] and code != "io"  # Ido has no words for days


@pytest.mark.parametrize(
    ("language", "day", "short_day", "weekday", "moment"),
    [
        ("en-gb", "Friday 27 November", "27 Nov", "Friday", "Saturday 1 August, 00:30"),
        ("en", "Friday, November 27", "Nov 27", "Friday", "Saturday, August 1, 12:30\u202fAM"),
        ("de", "Freitag, 27. November", "27. Nov.", "Freitag", "Samstag, 1. August, 00:30"),
        ("fr", "vendredi 27 novembre", "27 nov.", "vendredi", "samedi 1 août, 00:30"),
        ("es", "viernes, 27 de noviembre", "27 nov", "viernes", "sábado, 1 de agosto, 0:30"),
        ("ru", "пятница, 27 ноября", "27 нояб.", "пятница", "суббота, 1 августа, 00:30"),
        ("ja", "11月27日金曜日", "11月27日", "金曜日", "8月1日土曜日 0:30"),
    ],
)
def test_a_day_is_said_as_the_language_says_it(
    language: str, day: str, short_day: str, weekday: str, moment: str
) -> None:
    with translation.override(language):
        assert written_day(DAY) == day
        assert written_short_day(DAY) == short_day
        assert written_weekday(DAY) == weekday
        assert written_day_and_time(EVENING) == moment


@pytest.mark.parametrize("language", [code for code in LANG_INFO if known(code)])
def test_every_language_that_can_be_added_names_weekday_and_day(language: str) -> None:
    weekday = str(format_date(DAY, "EEEE", locale=to_locale(language)))

    with translation.override(language):
        assert weekday in written_day(DAY)
        assert "27" in written_day(DAY)
        assert "27" in written_short_day(DAY)
        assert "2026" not in written_day(DAY)
        assert written_day(DAY) in written_day_and_time(datetime(2026, 11, 27, 12, tzinfo=UTC))


def test_without_a_language_it_is_the_shops_own(settings: LazySettings) -> None:
    with translation.override(None):
        assert written_day(DAY) == "Friday 27 November"


def test_a_moment_is_on_the_day_that_it_is_in_the_shop(settings: LazySettings) -> None:
    assert written_day(EVENING) == "Saturday 1 August"
    settings.TIME_ZONE = "America/New_York"
    assert written_day(EVENING) == "Friday 31 July"


def test_templates_write_them_by_filters() -> None:
    template = "{% load shop %}{{ d|day }} / {{ d|weekday }} / {{ t|day_and_time }}"

    said = Template(template).render(Context({"d": DAY, "t": EVENING}))

    assert said == "Friday 27 November / Friday / Saturday 1 August, 00:30"
