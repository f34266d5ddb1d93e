"""Minor units of the shop's currency, and the major units that people and payment providers use."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import get_language, to_locale


def major_units(amount: int) -> Decimal:
    """1400 pence are 14.00 pounds; yen have no smaller unit."""
    return Decimal(amount).scaleb(-get_currency_precision(settings.CURRENCY))


def written(amount: int) -> str:
    """Minor units as people write them, such as £14.00."""
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    return format_currency(major_units(amount), settings.CURRENCY, locale=locale)
