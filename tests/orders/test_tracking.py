"""The tracking page: stored events only, the town only, and nobody finds the order of another."""

import uuid
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.cancelling import SHOPPER, ask_to_cancel, cancel_order
from orders.handoff import hand_off
from orders.holds import place_hold
from orders.jobs import Actor, move_job
from orders.jobs import make_job as make_pending
from orders.models import Job, JobTransition, Order, OrderEvent, OutboxEntry, Shipment
from orders.placing import Customer
from orders.refunds import refund_payment
from orders.snapshot import read_snapshot
from orders.staff_decisions import make_again, renew_token
from orders.tokens import new_token
from orders.tracking import read_tracking
from tests.orders.make import ADA, STAFF, make_client, make_job, make_order
from tests.orders.pages import check_out, pay, read
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CANARY = Customer(
    email="canary-mail@example.org",
    full_name="Canary Fullname",
    postcode="CANARY1",
    address_line1="1 Canary Street",
    address_line2="Canary Flat",
    town="Leeds",
)
STAGES = ["received", "making", "made", "shipped"]
REACHED = {
    "pending": 1, "ready": 1, "claimed": 1, "in_production": 2, "produced": 3, "shipped": 4, "failed": 1,
    "cancelled": 1,
}  # fmt: skip


def get(client: Client, order: Order) -> Any:
    return client.get(f"/order/{order.token}")


@pytest.mark.parametrize("state", REACHED)
def test_a_stage_is_reached_when_its_event_is_stored_and_never_before(client: Client, state: str) -> None:
    job = make_job(state, now=NOW)

    page = read(get(client, job.order))

    assert page.stages == STAGES[: REACHED[state]]
    assert page.text.count("not yet") == 4 - REACHED[state]


def test_each_stage_has_the_time_of_its_event() -> None:
    job = make_job("shipped")
    moments = {}
    for minutes, state in enumerate(("pending", "in_production", "produced", "shipped")):
        moments[state] = NOW + timedelta(minutes=minutes)
        JobTransition.objects.filter(to_state=state).update(at=moments[state])

    stages = read_tracking(job.order).stages

    assert [(stage.slug, stage.at) for stage in stages] == [*zip(STAGES, moments.values(), strict=True)]
    assert [stage.is_current for stage in stages] == [False, False, False, True]


def add_job(order: Order, *, now: datetime) -> Job:
    """A second line of an order with its pending job."""
    line = order.lines.get()
    line.pk, line.position = None, 2
    line.save(force_insert=True)
    return make_pending(line, order=order, by=STAFF, now=now)


def test_an_order_is_as_far_as_its_last_job(client: Client) -> None:
    job = make_job("produced")
    add_job(job.order, now=timezone.now())

    stages = read_tracking(job.order).stages

    assert [stage.slug for stage in stages if stage.at] == ["received"]
    assert [stage.count for stage in stages] == [2, 1, 1, 0]
    assert read(get(client, job.order)).text.count("1 of 2 so far") == 2


def test_a_cancelled_job_holds_the_others_up_no_longer() -> None:
    job = make_job("produced")
    move_job(add_job(job.order, now=NOW), "cancelled", by=STAFF, now=NOW)

    assert [stage.slug for stage in read_tracking(job.order).stages if stage.at] == STAGES[:3]


def remake(job: Job, *, now: datetime) -> Job:
    made = Job.objects.create(
        line=job.line,
        order=job.order,
        remake_of=job,
        promised_on=job.promised_on,
        created_at=now,
        version=1,
    )
    JobTransition.objects.create(job=made, version=1, to_state="pending", by="staff: Grace", at=now)
    return made


def test_the_stages_follow_a_remake_and_not_what_it_replaces(client: Client) -> None:
    job = make_job("shipped", now=NOW)
    again = remake(job, now=NOW + timedelta(days=1))

    stages = read_tracking(job.order).stages
    assert [stage.slug for stage in stages if stage.at] == ["received"]
    assert stages[0].at == NOW
    assert "batch B1" not in read(get(client, job.order)).text

    Job.objects.filter(pk=again.pk).update(state="ready", snapshot="{}")
    again.refresh_from_db()
    move_job(again, "claimed", by=STAFF, now=NOW, lease_token=uuid.uuid4())
    started = NOW + timedelta(days=2)
    move_job(again, "in_production", by=STAFF, now=started)

    assert [stage.at for stage in read_tracking(job.order).stages] == [NOW, started, None, None]


