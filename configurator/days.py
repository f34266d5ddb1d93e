"""Days and times as people write them in the language of the page."""

import re
from datetime import date, datetime
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format, match_skeleton
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, to_locale

# The weekdays and named months in a pattern of the Unicode locale data (UTS 35); what stands in quotes is text.
WORDS = re.compile(r"'[^']*'|[Ec]+|[ML]{3,}")


def written_day(day: date | datetime) -> str:
    """A day with its weekday and without its year, such as “Friday 27 November”."""
    return _written(day, "MMMMEEEEd")


def written_short_day(day: date | datetime) -> str:
    """A day as short as it can be understood, such as “27 Nov”."""
    return _written(day, "MMMd")


def written_weekday(day: date | datetime) -> str:
    """The weekday alone, such as “Friday”."""
    return str(format_date(_local(day), "EEEE", locale=_locale()))


def written_day_and_time(moment: datetime) -> str:
    """A moment in the shop's time zone, such as “Friday 27 November, 14:05”."""
    locale = _locale()
    time = format_time(timezone.localtime(moment).time(), "short", locale=locale)
    both = str(get_datetime_format("medium", locale=locale))
    return both.replace("{1}", written_day(moment)).replace("{0}", time).replace("'", "")


def _written(day: date | datetime, skeleton: str) -> str:
    return _written_in(str(_locale()), _local(day), skeleton)


@lru_cache(maxsize=500)  # the days that are spoken of are few
def _written_in(locale: str, day: date, skeleton: str) -> str:
    return str(format_date(day, _pattern(locale, skeleton), locale=locale))


@cache
def _pattern(locale_name: str, skeleton: str) -> str:
    """The pattern of a language for what a skeleton names, words as long as the skeleton has them (UTS 35, 2.6.2)."""
    skeletons = Locale.parse(locale_name).datetime_skeletons
    found = match_skeleton(skeleton, skeletons)
    if found is None:
        return "full"
    month = re.sub("[^M]", "", skeleton)
    return WORDS.sub(lambda word: _word(word.group(), month), str(skeletons[found].pattern))


def _word(pattern: str, month: str) -> str:
    # Never the stand-alone forms c and L: there Babel has no words for some languages.
    if pattern.startswith("'"):
        return pattern
    return "EEEE" if pattern[0] in "Ec" else month


def _local(day: date | datetime) -> date:
    """The day in the shop's time zone."""
    return timezone.localtime(day).date() if isinstance(day, datetime) else day


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or settings.LANGUAGE_CODE))
