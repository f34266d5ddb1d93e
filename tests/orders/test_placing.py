"""Placing: what is frozen on an order, what it costs, what is refused, and that nothing half done stays behind."""

import random
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from configurator.bench import Bench, read_bench
from configurator.mixing.mixer import UnknownChoiceError
from configurator.models import Component, DeliveryTerms, RecipeVersion, Size
from configurator.versions import NotOnSaleError, mixer_for
from orders import placing
from orders.models import Order, OrderLine
from orders.placing import Customer, NotMakeableError, PriceChangedError, Wish, place_order, quote
from orders.stock import OutOfStockError, reserve_stock
from tests.configurator.drafts import publish
from tests.orders.make import ADA, MIX, pay_order
from tests.orders.stored import count_rows, reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
KEY = uuid.UUID("6f1c2a9e-2b1f-4c43-9d5e-7a3f2f0c8d11")
FORBIDDEN = {"base": "quiet-linen", "main": "gleam", "second": "mend"}
GRACE = Customer(
    email="grace@example.org",
    full_name="Grace Hopper",
    postcode="YO1 7HH",
    address_line1="1 Minster Yard",
    address_line2="Flat 2",
    town="York",
)


def make_wish(**kwargs: Any) -> Wish:
    return Wish(**{"recipe": "shampoo", "mix": MIX, "size": "250ml", "label_name": "Ada", **kwargs})


def place(
    wish: Wish | None = None,
    *,
    customer: Customer = ADA,
    key: uuid.UUID | None = None,
    shown_total: int | None = None,
) -> Order:
    wish = wish or make_wish()
    total = (
        quote([wish], bench=read_bench(today=NOW.date()), now=NOW).total
        if shown_total is None
        else shown_total
    )
    return place_order([wish], customer, checkout_key=key or uuid.uuid4(), shown_total=total, now=NOW)


def raise_price(size: str = "250ml", to: int = 1550) -> RecipeVersion:
    Size.objects.filter(slug=size).update(price=to)
    return publish(note="dearer")


def test_an_order_freezes_what_was_sold_under_which_version_and_for_how_much(
    catalogue: RecipeVersion,
) -> None:
    order = place(make_wish(label_name="Zoë", quantity=3, size="50ml"), key=KEY, customer=GRACE)

    raise_price("50ml", 999)
    DeliveryTerms.objects.update(price=1, free_from=1, making_days=9)
    kept: Any = Order.objects.values().get()
    line = OrderLine.objects.values().get()

    assert {name: kept[name] for name in asdict(GRACE)} == asdict(GRACE)
    assert (kept["goods_total"], kept["delivery_price"], kept["total"]) == (1350, 325, 1675)
    assert (kept["currency"], kept["country"], kept["checkout_key"]) == ("GBP", "GB", KEY)
    assert (kept["state"], kept["placed_at"], kept["paid_at"]) == ("placed", NOW, None)
    assert kept["promised_on"] == date(2026, 3, 6)
    assert line == {
        "id": line["id"],
        "order_id": order.pk,
        "position": 1,
        "version_id": catalogue.pk,
        "mix": MIX,
        "size": "50ml",
        "label_name": "Zoë",
        "quantity": 3,
        "unit_price": 450,
        "is_gift": False,
    }
    payment = order.payments.get()
    assert (payment.total, payment.delivery, payment.currency) == (Decimal("16.75"), Decimal("3.25"), "GBP")
    assert (payment.status, payment.variant, payment.billing_email) == ("waiting", "default", GRACE.email)


def test_the_same_checkout_key_gives_the_same_order_with_the_details_sent_last() -> None:
    first = place(key=KEY)

    again = place(key=KEY, customer=GRACE)

    assert again == first
    assert count_rows() == {"Order": 1, "OrderLine": 1, "Payment": 1}
    kept: Any = Order.objects.values().get()
    assert {name: kept[name] for name in asdict(GRACE)} == asdict(GRACE)
    assert first.payments.get().billing_email == GRACE.email
    assert reserved() == {"mend": 10, "quench": 5, "warm-hearth": 235}


def test_a_paid_order_keeps_its_details_when_the_checkout_is_sent_again() -> None:
    first = place(key=KEY)
    pay_order(first, now=NOW)
    before = stored_rows()

    assert place(key=KEY, customer=GRACE) == first

    assert stored_rows() == before


def test_the_same_key_with_another_wish_stays_the_first_order_at_its_price() -> None:
    first = place(key=KEY)
    before = stored_rows()

    assert place(make_wish(size="500ml", quantity=9), key=KEY, shown_total=0) == first

    assert stored_rows() == before