def test_what_failed_in_production_is_no_longer_in_the_making(client: Client) -> None:
    job = make_job("in_production", now=NOW)
    move_job(job, "failed", by=STAFF, now=NOW)

    page = read(get(client, job.order))

    assert page.stages == ["received"]
    assert "Something went wrong while it was made. We look into it and make it again." in page.text


NEXT = {
    "pending": "It is made, planned for Wednesday 4 March.",
    "ready": "It is made, planned for Wednesday 4 March.",
    "claimed": "It is made, planned for Wednesday 4 March.",
    "in_production": "It is finished, gets its batch number and is packed.",
    "produced": "It is packed and given to the carrier.",
    "shipped": "The carrier brings it, by Friday 6 March.",
    "failed": "Something went wrong while it was made. We look into it and make it again.",
}


@pytest.mark.parametrize("state", NEXT)
def test_the_page_says_what_comes_next(client: Client, state: str) -> None:
    order = make_job(state, now=NOW).order

    assert f"Next: {NEXT[state]}" in read(get(client, order)).text


def test_an_order_on_hold_is_said_to_be_looked_at(client: Client) -> None:
    order = make_job(on_hold=True, now=NOW).order

    assert "Next: We look at it once more before it is made." in read(get(client, order)).text


def test_a_job_that_is_made_again_is_in_the_making_since_the_second_time() -> None:
    job = make_job("in_production", now=NOW)
    move_job(job, "failed", by=STAFF, now=NOW)
    make_again(job, by="grace", now=NOW)
    move_job(job, "claimed", by=STAFF, now=NOW, lease_token=uuid.uuid4())
    again = NOW + timedelta(hours=1)
    move_job(job, "in_production", by=STAFF, now=again)

    assert [stage.at for stage in read_tracking(job.order).stages] == [NOW, again, None, None]


def test_the_page_shows_promise_items_batch_carrier_and_amounts(client: Client) -> None:
    job = make_job("shipped", size="50ml", quantity=2, label_name="Zoë", now=NOW)

    response = get(client, job.order)

    page = read(response)
    assert response.status_code == 200
    assert page.tags["h1"] == [f"Order {job.order.number}"]
    assert "Promised for Friday 6 March" in page.text
    assert "Warm Hearth with Mend and Quench 50 ml · made for Zoë · × 2 · batch B1" in page.text
    assert "With Owl Post, number TR1." in page.text
    assert page.tags["dd"] == ["£9.00", "£3.25", "£12.25"]
    assert "Goes to Leeds." in page.text


def test_the_page_shows_the_town_and_nothing_else_of_the_customer(client: Client) -> None:
    order = make_job("shipped", customer=CANARY).order

    for address in ("", "/thanks"):
        html = client.get(f"/order/{order.token}{address}").content.decode().lower()
        assert "canary" not in html
    assert "goes to leeds" in get(client, order).content.decode().lower()


def test_notes_of_staff_and_makers_are_not_for_the_shopper(client: Client) -> None:
    job = make_job("failed")
    Job.objects.update(failure_note="canary", worker="canary", station="canary")
    place_hold(job.public_id, reason="other", note="canary", by=Actor("staff", "canary"), now=NOW)
    JobTransition.objects.update(note="canary", by="canary")

    assert "canary" not in get(client, job.order).content.decode()


def test_the_label_name_is_the_same_on_page_order_job_and_tracking(client: Client) -> None:
    name = "Zoë & O’Neill-42"
    check_out(client, {"label": "Zoe\u0308 &  O’Neill-42"})  # decomposed, two spaces
    order = Order.objects.get()
    pay(client, order.token)
    hand_off(order, NOW)

    assert order.lines.get().label_name == name
    assert read_snapshot(order.jobs.get())["label_name"] == name
    assert f"made for {name}" in read(get(client, order)).text
    assert "Zoë &amp; O’Neill-42" in get(client, order).content.decode()


