"""A basket's lines: each change is one, in its place, under a new checkout key, and never on someone else's basket."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from configurator.models import RecipeVersion
from orders import baskets
from orders.baskets import (
    KEPT_FOR,
    MOST_LINES,
    MOST_OF_ONE,
    BasketFullError,
    Content,
    TooManyOfOneError,
    add_line,
    find_line,
    lines_of,
)
from orders.models import Basket, BasketLine
from orders.placing import Wish, place_order
from tests.orders.make import ADA, MIX, make_order, pay_order

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def content(catalogue: RecipeVersion) -> Callable[..., Content]:
    """MIX in the usual size and at its price, but for what is told."""

    def make(**kwargs: Any) -> Content:
        usual = {"version": catalogue, "mix": MIX, "size": "250ml", "unit_price": 1400}
        return Content(**{**usual, **kwargs})

    return make


def rows(basket: Basket) -> list[dict[str, Any]]:
    names = ("pk", "label_name", "quantity", "unit_price", "is_gift", "is_saved")
    return list(basket.lines.order_by("pk").values(*names))


def test_the_first_line_makes_the_basket_and_the_next_join_it(content: Callable[..., Content]) -> None:
    first = add_line(None, content(label_name="Ada"), now=NOW)
    second = add_line(first.basket, content(label_name="Bo"), now=LATER)

    basket = Basket.objects.get()
    assert (basket.created_at, basket.touched_at) == (NOW, LATER)
    assert [row.line.pk for row in lines_of(basket)] == [first.pk, second.pk]
    assert [row.line.label_name for row in lines_of(basket.pk)] == ["Ada", "Bo"]


def test_a_basket_that_is_gone_is_made_anew(content: Callable[..., Content]) -> None:
    gone = add_line(None, content(), now=NOW).basket
    Basket.objects.all().delete()

    line = add_line(gone.pk, content(), now=NOW)

    assert line.basket == Basket.objects.get()
    assert (lines_of(gone.pk) if line.basket.pk != gone.pk else []) == []


def test_the_same_once_more_is_one_more_of_the_same_line(content: Callable[..., Content]) -> None:
    first = add_line(None, content(label_name="Ada"), now=NOW)

    again = add_line(first.basket, content(label_name="Ada"), now=NOW)

    assert again.pk == first.pk
    assert [row["quantity"] for row in rows(first.basket)] == [2]


@pytest.mark.parametrize(
    "other",
    [
        {"mix": {**MIX, "second": "vivid"}},
        {"mix": {**MIX, "main": "quench", "second": "mend"}},
        {"size": "500ml"},
        {"label_name": "Bo"},
        {"label_name": ""},
        {"is_gift": True},
        {"unit_price": 1500},
    ],
)
def test_anything_else_is_a_line_of_its_own(content: Callable[..., Content], other: dict[str, Any]) -> None:
    first = add_line(None, content(label_name="Ada"), now=NOW)

    second = add_line(first.basket, content(**{"label_name": "Ada", **other}), now=NOW)

    assert second.pk != first.pk
    assert [row["quantity"] for row in rows(first.basket)] == [1, 1]


def test_what_is_saved_for_later_is_not_joined(content: Callable[..., Content]) -> None:
    saved = add_line(None, content(), now=NOW)
    baskets.save_for_later(saved, is_saved=True, now=NOW)

    add_line(saved.basket, content(), now=NOW)

    assert [(row["quantity"], row["is_saved"]) for row in rows(saved.basket)] == [(1, True), (1, False)]


def test_more_than_24_of_one_are_refused_and_nothing_changes(content: Callable[..., Content]) -> None:
    line = add_line(None, content(quantity=MOST_OF_ONE), now=NOW)
    before = (rows(line.basket), Basket.objects.values().get())

    with pytest.raises(TooManyOfOneError):
        add_line(line.basket, content(), now=LATER)

    assert (rows(line.basket), Basket.objects.values().get()) == before


@pytest.mark.parametrize("how", ["add", "copy", "put back"])
def test_a_full_basket_takes_no_more_lines_and_stays_as_it_is(
    content: Callable[..., Content], how: str
) -> None:
    line = add_line(None, content(), now=NOW)
    full = line.basket
    BasketLine.objects.bulk_create(
        BasketLine(basket=full, **content(label_name=str(i)).values()) for i in range(1, MOST_LINES)
    )
    before = (rows(full), Basket.objects.values().get())

    another = content(label_name="one too many")
    ways: dict[str, Callable[[], Any]] = {
        "add": lambda: add_line(full, another, now=LATER),
        "copy": lambda: baskets.copy_line(line, now=LATER),
        "put back": lambda: baskets.put_back(full, another, pk=line.pk + 10_000, now=LATER),
    }

    with pytest.raises(BasketFullError):
        ways[how]()

    assert (rows(full), Basket.objects.values().get()) == before
    add_line(full, content(), now=LATER)  # one more of a line that is there
    assert rows(full)[0]["quantity"] == 2


CHANGES: dict[str, Callable[[BasketLine], Any]] = {
    "another mix": lambda line: baskets.change_line(
        line, Content(version=line.version, mix=MIX, size="50ml", unit_price=450), now=LATER
    ),
    "a quantity": lambda line: baskets.set_quantity(line, 3, now=LATER),
    "a gift": lambda line: baskets.set_gift(line, is_gift=True, now=LATER),
    "saved": lambda line: baskets.save_for_later(line, is_saved=True, now=LATER),
    "agreed": lambda line: baskets.agree(line, version=line.version, unit_price=1500, now=LATER),
    "copied": lambda line: baskets.copy_line(line, now=LATER),
    "removed": lambda line: baskets.remove_line(line, now=LATER),
    "added": lambda line: add_line(line.basket, baskets.content_of(line), now=LATER),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_gives_the_basket_another_key_and_leaves_others_alone(
    content: Callable[..., Content], change: Callable[[BasketLine], Any]
) -> None:
    line = add_line(None, content(label_name="Ada"), now=NOW)
    add_line(line.basket, content(label_name="Bo"), now=NOW)
    other = add_line(None, content(), now=NOW)
    neighbour, others = rows(line.basket)[1], (rows(other.basket), other.basket.checkout_key)
    key = Basket.objects.get(pk=line.basket_id).checkout_key

    change(line)

    basket = Basket.objects.get(pk=line.basket_id)
    assert basket.checkout_key != key
    assert basket.touched_at == LATER
    assert line.basket.checkout_key == basket.checkout_key
    assert neighbour in rows(basket)
    other.basket.refresh_from_db()
    assert (rows(other.basket), other.basket.checkout_key) == others


def test_a_changed_line_keeps_its_place(content: Callable[..., Content]) -> None:
    line = add_line(None, content(label_name="Ada"), now=NOW)
    second = add_line(line.basket, content(label_name="Bo"), now=NOW)

    baskets.change_line(line, content(label_name="Cy", size="500ml", unit_price=2400), now=NOW)

    assert [(row.line.pk, row.line.label_name) for row in lines_of(line.basket)] == [
        (line.pk, "Cy"),
        (second.pk, "Bo"),
    ]


def test_what_is_put_back_is_where_it_was_and_there_once(content: Callable[..., Content]) -> None:
    line = add_line(None, content(label_name="Ada", quantity=2, is_gift=True), now=NOW)
    add_line(line.basket, content(label_name="Bo"), now=NOW)
    before = rows(line.basket)
    kept, pk = baskets.content_of(line), line.pk
    baskets.remove_line(line, now=NOW)

    back = baskets.put_back(line.basket, kept, pk=pk, now=NOW)
    again = baskets.put_back(line.basket, kept, pk=pk, now=NOW)

    assert back is not None
    assert again is None
    assert rows(line.basket) == before


@pytest.mark.parametrize(("wanted", "kept"), [(0, 1), (-5, 1), (1, 1), (24, 24), (25, 24), (10**9, 24)])
def test_a_quantity_stays_between_1_and_24(content: Callable[..., Content], wanted: int, kept: int) -> None:
    line = add_line(None, content(), now=NOW)

    baskets.set_quantity(line, wanted, now=NOW)

    assert rows(line.basket)[0]["quantity"] == kept


@pytest.mark.parametrize("pk", [0, 10**9, 2**63, 10**40])
def test_lines_of_others_and_of_nobody_are_not_found(content: Callable[..., Content], pk: int) -> None:
    line = add_line(None, content(), now=NOW)
    other = add_line(None, content(), now=NOW)

    assert find_line(line.basket, other.pk) is None
    assert find_line(line.basket, pk) is None
    assert find_line(None, line.pk) is None
    found = find_line(line.basket_id, line.pk)
    assert found is not None
    assert found.line == line


def test_paying_takes_out_what_was_bought_and_nothing_that_was_saved_or_added_since(
    content: Callable[..., Content],
) -> None:
    line = add_line(None, content(label_name="Ada"), now=NOW)
    saved = add_line(line.basket, content(label_name="Bo"), now=NOW)
    baskets.save_for_later(saved, is_saved=True, now=NOW)
    basket = Basket.objects.get()
    wish = Wish(recipe="shampoo", mix=MIX, size="250ml", label_name="Ada")
    order = place_order(
        [wish], ADA, checkout_key=basket.checkout_key, shown_total=1725, basket=basket, now=NOW
    )
    add_line(basket, content(label_name="Cy"), now=NOW)
    add_line(basket, content(label_name="Bo"), now=NOW)

    baskets.empty_basket(order, now=LATER)

    assert [(row["label_name"], row["is_saved"]) for row in rows(basket)] == [
        ("Bo", True),
        ("Cy", False),
        ("Bo", False),
    ]


def test_paying_an_order_without_a_basket_empties_nobody_s(content: Callable[..., Content]) -> None:
    line = add_line(None, content(label_name="Ada"), now=NOW)
    before = rows(line.basket)

    order = make_order()
    pay_order(order, now=NOW)
    baskets.empty_basket(order, now=NOW)

    assert rows(line.basket) == before


def test_an_order_s_mixes_come_back_into_the_basket(content: Callable[..., Content]) -> None:
    kept = add_line(None, content(label_name="Cy"), now=NOW).basket
    order = make_order(label_name="Ada", quantity=3)

    assert baskets.refill(kept, order, now=NOW) == kept
    fresh = baskets.refill(None, order, now=NOW)

    assert [(row["label_name"], row["quantity"]) for row in rows(kept)] == [("Cy", 1), ("Ada", 3)]
    assert fresh is not None
    assert [(row["label_name"], row["quantity"]) for row in rows(fresh)] == [("Ada", 3)]


def test_a_basket_is_forgotten_30_days_after_its_last_change_and_not_before(
    content: Callable[..., Content],
) -> None:
    old = add_line(None, content(), now=NOW).basket
    touched = add_line(None, content(), now=NOW)
    baskets.set_quantity(touched, 2, now=LATER)

    assert baskets.drop_old_baskets(now=NOW + KEPT_FOR) == 0
    assert baskets.drop_old_baskets(now=NOW + KEPT_FOR + timedelta(seconds=1)) == 1

    assert timedelta(days=30) == KEPT_FOR
    assert not Basket.objects.filter(pk=old.pk).exists()
    assert [row.line.quantity for row in lines_of(touched.basket)] == [2]


def test_a_forgotten_basket_leaves_its_orders(content: Callable[..., Content]) -> None:
    basket = add_line(None, content(label_name="Ada"), now=NOW).basket
    wish = Wish(recipe="shampoo", mix=MIX, size="250ml", label_name="Ada")
    order = place_order(
        [wish], ADA, checkout_key=basket.checkout_key, shown_total=1725, basket=basket, now=NOW
    )

    baskets.drop_old_baskets(now=NOW + 2 * KEPT_FOR)

    order.refresh_from_db()
    assert (order.basket_id, order.lines.count()) == (None, 1)


def test_a_renewed_key_is_renewed_once_by_two_tabs(content: Callable[..., Content]) -> None:
    basket = add_line(None, content(), now=NOW).basket
    mine, hers = Basket.objects.get(pk=basket.pk), Basket.objects.get(pk=basket.pk)

    baskets.renew_key(mine)
    baskets.renew_key(hers)

    assert mine.checkout_key == hers.checkout_key != basket.checkout_key
    assert isinstance(mine.checkout_key, uuid.UUID)


def test_lines_are_read_in_one_query(
    content: Callable[..., Content], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    basket = add_line(None, content(label_name="Ada"), now=NOW).basket
    add_line(basket, content(label_name="Bo"), now=NOW)

    with django_assert_num_queries(1):
        found = lines_of(basket)
        assert {row.line.version.recipe.slug for row in found} == {"shampoo"}
        assert {row.line.basket.checkout_key for row in found} == {basket.checkout_key}
        assert [baskets.version_on_sale(row) for row in found] == [row.line.version for row in found]
        assert baskets.unpaid_orders(found) == []
        assert not baskets.is_let_go(found)