def test_a_click_that_is_overtaken_by_its_double_returns_the_order_of_the_double(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, placed = quote, []

    def quote_while_the_double_places(
        wishes: Sequence[Wish], *, bench: Bench, now: datetime
    ) -> placing.Quote:
        monkeypatch.setattr(placing, "quote", real)
        placed.append(place(key=KEY))
        return real(wishes, bench=bench, now=now)

    monkeypatch.setattr(placing, "quote", quote_while_the_double_places)

    order = place_order([make_wish()], GRACE, checkout_key=KEY, shown_total=1725, now=NOW)

    assert [order] == placed
    assert count_rows() == {"Order": 1, "OrderLine": 1, "Payment": 1}
    assert Order.objects.get().full_name == "Grace Hopper"
    assert reserved() == {"mend": 10, "quench": 5, "warm-hearth": 235}


def test_another_clash_than_that_of_keys_is_not_taken_for_a_double_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: "the same for all")
    place()
    before = stored_rows()

    with pytest.raises(IntegrityError):
        place()

    assert stored_rows() == before


def test_a_price_that_changed_since_the_page_is_refused_with_both_totals() -> None:
    raise_price(to=1550)
    before = stored_rows()

    with pytest.raises(PriceChangedError) as refused:
        place(shown_total=1725)

    assert (refused.value.shown, refused.value.now) == (1725, 1875)
    assert stored_rows() == before


@pytest.mark.parametrize("shown", [0, -1, 1724, 1726, 10**30])
def test_no_other_total_than_the_shops_own_is_taken(shown: int) -> None:
    before = stored_rows()

    with pytest.raises(PriceChangedError):
        place(shown_total=shown)

    assert stored_rows() == before


def test_a_version_published_while_the_order_is_written_does_not_touch_it(
    monkeypatch: pytest.MonkeyPatch, catalogue: RecipeVersion
) -> None:
    def reserve_while_staff_publish(lines: list[OrderLine]) -> None:
        raise_price(to=9900)
        reserve_stock(lines)

    monkeypatch.setattr(placing, "reserve_stock", reserve_while_staff_publish)

    order = place(shown_total=1725)

    assert (order.total, order.lines.get().unit_price) == (1725, 1400)
    assert order.lines.get().version == catalogue
    assert order.payments.get().total == Decimal("17.25")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"mix": FORBIDDEN}, NotMakeableError),
        ({"mix": {**MIX, "main": "glitter"}}, UnknownChoiceError),
        ({"mix": {**MIX, "third": "mend"}}, UnknownChoiceError),
        ({"mix": {"base": "warm-hearth", "main": "mend"}}, UnknownChoiceError),
        ({"mix": {}}, UnknownChoiceError),
        ({"size": "5l"}, UnknownChoiceError),
        ({"recipe": "soap"}, NotOnSaleError),
    ],
)
def test_what_is_not_offered_is_refused_and_nothing_written(
    changed: dict[str, Any], error: type[Exception]
) -> None:
    before = stored_rows()

    with pytest.raises(error):
        place(make_wish(**changed), shown_total=1725)

    assert stored_rows() == before


def test_too_little_of_the_second_component_takes_back_the_first_and_the_order() -> None:
    Component.objects.filter(slug="quench").update(stock_ml=Decimal("4.999"))  # mend is set aside before it
    before = stored_rows()

    with pytest.raises(OutOfStockError) as refused:
        place()

    assert refused.value.component == "Quench"
    assert stored_rows() == before


def test_a_token_has_at_least_144_random_bits_and_a_number_tells_nothing() -> None:
    orders = []
    for _ in range(30):
        random.seed(1)  # who knows the state of `random` learns nothing
        orders.append(place(make_wish(size="50ml")))

    tokens, numbers = [order.token for order in orders], [order.number for order in orders]
    assert min(len(urlsafe_b64decode(token)) for token in tokens) * 8 >= 144
    assert len({*tokens}) == len({*numbers}) == 30
    assert {len(number) for number in numbers} == {10}
    assert {*"".join(numbers)} <= {*"23456789ABCDEFGHJKMNPQRSTVWXYZ"}
    assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))
    assert len({number[0] for number in numbers}) > 5


def test_placing_costs_a_fixed_number_of_queries(
    catalogue: RecipeVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wish = make_wish(quantity=5)
    mixer_for(catalogue)

    total = quote([wish], bench=read_bench(today=NOW.date()), now=NOW).total
    with django_assert_num_queries(14):
        place_order([wish], ADA, checkout_key=KEY, shown_total=total, now=NOW)
