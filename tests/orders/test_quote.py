"""Quotes: what each size costs, when delivery is free, what day is promised, and which mixes are sold at all."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from configurator.bench import read_bench
from configurator.models import Component, DeliveryTerms, RecipeVersion
from configurator.versions import mixer_for
from orders.placing import NotMakeableError, Quote, Wish, quote
from tests.configurator.drafts import publish
from tests.orders.make import MIX

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def make_wish(**kwargs: Any) -> Wish:
    return Wish(**{"recipe": "shampoo", "mix": MIX, "size": "250ml", **kwargs})


def quote_for(wish: Wish, *, now: datetime) -> Quote:
    return quote([wish], bench=read_bench(today=timezone.localdate(now)), now=now)


@pytest.mark.parametrize(
    ("size", "quantity", "goods", "delivery"),
    [
        ("50ml", 1, 450, 325),
        ("250ml", 1, 1400, 325),
        ("500ml", 1, 2400, 325),
        ("50ml", 6, 2700, 325),
        ("250ml", 2, 2800, 0),
        ("50ml", 7, 3150, 0),
        ("500ml", 2, 4800, 0),
    ],
)
def test_the_total_is_goods_and_delivery_which_is_free_from_28_pounds(
    size: str, quantity: int, goods: int, delivery: int
) -> None:
    quoted = quote_for(make_wish(size=size, quantity=quantity), now=NOW)

    assert (quoted.goods_total, quoted.delivery_price, quoted.total) == (goods, delivery, goods + delivery)


def test_a_penny_below_the_threshold_delivery_costs() -> None:
    DeliveryTerms.objects.update(free_from=2801)

    assert quote_for(make_wish(quantity=2), now=NOW).total == 2800 + 325


def test_an_order_before_easter_is_promised_for_the_days_after_it() -> None:
    thursday = datetime(2026, 4, 2, 9, tzinfo=UTC)

    # neither Good Friday nor Easter Monday counts
    assert quote_for(make_wish(), now=thursday).promise.arrives_on == date(2026, 4, 10)


def test_the_promise_counts_from_the_day_in_the_shop_not_in_utc() -> None:
    late_on_monday_in_utc = datetime(2026, 6, 8, 23, 30, tzinfo=UTC)  # Tuesday, 00:30 in Leeds

    assert quote_for(make_wish(), now=late_on_monday_in_utc).promise.arrives_on == date(2026, 6, 15)


def test_a_surcharge_counts_for_each_slot_and_each_piece() -> None:
    Component.objects.filter(slug="quench").update(surcharge=50)
    publish(note="dear almonds")

    double = {"base": "salt-meadow", "main": "quench", "second": "quench"}

    assert quote_for(make_wish(mix=double, size="50ml", quantity=2), now=NOW).goods_total == 2 * (
        450 + 2 * 50
    )
    assert quote_for(make_wish(), now=NOW).lines[0].unit_price == 1450


def test_before_staff_have_set_terms_delivery_is_free() -> None:
    DeliveryTerms.objects.all().delete()

    assert quote_for(make_wish(), now=NOW).total == 1400


def test_of_all_256_mixes_exactly_the_183_makeable_ones_can_be_ordered(catalogue: RecipeVersion) -> None:
    mixer = mixer_for(catalogue)
    names = [slot.slug for slot in mixer.spec.slots]
    mixes = [dict(zip(names, slugs, strict=True)) for slugs in product(*mixer.option_slugs)]
    totals, refusals = [], []

    for mix in mixes:
        try:
            totals.append(quote_for(make_wish(mix=mix), now=NOW).total)
        except NotMakeableError as refused:
            refusals.append(refused.verdict)

    assert totals == [1725] * 183
    assert len(refusals) == 73
    assert all(verdict.broken and verdict.repairs for verdict in refusals)


def test_a_quote_costs_two_queries(
    catalogue: RecipeVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mixer_for(catalogue)

    with django_assert_num_queries(2):
        quote_for(make_wish(), now=NOW)
