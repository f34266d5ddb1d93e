"""The checkout when the page is not what it was: changed prices, withdrawn mixes, fields that were tampered with."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from configurator.models import Component, DeliveryTerms, Size
from orders import placing
from orders.models import Basket, BasketLine, Order, Payment
from orders.placing import quote
from orders.views import checkout as views
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.orders.make import pay_order
from tests.orders.pages import ADDRESS, CHECKOUT, add_to_basket, check_out, fill_in, open_checkout, pay, read
from tests.orders.stored import count_rows, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")


def raise_price(to: int = 1550) -> None:
    Size.objects.filter(slug="250ml").update(price=to)
    publish(note="dearer")


@pytest.mark.parametrize(("price", "total"), [(1550, "£18.75"), (1200, "£15.25")], ids=["up", "down"])
def test_a_price_that_changed_is_said_once_with_old_and_new_and_needs_a_click(
    client: Client, price: int, total: str
) -> None:
    sent = fill_in(open_checkout(client))
    raise_price(price)

    refused = client.post(CHECKOUT, sent)

    page = read(refused)
    assert refused.status_code == 422
    assert f"The total has changed from £17.25 to {total} since you opened this page." in page.alert
    assert (page.text.count("£17.25"), page.tags["button"]) == (1, [f"Pay {total}"])
    assert count_rows() == {}
    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    accepted = client.post(CHECKOUT, page.values)
    assert accepted.status_code == 302
    assert Order.objects.get().total == price + 325
    assert "The price has changed" not in read(client.get("/basket")).text


def test_a_price_that_changed_is_said_beside_an_error_too(client: Client) -> None:
    sent = fill_in(open_checkout(client), town="")
    raise_price()

    html = client.post(CHECKOUT, sent).content.decode()

    assert "The total has changed from £17.25 to £18.75" in html
    assert "Enter your town." in html
    assert html.count("autofocus") == 1
    assert count_rows() == {}


def test_a_later_day_is_said_with_both_and_needs_a_click_and_an_earlier_one_is_fine(client: Client) -> None:
    sent = fill_in(open_checkout(client))
    day = date.fromisoformat(sent["shown_day"])
    DeliveryTerms.objects.update(making_days=9)

    refused = client.post(CHECKOUT, sent)

    page = read(refused)
    assert refused.status_code == 422
    assert f", not {day:%A} {day.day} {day:%B} as this page said." in page.alert
    assert count_rows() == {}
    DeliveryTerms.objects.update(making_days=2)
    assert client.post(CHECKOUT, page.values).status_code == 302
    assert Order.objects.get().promised_on == day


@pytest.mark.parametrize(
    "shown",
    ["0", "-1", "1", "1724", "NaN", "inf", "1e3", "17.25", "9" * 40, "9" * 5000, "", " ", "<b>", None],
)
def test_a_hidden_total_that_was_tampered_with_orders_nothing(client: Client, shown: str | None) -> None:
    sent = fill_in(open_checkout(client))
    del sent["shown_total"]
    if shown is not None:
        sent["shown_total"] = shown

    response = client.post(CHECKOUT, sent)

    assert response.status_code == 422
    assert count_rows() == {}
    page = read(response)
    assert (page.tags["button"], page.values["shown_total"]) == (["Pay £17.25"], "1725")


@pytest.mark.parametrize("key", ["", "1", "not-a-key", None])
def test_a_form_without_a_sound_checkout_key_is_sent_back(client: Client, key: str | None) -> None:
    sent = fill_in(open_checkout(client))
    del sent["checkout_key"]
    if key is not None:
        sent["checkout_key"] = key

    page = read(client.post(CHECKOUT, sent))

    assert page.links["Load it again"] == CHECKOUT
    assert count_rows() == {}


CHANGES_ELSEWHERE = {
    "another quantity": lambda client, line: client.post(f"/basket/lines/{line}/quantity", {"quantity": "2"}),
    "another line": lambda client, line: add_to_basket(client, label="Bo"),
    "another mix of the same price": lambda client, line: add_to_basket(
        client, second="vivid", line=str(line)
    ),
    "a gift": lambda client, line: client.post(f"/basket/lines/{line}/gift", {"gift": "yes"}),
}


@pytest.mark.parametrize("change", CHANGES_ELSEWHERE.values(), ids=CHANGES_ELSEWHERE)
def test_what_was_changed_in_another_tab_is_said_and_not_ordered_unseen(client: Client, change: Any) -> None:
    sent = fill_in(open_checkout(client))
    change(client, BasketLine.objects.get().pk)

    refused = client.post(CHECKOUT, sent)

    page = read(refused)
    assert refused.status_code == 422
    assert "Your basket has changed since you opened this page. Nothing was ordered" in page.alert
    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    assert count_rows() == {}
    assert client.post(CHECKOUT, page.values).status_code == 302
    assert [*Order.objects.get().lines.values_list("mix", "label_name", "quantity", "is_gift")] == [
        *BasketLine.objects.values_list("mix", "label_name", "quantity", "is_gift")
    ]


def test_what_is_changed_in_another_tab_at_the_last_moment_is_not_ordered_unseen(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = fill_in(open_checkout(client))
    line = BasketLine.objects.get().pk

    def quote_while_she_changes_it(*args: Any, **kwargs: Any) -> placing.Quote:
        monkeypatch.setattr(placing, "quote", quote)
        add_to_basket(client, second="vivid", line=str(line))
        return quote(*args, **kwargs)

    monkeypatch.setattr(placing, "quote", quote_while_she_changes_it)
    refused = client.post(CHECKOUT, sent)

    assert refused.status_code == 422
    assert "Your basket has changed since you opened this page." in read(refused).alert
    assert count_rows() == {}


def test_changing_the_basket_while_an_order_waits_lets_that_one_go(client: Client) -> None:
    check_out(client)
    first = Order.objects.get()
    add_to_basket(client, label="Bo")

    client.post(CHECKOUT, fill_in(read(client.get(CHECKOUT))))

    first.refresh_from_db()
    second = Order.objects.exclude(pk=first.pk).get()
    assert (first.state, second.state) == ("cancelled", "placed")
    assert [line.label_name for line in second.lines.all()] == ["", "Bo"]
    assert client.get(f"/order/{first.token}/pay")["Location"] == f"/order/{first.token}"


def test_the_last_bottle_stays_hers_while_she_has_not_paid(client: Client) -> None:
    Component.objects.filter(slug="quench").update(stock_ml=Decimal(5))
    check_out(client)
    client.post(f"/basket/lines/{BasketLine.objects.get().pk}/gift", {"gift": "yes"})

    page = read(client.get(CHECKOUT))
    answer = client.post(CHECKOUT, page.values)

    assert answer.status_code == 302
    assert sorted(Order.objects.values_list("state", flat=True)) == ["cancelled", "placed"]
    assert Component.objects.get(slug="quench").reserved_ml == 5


def test_the_day_that_her_own_unpaid_order_holds_is_hers(client: Client) -> None:
    DeliveryTerms.objects.update(daily_capacity=1)
    page = open_checkout(client)
    client.post(CHECKOUT, fill_in(page))
    client.post(f"/basket/lines/{BasketLine.objects.get().pk}/gift", {"gift": "yes"})

    again = read(client.get(CHECKOUT))
    client.post(CHECKOUT, again.values)

    assert again.values["shown_day"] == page.values["shown_day"]
    assert {*Order.objects.values_list("promised_on", flat=True)} == {
        date.fromisoformat(page.values["shown_day"])
    }


def withdraw_mend() -> None:
    Component.objects.filter(slug="mend").update(is_offered=False)
    shampoo().rules.all().delete()
    shampoo().starters.all().delete()
    shampoo().needs.all().delete()
    publish(note="no more Mend")


def forbid_mend_with_quench() -> None:
    make_rule("mend-quench", left=["mend"], right=["quench"])
    shampoo().starters.all().delete()
    publish(note="they curdle")


def run_out_of_quench() -> None:
    Component.objects.filter(slug="quench").update(stock_ml=4)


WITHDRAWALS = [withdraw_mend, forbid_mend_with_quench, run_out_of_quench]


@pytest.mark.parametrize("withdraw", WITHDRAWALS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_cannot_be_made_any_more_leads_back_to_the_basket_and_what_was_typed_waits(
    client: Client, method: str, withdraw: Any
) -> None:
    sent = fill_in(open_checkout(client))
    withdraw()
    before = stored_rows()

    response = getattr(client, method)(CHECKOUT, sent if method == "post" else None)

    assert (response.status_code, response["Location"]) == (302, "/basket")
    assert stored_rows() == before
    basket = read(client.get("/basket"))
    assert "Please settle what is marked above" in basket.text
    if method == "post":
        assert "Nothing was ordered. What you typed is kept for the checkout." in basket.text
        client.post(f"/basket/lines/{BasketLine.objects.get().pk}/remove")
        add_to_basket(client, main="vivid", second="vivid")
        assert {name: read(client.get(CHECKOUT)).values[name] for name in ADDRESS} == ADDRESS


@pytest.mark.parametrize("withdraw", WITHDRAWALS[:2])
def test_what_is_withdrawn_at_the_last_moment_is_not_ordered(
    client: Client, monkeypatch: pytest.MonkeyPatch, withdraw: Any
) -> None:
    sent = fill_in(open_checkout(client))

    def withdraw_and_place(*args: Any, **kwargs: Any) -> Order:
        withdraw()
        return placing.place_order(*args, **kwargs)

    monkeypatch.setattr(views, "place_order", withdraw_and_place)
    response = client.post(CHECKOUT, sent)

    assert (response.status_code, response["Location"]) == (302, "/basket")
    assert count_rows() == {}


@pytest.mark.parametrize("moment", ["before placing", "while the order is written"])
def test_a_price_that_changes_at_the_last_moment_is_asked_again_or_is_the_shown_one(
    client: Client, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    sent = fill_in(open_checkout(client))
    name = "place_order" if moment == "before placing" else "reserve_stock"
    module = views if moment == "before placing" else placing
    real = getattr(module, name)

    def publish_first(*args: Any, **kwargs: Any) -> Any:
        raise_price()
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, publish_first)
    response = client.post(CHECKOUT, sent)

    if moment == "before placing":
        assert response.status_code == 422
        assert "The total has changed from £17.25 to £18.75" in read(response).alert
        assert count_rows() == {}
    else:
        assert response.status_code == 302
        assert (Order.objects.get().total, Payment.objects.get().total) == (1725, Decimal("17.25"))


def test_a_price_that_changes_before_paying_is_not_charged(client: Client) -> None:
    check_out(client)
    raise_price()
    order = Order.objects.get()

    page = read(client.get(f"/order/{order.token}/pay"))
    pay(client, order.token)

    order.refresh_from_db()
    assert page.tags["button"][0] == "Pay £17.25"
    assert (order.state, order.total, order.lines.get().unit_price) == ("paid", 1725, 1400)
    assert Payment.objects.get().total == Decimal("17.25")


def test_a_component_that_runs_out_at_the_last_moment_is_said_with_a_way_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = fill_in(open_checkout(client))
    real = placing.place_order

    def run_out_first(*args: Any, **kwargs: Any) -> Order:
        run_out_of_quench()
        try:
            return real(*args, **kwargs)
        finally:
            Component.objects.filter(slug="quench").update(stock_ml=None)

    monkeypatch.setattr(views, "place_order", run_out_first)
    response = client.post(CHECKOUT, sent)

    page = read(response)
    assert response.status_code == 422
    assert "There is not enough Quench left for all of it. Take fewer, or another mix." in page.alert
    assert page.links["Back to the basket"] == "/basket"
    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    assert count_rows() == {}


def test_what_is_added_before_an_order_is_paid_stays_in_the_basket_and_what_is_paid_does_not(
    client: Client,
) -> None:
    check_out(client)
    add_to_basket(client, label="Bo")

    pay_order(Order.objects.get(), now=Order.objects.get().placed_at + timedelta(1))

    assert [line.label_name for line in Basket.objects.get().lines.all()] == ["Bo"]


def raise_delivery(to: int = 425) -> None:
    DeliveryTerms.objects.update(price=to)


def test_once_delivery_costs_more_the_button_leads_to_an_order_over_its_own_total(client: Client) -> None:
    check_out(client)
    first = Order.objects.get()
    raise_delivery()

    page = read(client.get(CHECKOUT))
    answer = client.post(CHECKOUT, page.values)

    first.refresh_from_db()
    second = Order.objects.exclude(pk=first.pk).get()
    assert page.tags["button"] == ["Pay £18.25"]
    assert answer["Location"] == f"/order/{second.token}/pay"
    assert read(client.get(answer["Location"])).tags["button"][0] == "Pay £18.25"
    assert (first.state, second.state, second.total) == ("cancelled", "placed", 1825)
    assert {name: getattr(second, name) for name in ADDRESS} == ADDRESS


@pytest.mark.parametrize("mistake", [{}, {"town": ""}], ids=["sound", "with a mistake"])
def test_a_page_gone_back_to_says_the_new_total_and_from_then_on_leads_to_it(
    client: Client, mistake: dict[str, str]
) -> None:
    sent = fill_in(open_checkout(client))
    client.post(CHECKOUT, sent)
    raise_delivery()
    before = stored_rows()

    refused = client.post(CHECKOUT, {**sent, **mistake})

    page = read(refused)
    assert refused.status_code == 422
    assert "The total has changed from £17.25 to £18.25 since you opened this page." in page.text
    assert stored_rows() == before
    assert client.post(CHECKOUT, fill_in(page)).status_code == 302
    assert sorted(Order.objects.values_list("state", "total")) == [("cancelled", 1725), ("placed", 1825)]


def test_a_page_from_before_a_price_went_up_and_down_leads_to_its_own_total(client: Client) -> None:
    raise_delivery()
    dear = fill_in(open_checkout(client))
    raise_delivery(to=325)
    client.post(CHECKOUT, fill_in(read(client.get(CHECKOUT))))
    raise_delivery()

    assert client.post(CHECKOUT, dear).status_code == 302

    assert sorted(Order.objects.values_list("state", "total")) == [("cancelled", 1725), ("placed", 1825)]


def test_a_double_over_another_total_at_the_last_moment_is_not_hers_to_pay(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = fill_in(open_checkout(client))
    real = placing.place_order

    def place_its_double_first(wishes: Any, customer: Any, **kwargs: Any) -> Order:
        raise_delivery()
        real(wishes, customer, **{**kwargs, "shown_total": 1825, "bench": None})
        raise_delivery(to=325)
        return real(wishes, customer, **{**kwargs, "unpaid": None})

    monkeypatch.setattr(views, "place_order", place_its_double_first)
    answer = client.post(CHECKOUT, sent)
    monkeypatch.undo()

    page = read(answer)
    assert (answer.status_code, page.tags["button"]) == (422, ["Pay £17.25"])
    assert client.post(CHECKOUT, page.values).status_code == 302
    assert sorted(Order.objects.values_list("state", "total")) == [("cancelled", 1825), ("placed", 1725)]


def test_opening_the_checkout_again_with_nothing_changed_leads_to_the_same_order(client: Client) -> None:
    check_out(client)

    answer = client.post(CHECKOUT, read(client.get(CHECKOUT)).values)

    assert answer["Location"] == f"/order/{Order.objects.get().token}/pay"
