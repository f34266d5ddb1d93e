"""Delivery: what it costs and which days are promised."""

from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from configurator.bench import Bench, read_bench
from configurator.delivery import Promise, add_working_days, is_working_day, promise
from configurator.mixing.price import DeliveryPrice
from configurator.models import DeliveryTerms

BENCH = Bench(price=325, free_from=2800, making_days=2, carrier_days=2)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 7, 10), True),
        (date(2026, 7, 11), False),  # Saturday
        (date(2026, 7, 12), False),  # Sunday
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 4), False),  # early May bank holiday
        (date(2026, 8, 31), False),  # summer bank holiday of England
        (date(2026, 8, 3), True),  # that of Scotland
        (date(2026, 11, 30), True),  # Saint Andrew's Day, Scotland
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # Boxing Day falls on a Saturday
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), True),  # 2 January is a holiday in Scotland
    ],
)
def test_working_days_are_those_of_the_shops_country(day: date, is_working: bool) -> None:  # noqa: FBT001
    assert is_working_day(day) is is_working


def test_another_country_has_other_holidays(settings: LazySettings) -> None:
    settings.SHOP_COUNTRY = "DE"

    assert not is_working_day(date(2026, 10, 3) - timedelta(days=155))  # 1 May
    assert is_working_day(date(2026, 8, 31))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 7, 13), 0, date(2026, 7, 13)),
        (date(2026, 7, 11), 0, date(2026, 7, 13)),
        (date(2026, 7, 13), 1, date(2026, 7, 14)),
        (date(2026, 7, 10), 1, date(2026, 7, 13)),
        (date(2026, 7, 11), 1, date(2026, 7, 14)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 12, 25), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 7, 13), 10, date(2026, 7, 27)),
    ],
)
def test_working_days_are_counted_past_weekends_and_holidays(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days) == end


@pytest.mark.parametrize(
    ("today", "made_on", "arrives_on"),
    [
        (date(2026, 7, 13), date(2026, 7, 15), date(2026, 7, 17)),
        (date(2026, 7, 10), date(2026, 7, 14), date(2026, 7, 16)),
        (date(2026, 12, 23), date(2026, 12, 29), date(2026, 12, 31)),
        (date(2026, 12, 24), date(2026, 12, 30), date(2027, 1, 4)),
    ],
)
def test_an_order_is_made_and_arrives_on_working_days(today: date, made_on: date, arrives_on: date) -> None:
    assert promise(BENCH, today=today) == Promise(made_on, arrives_on, ((made_on, 1),))


def test_every_promise_of_two_years_is_a_working_day_and_none_comes_before_an_earlier_one() -> None:
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(730)]
    promises = [promise(BENCH, today=day) for day in days]

    assert all(is_working_day(each.made_on) and is_working_day(each.arrives_on) for each in promises)
    assert all(day < each.made_on < each.arrives_on for day, each in zip(days, promises, strict=True))
    arrivals = [each.arrives_on for each in promises]
    assert arrivals == sorted(arrivals)
    assert max(arrives - day for day, arrives in zip(days, arrivals, strict=True)).days <= 12


@pytest.mark.django_db
def test_before_staff_have_set_terms_delivery_is_free_and_takes_two_days_each() -> None:
    DeliveryTerms.objects.all().delete()

    bench = read_bench(today=date(2026, 7, 13))

    assert bench.delivery == DeliveryPrice(0, None)
    assert (bench.making_days, bench.carrier_days) == (2, 2)


@pytest.mark.django_db
def test_there_is_one_row_of_terms() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryTerms.objects.create(id=2, price=1)

    assert DeliveryTerms.objects.count() == 1