def test_an_unpaid_order_leads_to_its_payment_and_shows_no_stage(client: Client) -> None:
    order = make_order()

    page = read(get(client, order))

    assert page.links["Pay now"] == f"/order/{order.token}/pay"
    assert page.stages == []
    assert "Promised for" not in page.text


def test_a_cancelled_order_says_so_and_promises_nothing(client: Client) -> None:
    order = make_order()
    Order.objects.update(state=Order.State.CANCELLED)

    page = read(get(client, order))

    assert "This order was cancelled; nothing will be made or charged." in page.text
    assert "Promised for" not in page.text
    assert page.stages == []


def test_a_cancelled_order_says_what_goes_back_and_then_that_it_has(client: Client) -> None:
    order = make_order(paid=True, now=NOW)
    cancel_order(order, by=SHOPPER, now=NOW)

    page = read(get(client, order))
    assert "This order was cancelled; nothing will be made. £17.25 goes back to you" in page.text
    assert "was given back" not in page.text
    assert "or charged" not in page.text
    assert "The order was cancelled. Monday 2 March, 09:00" in page.text

    entry = order.outbox_entries.get(topic="refund")
    refund_payment(entry, NOW + timedelta(hours=1))

    page = read(get(client, order))
    assert "nothing will be made. £17.25 was given back to you, the way you paid." in page.text
    assert "goes back" not in page.text
    assert "£17.25 was given back to you, the way you paid. Monday 2 March, 10:00" in page.text


def test_until_it_is_begun_it_can_be_corrected_changed_and_cancelled(client: Client) -> None:
    job = make_job()

    page = read(get(client, job.order))

    address = f"/order/{job.order.token}"
    assert page.links["Correct the address"] == f"{address}/address"
    assert page.links["Change the mix"] == f"{address}/change"
    assert page.links["Cancel the order"] == f"{address}/cancel"


def test_an_unpaid_order_can_be_corrected_and_cancelled(client: Client) -> None:
    page = read(get(client, make_order()))

    assert {"Correct the address", "Cancel the order", "Pay now"} <= set(page.links)
    assert "Change the mix" not in page.links


@pytest.mark.parametrize("state", ["claimed", "in_production", "produced"])
def test_once_it_is_begun_the_page_says_so_and_offers_to_ask(client: Client, state: str) -> None:
    order = make_job(state).order

    page = read(get(client, order))

    assert "We have begun to make it, so address and mix stay as they are." in page.text
    assert page.links["Ask us to stop"] == f"/order/{order.token}/cancel"
    assert not {"Correct the address", "Change the mix", "Cancel the order"} & set(page.links)


def test_who_has_asked_is_told_when_and_not_asked_to_ask_again(client: Client) -> None:
    order = make_job("in_production", now=NOW).order
    ask_to_cancel(order, by=SHOPPER, now=NOW + timedelta(minutes=5))

    page = read(get(client, order))

    assert "You asked us on Monday 2 March, 09:05 to cancel it." in page.text
    assert "You asked us to stop and to cancel it. Monday 2 March, 09:05" in page.text
    assert "Ask us to stop" not in page.links


def test_of_what_is_on_its_way_nothing_is_offered_any_more(client: Client) -> None:
    page = read(get(client, make_job("shipped").order))

    assert "Something not right?" not in page.text


def test_what_else_happened_stands_there_in_order_with_the_time_of_each(client: Client) -> None:
    job = make_job("shipped", now=NOW)
    Shipment.objects.update(shipped_at=NOW + timedelta(hours=3))
    moments = [("address_corrected", 1, "Leeds → York"), ("waits", 4, "1")]
    for kind, hours, note in moments:
        OrderEvent.objects.create(
            order=job.order, kind=kind, by="canary", note=note, at=NOW + timedelta(hours=hours)
        )

    lines = read_tracking(job.order).lines

    assert [(line.text, line.at.hour) for line in lines] == [
        ("The address was corrected.", 10),
        ("With Owl Post, number TR1.", 12),
        ("You chose to wait.", 13),
    ]
    page = read(get(client, job.order)).text
    assert "The address was corrected. Monday 2 March, 10:00" in page
    assert "canary" not in page


