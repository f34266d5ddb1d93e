"""Whatever is sent: no total but the computed one, no mix but a makeable one, and no field but those asked for."""

import json
import random
import re
import uuid
from collections import Counter
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from configurator.bench import read_bench
from configurator.models import Component, RecipeVersion
from configurator.versions import mixer_for
from orders.models import Basket, BasketLine, Order, OrderLine, Payment
from orders.placing import Wish, quote
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.length import long_or_short
from tests.orders.pages import ADDRESS, CHECKOUT, MIX, OWN_PAGE, add_to_basket, fill_in, pay, read
from tests.orders.stored import count_rows

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

SEEDS = long_or_short(4, 2)
TRIES = long_or_short(1_000, 200)
ODD = (
    "", " ", "0", "-1", "1", "1.5", "1e9", "NaN", "inf", "-inf", "null", "None", "true", "[]", "{}", "9" * 40,
    "9" * 5000, "٣", "1725", "1400", "½", "<b>", "' OR 1=1 --", "\0", "\ud7ff", "x" * 5000, "../..", "mend", "gleam",
    "none",
)  # fmt: skip
NAMES = (
    "recipe", "base", "main", "second", "third", "size", "label", "line", "avoid", "open", "quantity", "gift", "price",
    "mix", "unit_price", "total", "goods_total", "delivery_price", "shown_total", "shown_day", "checkout_key",
    "is_gift", "is_saved", "basket", "version", "id", "pk", "state", "paid_at", "currency", "csrfmiddlewaretoken",
    *ADDRESS,
)  # fmt: skip
SIZES = {"50ml": 450, "250ml": 1400, "500ml": 2400}
ACTIONS = ("quantity", "copy", "remove", "save", "take", "gift", "agree", "swap")


def spoil(sent: dict[str, str], rng: random.Random) -> dict[str, Any]:
    """The same with a few fields missing, odd, repeated or made up."""
    spoiled: dict[str, Any] = dict(sent)
    for _ in range(rng.randrange(4)):
        name = rng.choice(NAMES)
        how = rng.randrange(3)
        if how == 0:
            spoiled.pop(name, None)
        elif how == 1:
            spoiled[name] = rng.choice(ODD)
        else:
            spoiled[name] = [spoiled.get(name, rng.choice(ODD)), rng.choice(ODD)]
    return spoiled


def total_of(lines: Any) -> int:
    goods: int = sum(SIZES[line.size] * line.quantity for line in lines)
    return goods + (0 if goods >= 2800 else 325)


def assert_all_is_right() -> None:
    """Whatever is stored is makeable and costs what the shop itself reckons."""
    for line in BasketLine.objects.all():
        assert (tuple(line.mix.values()) in judge.makeable(), line.unit_price) == (True, SIZES[line.size])
        assert 1 <= line.quantity <= 24
    for order in Order.objects.prefetch_related("lines", "payments"):
        lines = order.lines.all()
        assert [line.unit_price for line in lines] == [SIZES[line.size] for line in lines]
        assert (order.total, order.currency) == (total_of(lines), "GBP")
        assert order.state in ("placed", "cancelled")
        assert order.total == order.goods_total + order.delivery_price
        assert {int(payment.total * 100) for payment in order.payments.all()} == {order.total}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
