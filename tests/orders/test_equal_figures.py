"""One price and one list of ingredients for a mix wherever it is shown, sold or made: all 183, each size."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from configurator.bench import read_bench
from configurator.mix_address import read_state
from configurator.models import Component, RecipeVersion
from configurator.versions import mixer_for, newest_version
from orders.basket_lines import content_for
from orders.basket_page import read_basket
from orders.baskets import add_line, lines_of
from orders.handoff import hand_off
from orders.mail_content import write_mail
from orders.models import Job, Order
from orders.placing import place_order
from orders.snapshot import read_snapshot
from orders.tracking import read_tracking
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import publish
from tests.orders.mails import entry_of, read_html
from tests.orders.make import ADA, pay_order
from tests.orders.pages import add_to_basket, check_out, fill_in, open_checkout, pay, read

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIZES = ("50ml", "250ml", "500ml")
SURCHARGES = {"warm-hearth": 150, "mend": 75, "calm": 1}


@pytest.fixture
def version(catalogue: RecipeVersion) -> RecipeVersion:
    """The shipped catalogue with surcharges, so that prices differ between mixes."""
    for slug, surcharge in SURCHARGES.items():
        Component.objects.filter(slug=slug).update(surcharge=surcharge)
    publish()
    return newest_version("shampoo")


def expected_price(mix: judge.Mix, size: str) -> int:
    return judge.price(mix, size) + sum(SURCHARGES.get(part, 0) for part in mix)


def ask_api(client: Client, mix: judge.Mix, size: str) -> tuple[int, str]:
    body = json.dumps({"mix": judge.named(mix), "size": size})
    answer = client.post("/api/shop/v1/recipes/shampoo/check", body, content_type="application/json").json()
    return answer["price"], ", ".join(answer["ingredients"])


def ask_page(client: Client, mix: judge.Mix, size: str) -> tuple[int, str]:
    html = client.get(f"/mix/shampoo/{'/'.join(mix)}?size={size}", follow=True).content.decode()
    button = re.search(r"Add to basket, £([0-9.]+)", html)
    ingredients = re.search(r'class="ingredients">\s*([^<]+?)\s*<', html)
    assert button
    assert ingredients
    return int(button[1].replace(".", "")), ingredients[1]


def read_mailed(order: Order) -> Iterator[tuple[list[str], list[str], str]]:
    """What each part of the confirmation says: amounts and ingredients by line, and the total."""
    mail = write_mail(entry_of(order, "mail_confirmed"))
    for said in (" ".join(mail.text.split()), read_html(mail.html)[0]):
        lines = re.findall(r"ml · (£[0-9.]+) Ingredients: (.+?) (?=\* |Shampoo, |Goods: )", said)
        [total] = re.findall(r"Total, VAT included: (£[0-9.]+)", said)
        yield [amount for amount, _ in lines], [ingredients for _, ingredients in lines], total


def sell(version: RecipeVersion, mix: judge.Mix, sizes: tuple[str, ...]) -> tuple[Order, list[int]]:
    """An order of one bottle of each size by way of a basket, paid and handed off; and what the basket said."""
    bench = read_bench(today=NOW.date())
    basket = None
    for size in sizes:
        state = read_state(mixer_for(version), choices="/".join(mix), query={"size": size})
        content = content_for(version, state, bench=bench, avoid=())
        assert content is not None
        basket = add_line(basket, content, now=NOW).basket
    page = read_basket(lines_of(basket), bench=bench, today=NOW.date())
    assert basket is not None
    order = place_order(
        [line.wish() for line in page.lines],
        ADA,
        checkout_key=basket.checkout_key,
        shown_total=page.total,
        basket=basket,
        now=NOW,
    )
    pay_order(order, now=NOW)
    hand_off(order, NOW)
    return order, [line.total for line in page.lines]


def test_price_and_ingredients_are_the_same_on_page_api_basket_order_tracking_mail_and_job_for_every_mix(
    client: Client, version: RecipeVersion
) -> None:
    mixes = judge.makeable()
    assert len(mixes) == 183

    for mix in mixes:
        prices = [expected_price(mix, size) for size in SIZES]
        text = ", ".join(judge.ingredients(mix))
        order, in_basket = sell(version, mix, SIZES)
        tracking = read_tracking(order)

        assert in_basket == prices
        assert [line.unit_price for line in order.lines.all()] == prices
        assert [item.total for item in tracking.items] == prices
        assert {item.ingredients for item in tracking.items} == {text}
        assert [ask_api(client, mix, size) for size in SIZES] == [(price, text) for price in prices]
        total = f"£{order.total / 100:.2f}"
        mailed = [f"£{price / 100:.2f}" for price in prices]
        assert list(read_mailed(order)) == [(mailed, [text] * 3, total)] * 2
        assert ask_page(client, mix, "250ml") == (prices[1], text)
        jobs = [read_snapshot(job) for job in Job.objects.filter(order=order).order_by("line__position")]
        assert [", ".join(job["ingredients"]) for job in jobs] == [text] * 3


@pytest.mark.parametrize("size", SIZES)
def test_a_total_is_the_same_from_basket_to_thanks(client: Client, version: RecipeVersion, size: str) -> None:
    price = expected_price(("warm-hearth", "mend", "quench"), size)
    total = f"£{(price + 325) / 100:.2f}"

    checkout = open_checkout(client, size=size)
    basket = read(client.get("/basket"))
    address = client.post("/checkout", fill_in(checkout))["Location"]
    payment = read(client.get(address))
    thanks = read(client.get(pay(client, address.split("/")[2])["Location"]))

    assert basket.tags["dd"][-1] == total
    assert checkout.tags["button"] == [f"Pay {total}"]
    assert payment.tags["button"][0] == f"Pay {total}"
    assert f"{total}" in thanks.text


def test_nothing_is_added_to_the_total_after_the_basket(client: Client) -> None:
    add_to_basket(client, label="Ada")
    add_to_basket(client, label="Bo", size="50ml")
    said = read(client.get("/basket")).tags["dd"]

    check_out(client, {"label": "Cy", "size": "50ml"})

    order = Order.objects.get()
    assert said == ["£18.50", "£3.25", "£21.75"]
    assert (order.goods_total, order.delivery_price, order.total) == (2300, 325, 2625)
