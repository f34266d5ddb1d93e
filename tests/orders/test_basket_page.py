"""What the basket says of its lines: totals and day before the checkout, what changed since, what would help."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from configurator.bench import read_bench
from configurator.models import Component, DeliveryTerms, RecipeVersion, Size, Slot
from configurator.versions import mixer_for, newest_version
from orders.basket_page import BasketPage, ShownLine, changes_since, read_basket
from orders.baskets import Content, add_line, lines_of, save_for_later
from orders.models import Basket, BasketLine
from tests.configurator.drafts import make_bicycle, make_component, make_rule, publish, shampoo
from tests.orders.make import MIX

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
TODAY = NOW.date()


def put_in(basket: Basket | None = None, **kwargs: Any) -> BasketLine:
    usual = {"version": newest_version("shampoo"), "mix": MIX, "size": "250ml", "unit_price": 1400}
    return add_line(basket, Content(**{**usual, **kwargs}), now=NOW)


def read(basket: Basket, *, avoid: Sequence[str] = ()) -> BasketPage:
    return read_basket(lines_of(basket), bench=read_bench(today=TODAY), today=TODAY, avoid=avoid)


def only(basket: Basket, *, avoid: Sequence[str] = ()) -> ShownLine:
    [line] = read(basket, avoid=avoid).lines
    return line


def clear_dependants() -> None:
    shampoo().rules.all().delete()
    shampoo().starters.all().delete()
    shampoo().needs.all().delete()


def test_the_total_has_the_delivery_and_the_day_before_the_checkout() -> None:
    line = put_in(label_name="Ada")
    put_in(line.basket, size="50ml", unit_price=450)

    page = read(line.basket)

    assert (page.goods_total, page.delivery_price, page.total) == (1850, 325, 2175)
    assert page.promise.arrives_on == date(2026, 3, 6)
    assert page.is_orderable
    assert [shown.name for shown in page.lines] == ["Warm Hearth with Mend and Quench"] * 2
    assert [[part.slug for part in shown.parts] for shown in page.lines] == [[*MIX.values()]] * 2


def test_an_empty_basket_costs_nothing_and_cannot_be_ordered() -> None:
    page = read_basket([], bench=read_bench(today=TODAY), today=TODAY)

    assert (page.total, page.lines, page.is_orderable, page.to_free, page.basket) == (
        0,
        (),
        False,
        None,
        None,
    )


def test_what_is_saved_for_later_costs_nothing_and_is_no_hindrance() -> None:
    line = put_in()
    saved = put_in(line.basket, size="500ml", unit_price=1)
    save_for_later(saved, is_saved=True, now=NOW)

    page = read(line.basket)

    assert [shown.line for shown in page.saved] == [saved]
    assert (page.goods_total, page.is_orderable) == (1400, True)


@pytest.mark.parametrize(
    ("tasters", "bottles", "to_free"),
    [
        (1, 0, None),
        (5, 0, None),  # £5.50 missing: more than a taster of £4.50
        (6, 0, 100),
        (7, 0, None),  # free already
        (0, 1, 1400),
        (1, 1, 950),
    ],
)
def test_free_delivery_is_mentioned_only_when_one_more_bottle_would_do(
    tasters: int, bottles: int, to_free: int | None
) -> None:
    basket = Basket.objects.create(created_at=NOW, touched_at=NOW)
    if tasters:
        put_in(basket, size="50ml", unit_price=450, quantity=tasters)
    if bottles:
        put_in(basket, quantity=bottles)

    assert read(basket).to_free == to_free


def test_at_the_threshold_nothing_is_missing() -> None:
    line = put_in(quantity=2)

    page = read(line.basket)

    assert (page.delivery_price, page.to_free) == (0, None)


@pytest.mark.parametrize("price", [1300, 1401, 1550])
def test_a_price_that_changed_is_both_old_and_new_and_hinders_until_agreed_to(price: int) -> None:
    line = put_in(quantity=2)
    Size.objects.filter(slug="250ml").update(price=price)
    publish()

    page = read(line.basket)

    [shown] = page.lines
    assert (shown.line.unit_price, shown.price_now, shown.is_changed) == (1400, price, True)
    assert (shown.problems, page.is_orderable, page.is_makeable) == ((), False, True)
    assert (page.goods_total, shown.total, shown.total_now) == (2800, 2800, 2 * price)
    assert page.new_prices == {line.pk: price}


def test_a_new_version_that_changes_nothing_of_a_line_is_not_worth_a_word() -> None:
    line = put_in()
    Component.objects.filter(slug="vivid").update(surcharge=100)
    publish()

    assert only(line.basket).is_settled
    assert read(line.basket).is_orderable


def test_a_rule_that_was_added_is_said_with_repairs_of_one_part() -> None:
    line = put_in(label_name="Ada")
    make_rule("curdle", left=["mend"], right=["quench"], reason="They curdle")
    shampoo().starters.all().delete()
    publish()

    shown = only(line.basket)

    assert shown.problems == ("We do not make this mix any more: They curdle.",)
    assert 1 <= len(shown.repairs) <= 3
    mixer = mixer_for(newest_version("shampoo"))
    for repair in shown.repairs:
        mix = dict(zip(MIX, repair.path.split("/"), strict=True))
        assert mixer.is_makeable(mix)
        assert sum(mix[slot] != MIX[slot] for slot in MIX) == 1
        assert repair.price == 1400
    assert not read(line.basket).is_orderable


def test_a_component_that_was_withdrawn_is_named_and_others_can_take_its_place() -> None:
    line = put_in(label_name="Ada")
    Component.objects.filter(slug="mend").update(is_offered=False)
    clear_dependants()
    publish()

    shown = only(line.basket)

    assert shown.problems == ("We do not offer this any more: Mend.",)
    assert shown.name == "Warm Hearth with Mend and Quench"
    assert [repair.text.split(":")[0] for repair in shown.repairs] == ["Main shot"] * 3
    assert all(repair.text.endswith(" instead of Mend") for repair in shown.repairs)
    assert shown.address == f"/mix/shampoo/?base=warm-hearth&second=quench&label=Ada&line={line.pk}"
    assert (shown.price_now, shown.is_changed) == (None, False)


def test_a_size_that_was_withdrawn_is_said() -> None:
    line = put_in(size="50ml", unit_price=450)
    Size.objects.filter(slug="50ml").delete()
    publish()

    shown = only(line.basket)

    assert shown.problems == ("We do not offer this size any more.",)
    assert (shown.size.slug, shown.price_now, shown.total) == ("50ml", None, 450)
    assert shown.address == f"/mix/shampoo/warm-hearth/mend/quench?line={line.pk}"


def test_a_slot_that_was_added_is_something_new_to_choose() -> None:
    line = put_in()
    shots = shampoo().slots.get(slug="second").family
    Slot.objects.create(
        recipe=shampoo(), slug="third", name="Third shot", family=shots, position=9, dose_ml=5
    )
    clear_dependants()
    publish()

    shown = only(line.basket)

    assert shown.problems == ("There is something new to choose: Third shot.",)
    assert shown.repairs == ()
    assert shown.address.startswith("/mix/shampoo/?base=warm-hearth&main=mend&second=quench")


def test_a_slot_that_was_removed_takes_what_was_in_it_along() -> None:
    line = put_in()
    clear_dependants()
    shampoo().slots.get(slug="second").delete()
    publish()

    shown = only(line.basket)

    assert shown.problems == ("We do not offer this any more: Quench.",)
    assert shown.repairs == ()
    assert shown.address == f"/mix/shampoo/warm-hearth/mend?line={line.pk}"


def test_a_recipe_that_is_another_one_altogether_is_no_accident() -> None:
    line = put_in()
    clear_dependants()
    shampoo().slots.all().delete()
    bases = Component.objects.get(slug="warm-hearth").family
    Slot.objects.create(recipe=shampoo(), slug="bar", name="Bar", family=bases, position=1)
    Size.objects.all().delete()
    Size.objects.create(recipe=shampoo(), slug="bar", price=900)
    publish()

    shown = only(line.basket)

    assert len(shown.problems) == 3
    assert shown.name == "Warm Hearth with Mend and Quench"
    assert not read(line.basket).is_orderable


def test_a_recipe_that_is_not_sold_any_more_can_only_be_removed() -> None:
    bicycle = publish(make_bicycle())
    mix = {"frame": "steel", "wheel": "wide", "bell": "none"}
    line = put_in(version=bicycle, mix=mix, size="one", unit_price=50_000)
    other = RecipeVersion.objects.exclude(pk=bicycle.pk).get()
    [row] = lines_of(line.basket)

    assert read(line.basket).is_orderable
    row.line.version.recipe.slug = "unicycle"  # as after the recipe was renamed
    page = read_basket([replace(row, newest_id=other.pk)], bench=read_bench(today=TODAY), today=TODAY)

    [shown] = page.lines
    assert shown.problems == ("We do not make this any more.",)
    assert (shown.address, shown.repairs, shown.price_now) == ("", (), None)


def test_what_she_leaves_out_by_now_is_said_with_repairs() -> None:
    line = put_in()

    shown = only(line.basket, avoid=["wheat", "unheard-of"])

    assert [text.startswith("Mend contains what you asked us to leave out") for text in shown.problems] == [
        True
    ]
    assert shown.repairs
    assert not read(line.basket, avoid=["wheat"]).is_orderable


@pytest.mark.parametrize(
    ("back_on", "said"),
    [
        (None, "Quench is out of stock just now."),
        (date(2026, 12, 3), "Quench is out of stock, back about 3 Dec."),
    ],
)
def test_what_is_out_of_stock_is_said_with_the_day_and_repairs(back_on: date | None, said: str) -> None:
    line = put_in()
    Component.objects.filter(slug="quench").update(stock_ml=Decimal("4.999"), back_on=back_on)

    shown = only(line.basket)

    assert shown.problems == (said,)
    assert shown.repairs
    assert all("quench" not in repair.path for repair in shown.repairs)
    assert not read(line.basket).is_orderable


@pytest.mark.parametrize(("stock", "short"), [("15", ()), ("14.999", ("Quench",))])
def test_what_is_enough_for_each_line_but_not_for_all_is_said_before_the_checkout(
    stock: str, short: tuple[str, ...]
) -> None:
    Component.objects.filter(slug="quench").update(stock_ml=Decimal(stock))
    line = put_in(label_name="Ada")
    put_in(line.basket, label_name="Bo", quantity=2)

    page = read(line.basket)

    assert page.short == short
    assert page.is_orderable is not bool(short)


def test_changes_since_a_page_are_told_one_by_one() -> None:
    line = put_in()
    page = read(line.basket)
    assert page.basket is not None
    key, other = page.basket.checkout_key, put_in().basket.checkout_key

    def told(**kwargs: Any) -> list[tuple[str, Any, Any]]:
        shown = {"key": key, "total": 1725, "day": date(2026, 3, 6), **kwargs}
        return [(change.what, change.before, change.now) for change in changes_since(page, **shown)]

    assert told() == []
    assert told(key=None, total=None, day=None) == []
    assert told(key=other) == [("content", None, None)]
    assert told(total=1) == [("price", 1, 1725)]
    assert told(day=date(2026, 3, 5)) == [("day", date(2026, 3, 5), date(2026, 3, 6))]
    assert told(day=date(2026, 3, 9)) == []
    assert len(told(key=other, total=0, day=TODAY)) == 3


def test_a_basket_costs_the_same_queries_however_many_lines_it_has(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    line = put_in()
    for name in "ABCDEFGH":
        put_in(line.basket, label_name=name)
    read(line.basket)

    with django_assert_num_queries(2):  # bench and lines
        assert read(line.basket).is_orderable
    make_component("new")
    publish()
    read(line.basket)
    with django_assert_num_queries(3):  # and the newer version
        assert read(line.basket).is_orderable


def test_without_terms_delivery_is_free_and_not_mentioned() -> None:
    DeliveryTerms.objects.all().delete()
    line = put_in()

    page = read(line.basket)

    assert (page.delivery_price, page.to_free) == (0, None)
