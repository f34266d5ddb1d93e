"""What the mixer page tells: prices, doses, allergens, days, the name on the label."""

import json
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from configurator.models import Component, DeliveryTerms
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import publish
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"


def opened(client: Client, path: str) -> Page:
    response = client.get(MIXER + path)
    assert response.status_code == 200
    return read_page(response)


def money(pence: int) -> str:
    return f"£{pence / 100:.2f}"


def test_a_price_is_the_same_on_card_page_and_api_for_every_third_mix_that_can_be_made(
    client: Client,
) -> None:
    Component.objects.filter(slug="warm-hearth").update(surcharge=150)
    Component.objects.filter(slug="mend").update(surcharge=75)
    Component.objects.filter(slug="calm").update(surcharge=1)
    publish()
    extra = {"warm-hearth": 150, "mend": 75, "calm": 1}

    for mix in judge.makeable()[::3]:
        more = sum(extra.get(part, 0) for part in mix)
        page = opened(client, f"{'/'.join(mix)}?size=500ml")
        body = {"mix": judge.named(mix), "size": "500ml"}
        answer = client.post(
            "/api/shop/v1/recipes/shampoo/check", json.dumps(body), content_type="application/json"
        )

        assert answer.json()["price"] == 2400 + more
        assert f"Add to basket, {money(2400 + more)}" in page.by_id["answer"]
        assert page.by_id["size-500ml-price"] == money(2400 + more)
        assert page.by_id["size-250ml-price"] == money(1400 + more)
        assert page.by_id["size-50ml-price"] == f"{money(450 + more)} · taster"


def test_the_price_of_a_partial_mix_is_a_range_while_surcharges_are_open(client: Client) -> None:
    Component.objects.filter(slug="mend").update(surcharge=75)
    publish()

    assert "£14.00 to £14.75" in opened(client, "").by_id["answer"]
    assert "£14.75" in opened(client, "?main=mend").by_id["answer"]


def test_doses_follow_the_size(client: Client) -> None:
    page = opened(client, "?size=50ml")

    assert page.by_tag["legend"] == [
        "1. Base blend, 47 ml",
        "2. Main shot, 2 ml",
        "3. Second shot, 1 ml",
        "Size",
    ]


def test_allergens_and_flags_of_a_mix_are_told(client: Client) -> None:
    facts = opened(client, "warm-hearth/gleam/quench").by_id["facts"]
    plain = opened(client, "quiet-linen/calm/quench").by_id["facts"]

    assert "Declared allergens: benzyl benzoate, coumarin, eugenol, limonene, linalool." in facts
    assert "Contains or made with: acids, coconut derived, fragrance, nuts." in facts
    assert "No fragrance allergens to declare." in plain


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-12-23 12:00", "Order today: made Tuesday, with you by Thursday 31 December."),
        ("2026-07-10 12:00", "Order today: made Tuesday, with you by Thursday 16 July."),
    ],
)
def test_the_promised_days_are_working_days(client: Client, now: str, said: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/London"))
    with time_machine.travel(moment, tick=False):
        assert said in opened(client, "").by_id["facts"]


def test_the_day_turns_at_midnight_of_the_shop_not_of_utc(client: Client) -> None:
    monday_evening = datetime(2026, 7, 13, 22, 59, tzinfo=ZoneInfo("UTC"))  # 23:59 in London
    DeliveryTerms.objects.update(making_days=0)

    with time_machine.travel(monday_evening, tick=False):
        before = opened(client, "").by_id["facts"]
    with time_machine.travel(monday_evening.replace(hour=23), tick=False):
        after = opened(client, "").by_id["facts"]

    assert "with you by Wednesday 15 July" in before
    assert "with you by Thursday 16 July" in after


@pytest.mark.parametrize("name", ["<b>Ada</b>", 'Ada" onload="x', "</text><script>", "Ada &lt; Bob"])
def test_a_name_on_the_label_is_escaped_wherever_it_stands(client: Client, name: str) -> None:
    body = client.get(f"{MIXER}?{urlencode({'label': name})}").content.decode()

    assert name not in body
    assert body.count(escape(name)) >= 1


def test_a_name_that_cannot_be_printed_is_said_so_and_kept_in_the_field(client: Client) -> None:
    response = client.get(f"{MIXER}warm-hearth/mend/quench?{urlencode({'label': 'Ada ☃'})}")
    page = read_page(response)

    assert response.status_code == 200
    assert (
        page.by_id["label-note"] == "We cannot print “☃” on a label. Letters, digits and simple marks work."
    )
    assert page.attributes["label"]["value"] == "Ada ☃"
    assert page.attributes["label"]["aria-invalid"] == "true"