@pytest.mark.parametrize("kind", OrderEvent.Kind.values)
def test_every_kind_of_event_has_words_and_no_note_of_others_is_shown(client: Client, kind: str) -> None:
    job = make_job(now=NOW)
    note = "" if kind == "refunded" else "canary"
    OrderEvent.objects.create(order=job.order, kind=kind, by="canary", note=note, at=NOW)

    page = read(get(client, job.order))

    assert len(read_tracking(job.order).lines) == 1
    assert "What else happened" in page.text
    assert "canary" not in page.text


def test_a_time_is_that_of_the_shops_town(client: Client) -> None:
    job = make_job(now=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))

    assert "Wednesday 1 July, 00:30" in read(get(client, job.order)).text


def test_a_token_has_192_bits_and_a_number_tells_nothing() -> None:
    orders = [make_order(size="50ml") for _ in range(12)]

    assert {len(urlsafe_b64decode(order.token)) * 8 for order in orders} == {192}
    numbers = [order.number for order in orders]
    assert numbers not in (
        sorted(numbers),
        sorted(numbers, reverse=True),
    )  # by chance once in 200 million runs
    assert all(str(order.pk) != order.number and not order.number.isdecimal() for order in orders)
    assert len({number[:5] for number in numbers}) == len(orders)


def test_a_new_token_ends_the_old_address_and_mails_the_new_one(client: Client) -> None:
    order = make_order(paid=True, now=NOW)
    old = order.token

    new = renew_token(order, now=NOW)

    for page in ("", "/thanks", "/pay", "/cancel", "/address", "/change"):
        assert client.get(f"/order/{old}{page}").status_code == 404
    assert client.get(f"/order/{new}").status_code == 200
    order.refresh_from_db()
    assert order.token == new != old
    assert len(new) == 32
    assert order.outbox_entries.filter(topic="mail_confirmed").exclude(key="").count() == 1


def test_an_unpaid_order_with_a_new_token_is_not_confirmed() -> None:
    order = make_order()

    assert renew_token(order, now=NOW) != order.token

    assert not OutboxEntry.objects.exists()


def test_the_page_is_not_kept_by_caches_nor_found_by_search_engines(client: Client) -> None:
    response = get(client, make_job().order)

    assert {"no-store", "private", "no-cache"} <= {
        part.strip() for part in response["Cache-Control"].split(",")
    }
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_of_10_000_guessed_tokens_none_is_an_order(client: Client) -> None:
    orders = [make_order(size="50ml") for _ in range(20)]
    guesses = [new_token() for _ in range(10_000)]

    hits = sum(
        Order.objects.filter(token__in=guesses[start : start + 500]).count()
        for start in range(0, len(guesses), 500)
    )

    assert hits == 0
    for wrong in (*guesses[:20], orders[0].number, str(orders[0].pk), orders[0].token[:-1], "", " "):
        for page in ("", "/pay", "/thanks"):
            assert client.get(f"/order/{wrong}{page}").status_code == 404, wrong


@pytest.mark.parametrize("page", ["", "/pay", "/cancel", "/address", "/change", "/thanks"])
def test_the_database_is_not_asked_for_what_no_token_has(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, page: str
) -> None:
    """PostgreSQL takes no NUL, so the question itself would be an error."""
    with django_assert_num_queries(0):
        assert client.get(f"/order/a%00b{page}").status_code == 404


def test_the_token_of_one_order_opens_no_other(client: Client) -> None:
    mine = make_order(paid=True, label_name="Ada")
    other = make_order(paid=True, label_name="Eve")

    html = get(client, mine).content.decode()

    assert mine.number in html
    assert other.number not in html
    assert "Eve" not in html


def test_looking_changes_nothing_and_nothing_can_be_posted(client: Client) -> None:
    order = make_job("in_production", customer=ADA, client=make_client().row).order
    before = stored_rows()

    assert get(client, order).status_code == 200
    assert client.post(f"/order/{order.token}", {"state": "shipped"}).status_code == 405

    assert stored_rows() == before


def test_the_page_costs_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_job("shipped").order

    with django_assert_num_queries(7):
        get(client, order)