def test_spoiled_baskets_and_checkouts_change_no_total_and_break_nothing(seed: int) -> None:
    rng = random.Random(seed)
    day = str(quoted_day())
    outcomes: Counter[str] = Counter()

    for attempt in range(TRIES // SEEDS):
        if attempt % 10 == 0:
            client = Client()
            add_to_basket(client)
            basket = Basket.objects.latest("pk")
        mix = rng.choice(judge.all_mixes())
        sent = {"recipe": "shampoo", **judge.named(mix), "size": rng.choice([*SIZES])}
        added = client.post("/basket/add", spoil(sent, rng), headers=OWN_PAGE)
        assert added.status_code in (302, 404)
        line, action = rng.choice(basket.lines.all() or [None]), rng.choice(ACTIONS)
        sent = {"quantity": "2", "gift": "yes", "price": "1400", "mix": "/".join(mix)}
        changed = client.post(f"/basket/lines/{line.pk if line else 0}/{action}", spoil(sent, rng))
        assert changed.status_code == 302
        basket.refresh_from_db()
        shown = {"checkout_key": str(basket.checkout_key), "shown_day": day}
        shown["shown_total"] = str(total_of(basket.lines.filter(is_saved=False)))
        answer = client.post(CHECKOUT, spoil({**ADDRESS, **shown}, rng))
        assert answer.status_code in (302, 422)
        outcomes["placed" if "/pay" in answer.get("Location", "") else "refused"] += 1

    assert_all_is_right()
    assert min(outcomes["placed"], outcomes["refused"]) > TRIES // SEEDS // 6


def quoted_day() -> date:
    """The day that the shop promises now: no limit on the bench, so it is the same for every order."""
    now = timezone.now()
    wish = Wish(recipe="shampoo", mix=MIX, size="50ml")
    return quote([wish], bench=read_bench(today=timezone.localdate(now)), now=now).promise.arrives_on


# Unmakeable mixes ---------------------------------------------------------------------------------------------------


def test_no_entry_takes_any_of_the_73_mixes_that_cannot_be_made(
    client: Client, catalogue: RecipeVersion
) -> None:
    add_to_basket(client)
    line = BasketLine.objects.get()
    before = list(BasketLine.objects.values())
    forbidden = [mix for mix in judge.all_mixes() if mix not in judge.makeable()]
    assert len(forbidden) == 73

    for mix in forbidden:
        path = "/".join(mix)
        added = client.post("/basket/add", {"recipe": "shampoo", **judge.named(mix)}, headers=OWN_PAGE)
        edited = client.post(
            "/basket/add", {"recipe": "shampoo", **judge.named(mix), "line": str(line.pk)}, headers=OWN_PAGE
        )
        client.post(f"/basket/lines/{line.pk}/swap", {"mix": path, "price": "1400"})
        checked = client.post(
            "/api/shop/v1/recipes/shampoo/check",
            json.dumps({"mix": judge.named(mix), "size": "250ml"}),
            content_type="application/json",
        ).json()

        assert added["Location"] == f"/mix/shampoo/{path}"
        assert edited["Location"] == f"/mix/shampoo/{path}?line={line.pk}"
        assert checked["makeable"] is False
        said = {rule["reason"] for rule in checked["rules"] if rule["force"] == "hard"}
        assert said == reasons(catalogue, mix)
    assert list(BasketLine.objects.values()) == before


def reasons(version: RecipeVersion, mix: judge.Mix) -> set[str]:
    names = judge.met_rules(mix)
    return {rule.reason for rule in mixer_for(version).spec.rules if rule.slug in names}


@pytest.mark.parametrize("mix", [("quiet-linen", "gleam", "mend"), ("warm-hearth", "mend", "gleam")])
def test_the_page_that_a_refused_mix_leads_to_has_the_reason_and_a_way_on(
    client: Client, catalogue: RecipeVersion, mix: judge.Mix
) -> None:
    response = client.post(
        "/basket/add", {"recipe": "shampoo", **judge.named(mix)}, headers=OWN_PAGE, follow=True
    )

    text = response.content.decode().replace("&#x27;", "'")
    for reason in reasons(catalogue, mix):
        assert reason in text
    assert text.count('class="repair"') >= 1
    assert BasketLine.objects.count() == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"second": ""},
        {"second": "unicorn"},
        {"base": "mend"},
        {"size": "5l"},
        {"label": "<b>"},
        {"label": "x" * 25},
        {"main": "mend\0"},
    ],
)
def test_what_is_not_whole_known_and_printable_is_not_put_in(client: Client, sent: dict[str, str]) -> None:
    response = add_to_basket(client, **sent)

    assert response["Location"].startswith("/mix/shampoo/")
    assert BasketLine.objects.count() == 0


def test_what_she_leaves_out_is_not_put_in_either(client: Client) -> None:
    session = client.session
    session["avoid"] = ["wheat"]
    session.save()

    response = client.post("/basket/add", {"recipe": "shampoo", **MIX}, headers=OWN_PAGE, follow=True)

    assert response.redirect_chain == [("/mix/shampoo/warm-hearth/mend/quench", 302)]
    assert "contains what you asked us to leave out" in response.content.decode()
    assert BasketLine.objects.count() == 0


def test_what_is_out_of_stock_is_not_put_in_either(client: Client) -> None:
    Component.objects.filter(slug="quench").update(stock_ml=4)

    response = client.post("/basket/add", {"recipe": "shampoo", **MIX}, headers=OWN_PAGE, follow=True)

    assert "Quench is out of stock just now." in response.content.decode()
    assert BasketLine.objects.count() == 0


def test_a_line_that_was_made_unmakeable_is_not_ordered_whatever_is_sent(client: Client) -> None:
    add_to_basket(client)
    sent = fill_in(read(client.get(CHECKOUT)))
    make_rule("curdle", left=["mend"], right=["quench"], reason="They curdle")
    shampoo().starters.all().delete()
    publish()

    for extra in (
        {},
        {"mix": "warm-hearth/mend/vivid"},
        {"checkout_key": str(uuid.uuid4())},
        {"second": "vivid"},
    ):
        assert client.post(CHECKOUT, {**sent, **extra})["Location"] == "/basket"

    assert count_rows() == {}
    assert "They curdle" in read(client.get("/basket")).text


