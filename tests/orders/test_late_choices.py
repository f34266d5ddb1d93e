"""The page of an order that is late: what was told, and three choices that do what they say or say why not."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders import baskets
from orders.baskets import count_bottles
from orders.cancelling import SHOPPER, ask_to_cancel, cancel_order, read_outlook
from orders.jobs import move_job
from orders.late_choice import MovedOnError, choose_to_wait
from orders.lateness import tell_of_slips
from orders.models import Basket, Job, Order, OrderEvent, Slip
from tests.orders.make import STAFF, make_job, make_order
from tests.orders.pages import OWN_PAGE, read
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday; ordered now, made on Wednesday, promised for Friday
LATE = datetime(2026, 3, 5, 0, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_late(state: str = "ready", **kwargs: Any) -> Order:
    order = make_job(state, now=NOW, **kwargs).order
    assert tell_of_slips(now=LATE) == 1
    order.refresh_from_db()
    return order


def get(client: Client, order: Order, page: str = "") -> Any:
    return client.get(f"/order/{order.token}{page}")


def wait(client: Client, order: Order, slip: object = 1, **kwargs: Any) -> Any:
    return client.post(f"/order/{order.token}/wait", {"slip": slip}, headers=OWN_PAGE, **kwargs)


def stored() -> dict[str, Any]:
    return {
        **stored_rows(),
        "events": list(OrderEvent.objects.order_by("pk").values()),
        "slips": list(Slip.objects.order_by("pk").values()),
        "baskets": [
            {**basket, "lines": list(Basket.objects.get(pk=basket["id"]).lines.values())}
            for basket in Basket.objects.order_by("pk").values()
        ],
    }


def test_the_page_says_what_was_promised_what_is_expected_when_she_was_told_and_why(client: Client) -> None:
    order = make_late()

    page = read(get(client, order))

    assert "Now expected by Monday 9 March" in page.text
    assert (
        "Promised for Friday 6 March. We told you on Thursday 5 March, 00:05 that it comes later, because it was not "
        "made on the day that was planned."
    ) in page.text
    assert "We told you that it comes later, by Monday 9 March, because it was not made" in page.text
    assert "Next: It is made as soon as the bench gets to it." in page.text


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("in_production", "it took longer to make than was planned"),
        ("failed", "something went wrong while it was made, and it has to be made again"),
    ],
)
def test_the_reason_is_that_of_the_slip(client: Client, state: str, reason: str) -> None:
    assert f"because {reason}." in read(get(client, make_late(state))).text


def test_an_order_that_is_late_offers_three_choices(client: Client) -> None:
    order = make_late()

    page = read(get(client, order))

    assert page.tags["button"] == ["Wait for it until Monday 9 March"]
    assert page.values == {"slip": "1"}
    assert page.links["Change it"] == f"/order/{order.token}/change"
    assert page.links["Cancel it and get £17.25 back"] == f"/order/{order.token}/cancel"
    assert 'id="choices"' in get(client, order).content.decode()  # where the mail leads


def test_the_page_of_an_order_that_is_late_sets_no_cookie(client: Client) -> None:
    assert not get(client, make_late()).cookies


def test_an_order_in_time_offers_none(client: Client) -> None:
    html = get(client, make_job(now=NOW).order).content.decode()

    assert 'id="choices"' not in html
    assert "<button" not in html


def test_waiting_is_stored_once_and_thanked_and_not_asked_again(client: Client) -> None:
    order = make_late()

    response = wait(client, order)
    again = wait(client, order)

    assert [(answer.status_code, answer["Location"]) for answer in (response, again)] == [
        (302, f"/order/{order.token}")
    ] * 2
    event = OrderEvent.objects.get(kind="waits")
    assert (event.order, event.by, event.note) == (order, "shopper", "1")
    page = read(get(client, order))
    assert "Thank you for waiting." in page.text
    assert "You chose to wait." in page.text
    assert "button" not in page.tags
    assert not response.cookies


def test_waiting_needs_no_cookie_and_no_script_but_our_own_page() -> None:
    order = make_late()
    strict = Client(enforce_csrf_checks=True)
    before = stored()

    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert strict.post(f"/order/{order.token}/wait", {"slip": 1}, headers=headers).status_code == 403
    assert stored() == before

    assert wait(strict, order).status_code == 302


def test_a_later_slip_asks_anew(client: Client) -> None:
    order = make_late()
    choose_to_wait(order, slip=1, now=LATE)
    assert tell_of_slips(now=LATE + DAY) == 1

    page = read(get(client, order))

    assert page.values == {"slip": "2"}
    assert page.tags["button"] == ["Wait for it until Tuesday 10 March"]
    assert "Thank you for waiting." not in page.text


def test_an_answer_to_an_earlier_slip_does_not_count_and_says_how_things_are(client: Client) -> None:
    order = make_late()
    tell_of_slips(now=LATE + DAY)
    before = stored()

    response = wait(client, order, slip=1)

    assert response.status_code == 409
    page = read(response)
    assert page.alert == (
        "Things have moved on since you opened that page, so nothing was changed. This is how your order is now."
    )
    assert page.values == {"slip": "2"}
    assert stored() == before


@pytest.mark.parametrize("slip", ["", "0", "2", "-1", "one", "1.0", "99999999999999999999", "¹", "١٢٣٤٥"])
def test_an_answer_to_no_slip_changes_nothing(client: Client, slip: str) -> None:
    order = make_late()
    before = stored()

    assert wait(client, order, slip=slip).status_code == 409

    assert stored() == before


def test_of_an_order_that_is_not_late_nothing_is_stored(client: Client) -> None:
    for order in (make_job(now=NOW).order, make_order(now=NOW)):
        before = stored()

        assert wait(client, order).status_code == 409

        assert stored() == before


def test_what_was_cancelled_or_sent_meanwhile_is_not_waited_for(client: Client) -> None:
    order = make_late()
    sent = make_job("produced", now=NOW).order
    assert tell_of_slips(now=LATE) == 1
    cancel_order(order, by=SHOPPER, now=LATE)
    Job.objects.filter(order=sent).update(state="shipped", shipment=make_job("shipped").shipment)
    before = stored()

    for each in (order, sent):
        with pytest.raises(MovedOnError):
            choose_to_wait(each, slip=1, now=LATE)
        assert wait(client, each).status_code == 409
        assert 'id="choices"' not in get(client, each).content.decode()

    assert stored() == before


def test_waiting_is_a_post_and_belongs_to_its_order(client: Client) -> None:
    order = make_late()
    before = stored()

    assert get(client, order, "/wait").status_code == 405
    assert client.post("/order/nothing/wait", {"slip": 1}, headers=OWN_PAGE).status_code == 404
    assert wait(client, make_order(now=NOW)).status_code == 409

    assert [event["order_id"] for event in stored()["events"]] == [
        event["order_id"] for event in before["events"]
    ]


@pytest.mark.parametrize(
    ("state", "changed", "cancelled"),
    [
        ("claimed", "a maker has taken it", "a maker has taken it"),
        ("in_production", "we have begun to make it", "we have begun to make it"),
        ("produced", "we have begun to make it", "something of it is made already"),
    ],
)
def test_choices_that_are_no_longer_possible_say_why(
    client: Client, state: str, changed: str, cancelled: str
) -> None:
    order = make_late(state)

    page = read(get(client, order))

    assert f"It cannot be changed any more: {changed}." in page.text
    assert f"It cannot simply be cancelled any more: {cancelled}." in page.text
    assert page.links["Ask us to stop"] == f"/order/{order.token}/cancel"
    assert "Change it" not in page.links
    assert page.tags["button"] == ["Wait for it until Monday 9 March"]


def test_who_has_asked_to_stop_is_not_asked_whether_she_wants_to(client: Client) -> None:
    order = make_late("in_production")
    ask_to_cancel(order, by=SHOPPER, now=LATE)

    page = read(get(client, order))

    assert "You have asked us to cancel it; we will write and tell you whether we could stop." in page.text
    assert "Ask us to stop" not in page.links


def test_who_was_refused_or_waits_for_staff_reads_that_beside_the_choices(client: Client) -> None:
    refused, decided = make_late("in_production"), make_job("produced", now=NOW).order
    assert tell_of_slips(now=LATE) == 1
    for order in (refused, decided):
        ask_to_cancel(order, by=SHOPPER, now=LATE)
    OrderEvent.objects.create(order=refused, kind="cancel_refused", by="fulfilment", at=LATE)

    said = read(get(client, refused)).text
    assert "You have asked us to cancel it, and it was too late to stop." in said
    assert "we will write and tell you" not in said
    said = read(get(client, decided)).text
    assert "You have asked us to cancel it; one of us decides what can still be stopped" in said
    assert "we will write and tell you" not in said


def change(client: Client, order: Order) -> Any:
    return client.post(f"/order/{order.token}/change")


def basket_lines() -> list[tuple[Any, ...]]:
    fields = ("mix", "size", "label_name", "quantity", "is_gift", "unit_price")
    return list(Basket.objects.get().lines.values_list(*fields))


def test_changing_says_first_what_it_does(client: Client) -> None:
    order = make_late()
    before = stored()

    page = read(get(client, order, "/change"))

    assert page.tags["h1"] == [f"Change order {order.number}"]
    assert "We cancel this order, £17.25 goes back to you the way you paid" in page.text
    assert "Cancel it and change the mixes" in page.tags["button"]
    assert page.links["Leave the order as it is"] == f"/order/{order.token}"
    assert stored() == before


def test_changing_cancels_gives_back_and_fills_the_basket(client: Client) -> None:
    order = make_late(quantity=2, label_name="Zoë", size="50ml")

    response = change(client, order)

    order.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/basket")
    assert order.state == "cancelled"
    assert order.outbox_entries.filter(topic="refund").count() == 1
    mix = {"base": "warm-hearth", "main": "mend", "second": "quench"}
    assert basket_lines() == [(mix, "50ml", "Zoë", 2, False, 450)]
    shown = read(client.get("/basket")).text
    assert f"Order {order.number} is cancelled, and £12.25 goes back to you the way you paid." in shown
    assert "Zoë" in shown


def test_a_second_click_on_changing_fills_nothing_twice(client: Client) -> None:
    order = make_late()

    first, second = change(client, order), change(client, order)

    assert [answer["Location"] for answer in (first, second)] == ["/basket", "/basket"]
    assert count_bottles(Basket.objects.get()) == 1
    assert order.outbox_entries.filter(topic="refund").count() == 1


def test_an_order_in_time_can_be_changed_as_well(client: Client) -> None:
    order = make_job(now=NOW).order

    assert change(client, order).status_code == 302

    order.refresh_from_db()
    assert order.state == "cancelled"


@pytest.mark.parametrize("state", ["claimed", "in_production", "produced", "shipped"])
def test_what_is_begun_is_not_changed_and_the_page_says_so(client: Client, state: str) -> None:
    order = make_job(state, now=NOW).order
    before = stored()

    shown, response = get(client, order, "/change"), change(client, order)

    assert (shown.status_code, response.status_code) == (200, 409)
    for page in (read(shown), read(response)):
        why = "A maker has taken it" if state == "claimed" else "We have begun to make it"
        assert f"{why}, so it cannot be changed any more. Nothing was changed." in page.text
        assert "Cancel it and change the mixes" not in page.tags.get("button", [])
        assert ("Ask us to stop" in page.links) is (state != "shipped")
    assert stored() == before


def test_an_order_that_is_begun_between_page_and_click_is_not_changed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(now=NOW)
    after: list[dict[str, Any]] = []

    def look_just_before_it_is_taken(order: Order) -> Any:
        monkeypatch.undo()
        found = read_outlook(order)
        move_job(job, "claimed", by=STAFF, now=NOW, lease_token=uuid.uuid4())
        after.append(stored())
        return found

    monkeypatch.setattr("orders.views.order.read_outlook", look_just_before_it_is_taken)

    response = change(client, job.order)

    assert response.status_code == 409
    assert "A maker has taken it" in read(response).text
    assert [stored()] == after


def test_a_basket_without_room_leaves_the_order_as_it_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, other = make_late(), make_job(now=NOW, label_name="Eve").order
    assert change(client, other).status_code == 302
    monkeypatch.setattr(baskets, "MOST_LINES", 1)
    before = stored()

    response = change(client, order)

    assert response.status_code == 409
    page = read(response)
    assert page.alert == (
        "Your basket has no room for all of it, so nothing was changed and the order stands. Make room in the basket"
    )
    assert page.links["Make room in the basket"] == "/basket"
    assert stored() == before


def test_an_unpaid_order_is_not_changed_since_its_basket_still_has_it(client: Client) -> None:
    order = make_order(now=NOW)
    before = stored()

    assert get(client, order, "/change")["Location"] == f"/order/{order.token}"
    assert change(client, order)["Location"] == "/basket"

    assert stored() == before


def test_the_page_of_changing_shows_no_person(client: Client) -> None:
    order = make_late()

    response = get(client, order, "/change")

    html = response.content.decode()
    assert not [
        word for word in ("Ada Lovelace", "ada@example.org", "LS1 4DY", "12 Calverley") if word in html
    ]
    assert '<meta name="robots" content="noindex">' in html
    assert "no-store" in response["Cache-Control"]


def test_the_page_of_an_order_that_is_late_costs_no_more_queries_than_another(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_late()
    tell_of_slips(now=LATE + DAY)
    choose_to_wait(order, slip=2, now=LATE + DAY)

    with django_assert_num_queries(7):
        get(client, order)

    assert Order.objects.get().expected_on == date(2026, 3, 10)
