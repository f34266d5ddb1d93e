"""What delivery costs and which day is promised."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.conf import settings

from configurator.mixing.price import DeliveryPrice
from configurator.models import DeliveryTerms

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """When an order placed today is made and when it arrives; both are working days."""

    made_on: date
    arrives_on: date


def read_terms() -> DeliveryTerms:
    """The shop's delivery terms, one query; before staff have set any: free of charge, two days each."""
    return DeliveryTerms.objects.first() or DeliveryTerms(price=0, free_from=None)


def delivery_price(terms: DeliveryTerms) -> DeliveryPrice:
    return DeliveryPrice(price=terms.price, free_from=terms.free_from)


def promise(terms: DeliveryTerms, *, today: date) -> Promise:
    """The dates of an order placed on `today`: working days of the shop's country, weekends and holidays left out."""
    made_on = add_working_days(today, terms.making_days)
    return Promise(made_on=made_on, arrives_on=add_working_days(made_on, terms.carrier_days))


def add_working_days(start: date, days: int) -> date:
    """The working day that is `days` working days after `start` (the next working day on or after it for 0)."""
    day = start
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays(settings.SHOP_COUNTRY)


@lru_cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv="ENG" if country == "GB" else None)