# Mass assignment ----------------------------------------------------------------------------------------------------

WANTED: dict[str, str] = {
    "id": "777", "pk": "777", "state": "paid", "number": "MINE", "token": "mine", "total": "1", "goods_total": "1",
    "delivery_price": "0", "currency": "EUR", "country": "US", "promised_on": "2020-01-01", "expected_on": "2020-01-01",
    "made_on": "2020-01-01", "language": "xx", "placed_at": "2020-01-01", "paid_at": "2020-01-01",
    "cancelled_at": "2020-01-01", "cancel_asked_at": "2020-01-01",
    "sandbox": "1", "sandbox_id": "1", "basket": "777", "basket_id": "777", "order": "777",
    "order_id": "777", "position": "7", "version": "777", "version_id": "777", "unit_price": "7", "is_gift": "on",
    "is_saved": "on", "created_at": "2020-01-01", "touched_at": "2020-01-01", "variant": "evil", "tax": "7",
    "captured_amount": "777", "description": "evil", "delivery": "7", "transaction_id": "evil", "message": "evil",
    "billing_email": "evil@example.org", "billing_first_name": "evil", "billing_last_name": "evil",
    "billing_address_1": "evil", "billing_address_2": "evil", "billing_city": "evil", "billing_postcode": "evil",
    "billing_country_code": "US", "billing_country_area": "evil", "billing_phone": "+4900", "extra_data": "evil",
    "customer_ip_address": "6.6.6.6", "created": "2020-01-01", "modified": "2020-01-01",
}  # fmt: skip
ASKED_FOR = {"email", "full_name", "postcode", "address_line1", "address_line2", "town", "checkout_key"}
ASKED_FOR |= {"mix", "size", "label_name", "quantity", "status", "fraud_status", "fraud_message"}
MODELS: tuple[type[Model], ...] = (Order, OrderLine, Basket, BasketLine, Payment)


def test_every_field_of_the_models_is_tried() -> None:
    fields = {field.name for model in MODELS for field in model._meta.concrete_fields}

    assert fields <= {*WANTED} | ASKED_FOR


def post_routes() -> set[str]:
    """The addresses of the shop's own orders pages, from the URL map."""
    found: set[str] = set()

    def walk(patterns: list[Any], namespace: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, pattern.namespace or namespace)
            elif isinstance(pattern, URLPattern) and namespace == "orders":
                found.add(str(pattern.pattern))

    walk(get_resolver().url_patterns, "")
    return found


def test_fields_of_the_models_sent_to_every_page_of_basket_and_order_are_not_stored(client: Client) -> None:
    started = datetime.now(UTC)
    add_to_basket(client, **WANTED)
    line = BasketLine.objects.get()
    sent = {**fill_in(read(client.get(CHECKOUT))), **{k: v for k, v in WANTED.items() if k not in ASKED_FOR}}
    client.post(CHECKOUT, sent)
    order = Order.objects.get()
    without_token = {name: value for name, value in WANTED.items() if name != "token"}

    for route, action in product(post_routes(), ACTIONS):
        if action in ("remove", "swap", "agree") and "action" in route:
            continue
        path = "/" + re.sub(r"<slug:action>", action, re.sub(r"<int:line>", str(line.pk), route))
        path = re.sub(r"<slug:token>", order.token, path)
        assert "<" not in path or "line" not in path
        client.post(path, {**WANTED, "quantity": "1"}, headers=OWN_PAGE)
    client.post(CHECKOUT, {**sent, **read(client.get(CHECKOUT)).values, **WANTED})
    for placed in Order.objects.filter(state="placed"):
        pay(client, placed.token, **without_token)

    evil = {value for value in WANTED.values() if not value.isdigit()} - {"paid", "on"}
    for model in MODELS:
        for row in model._default_manager.values():
            texts = {name: str(value) for name, value in row.items()}
            assert {name: text for name, text in texts.items() if text in evil} == {}
            assert "777" not in (
                texts["id"],
                texts.get("basket_id"),
                texts.get("order_id"),
                texts.get("version_id"),
            )
            assert all(value >= started for value in row.values() if isinstance(value, datetime))
    assert {*OrderLine.objects.values_list("unit_price", flat=True)} == {1400}
    assert {*BasketLine.objects.values_list("unit_price", flat=True)} <= {1400}
    assert {*Order.objects.values_list("country", "currency", "language")} == {("GB", "GBP", "en-gb")}
    assert all(order.total == order.goods_total + order.delivery_price for order in Order.objects.all())
    assert all(int(payment.total * 100) == payment.order.total for payment in Payment.objects.all())
    assert {*Payment.objects.values_list("variant", flat=True)} == {"default"}
