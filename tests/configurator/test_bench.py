"""The state of the bench: terms, special days and short stock in one query, and what cannot be made of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from configurator.bench import AHEAD, PLENTY_ML, Bench, Day, Stock, missing, read_bench
from configurator.mixing.price import DeliveryPrice
from configurator.mixing.spec import Size, Spec
from configurator.models import BenchDay, Component, DeliveryTerms, RecipeVersion
from configurator.versions import mixer_for

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 21)
XMAS = date(2026, 12, 25)


@pytest.fixture(autouse=True)
def nothing_counted(db: None) -> None:
    """No component of the shipped catalogue is counted, but for what a test says."""
    Component.objects.update(stock_ml=None)


def set_stock(slug: str, stock: str, **values: Any) -> None:
    """How many millilitres there are of a component."""
    assert Component.objects.filter(slug=slug).update(stock_ml=Decimal(stock), **values)


@pytest.fixture
def spec(catalogue: RecipeVersion) -> Spec:
    return mixer_for(catalogue).spec


def size_of(spec: Spec, slug: str) -> Size:
    return spec.size(slug)


def test_the_bench_is_read_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    DeliveryTerms.objects.update(price=410, free_from=3000, making_days=3, carrier_days=1, daily_capacity=40)
    BenchDay.objects.create(day=XMAS, is_closed=True, note="Christmas")
    BenchDay.objects.create(day=TODAY, capacity=12, booked=5)
    set_stock("mend", "20.5", reserved_ml=Decimal("0.499"), back_on=date(2027, 1, 11))
    set_stock("quench", "0")
    read_bench(today=TODAY)  # Django asks a database once what it knows of JSON

    with django_assert_num_queries(1):
        bench = read_bench(today=TODAY)

    assert bench == Bench(
        price=410,
        free_from=3000,
        making_days=3,
        carrier_days=1,
        daily_capacity=40,
        days={XMAS: Day(is_closed=True), TODAY: Day(capacity=12, booked=5)},
        stock={"mend": Stock(20_001, date(2027, 1, 11)), "quench": Stock(0, None)},
    )
    assert bench.delivery == DeliveryPrice(410, 3000)


def test_a_bench_without_anything_special_has_no_days_and_no_stock() -> None:
    bench = read_bench(today=TODAY)

    assert (bench.days, bench.stock, bench.daily_capacity) == ({}, {}, None)


def test_only_days_from_today_to_half_a_year_ahead_are_read() -> None:
    for days in (-1, 0, AHEAD.days, AHEAD.days + 1):
        BenchDay.objects.create(day=TODAY + timedelta(days=days), booked=1)

    assert sorted(read_bench(today=TODAY).days) == [TODAY, TODAY + AHEAD]


def test_stock_that_is_not_counted_or_plenty_is_not_read() -> None:
    assert read_bench(today=TODAY).stock == {}
    set_stock("quench", str(PLENTY_ML), reserved_ml=0)
    set_stock("gleam", str(PLENTY_ML), reserved_ml=Decimal("0.001"))

    assert read_bench(today=TODAY).stock == {"gleam": Stock(PLENTY_ML * 1000 - 1, None)}


@pytest.mark.parametrize("figure", ["0.001", "0.1", "1.005", "99999.999", "10000.001", "33333.333"])
def test_every_figure_is_read_to_the_microlitre(figure: str) -> None:
    set_stock("mend", figure)

    assert read_bench(today=TODAY).stock["mend"].microlitres == Decimal(figure) * 1000


def test_more_may_be_reserved_than_staff_have_counted() -> None:
    set_stock("mend", "1", reserved_ml=Decimal("3.5"))

    assert read_bench(today=TODAY).stock["mend"].microlitres == -2500


def test_before_staff_have_set_terms_delivery_is_free_and_takes_two_days_each() -> None:
    DeliveryTerms.objects.all().delete()
    BenchDay.objects.create(day=XMAS, is_closed=True)
    set_stock("mend", "1")

    bench = read_bench(today=TODAY)

    assert bench == Bench(
        price=0,
        free_from=None,
        making_days=2,
        carrier_days=2,
        days={XMAS: Day(is_closed=True)},
        stock={"mend": Stock(1000, None)},
    )


def test_stock_exactly_at_the_dose_is_enough_and_a_microlitre_less_is_not(spec: Spec) -> None:
    size = size_of(spec, "250ml")
    back = date(2027, 1, 11)
    set_stock("mend", "10", back_on=back)
    set_stock("warm-hearth", "235")
    assert missing(read_bench(today=TODAY), spec, size) == {}

    set_stock("mend", "9.999", back_on=back)
    assert missing(read_bench(today=TODAY), spec, size) == {("main", "mend"): back}

    set_stock("warm-hearth", "234.999")
    assert missing(read_bench(today=TODAY), spec, size) == {
        ("main", "mend"): back,
        ("base", "warm-hearth"): None,
    }


def test_the_lighter_dose_may_still_be_made_of_what_is_too_little_for_the_main_one(spec: Spec) -> None:
    size = size_of(spec, "250ml")

    for stock, gone in (("10", set()), ("5", {"main"}), ("4.999", {"main", "second"})):
        set_stock("mend", stock)
        assert {slot for slot, _ in missing(read_bench(today=TODAY), spec, size)} == gone


@pytest.mark.parametrize(("size", "dose"), [("50ml", "2"), ("250ml", "10"), ("500ml", "20")])
def test_what_a_size_takes_scales_with_it(spec: Spec, size: str, dose: str) -> None:
    set_stock("mend", dose)
    assert missing(read_bench(today=TODAY), spec, size_of(spec, size)) == {}

    set_stock("mend", str(Decimal(dose) - Decimal("0.001")))
    assert list(missing(read_bench(today=TODAY), spec, size_of(spec, size))) == [("main", "mend")]


def test_what_is_reserved_for_others_is_not_there(spec: Spec) -> None:
    size = size_of(spec, "250ml")
    set_stock("mend", "25", reserved_ml=15)
    assert missing(read_bench(today=TODAY), spec, size) == {}

    set_stock("mend", "25", reserved_ml=Decimal("15.001"))
    assert list(missing(read_bench(today=TODAY), spec, size)) == [("main", "mend")]


def test_components_of_other_recipes_are_not_missed(spec: Spec) -> None:
    bench = Bench(stock={"drop-bar": Stock(0, None)})

    assert missing(bench, spec, size_of(spec, "250ml")) == {}
