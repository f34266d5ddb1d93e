"""Minor units of the shop's currency, and the major units that people and payment providers use."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import get_language, to_locale


def major_units(amount: int) -> Decimal:
    """1400 pence are 14.00 pounds; yen have no smaller unit."""
    return _major_units(amount, settings.CURRENCY)


def written(amount: int) -> str:
    """Minor units as people write them, such as £14.00."""
    return _written(amount, settings.CURRENCY, to_locale(get_language() or settings.LANGUAGE_CODE))


@lru_cache(maxsize=1000)  # a shop has few prices
def _written(amount: int, currency: str, locale: str) -> str:
    return str(format_currency(_major_units(amount, currency), currency, locale=locale))


def _major_units(amount: int, currency: str) -> Decimal:
    return Decimal(amount).scaleb(-get_currency_precision(currency))
