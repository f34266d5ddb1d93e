"""The tracking page: stored events only, the town only, and nobody finds the order of another."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders import placing
from orders.care import make_again
from orders.handoff import hand_off
from orders.jobs import move_job
from orders.models import Job, JobTransition, Order
from orders.placing import Customer
from orders.snapshot import read_snapshot
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


def test_an_order_is_as_far_as_its_last_job() -> None:
    job = make_job("produced")
    line = job.line
    line.pk, line.position = None, 2
    line.save(force_insert=True)
    other = Job.objects.create(line=line, order=job.order, promised_on=job.promised_on, created_at=NOW)
    JobTransition.objects.create(job=other, version=1, to_state="pending", by="payment", at=timezone.now())

    reached = [stage.slug for stage in read_tracking(job.order).stages if stage.at]

    assert reached == ["received"]


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
    Job.objects.update(failure_note="canary", hold_reason="canary", worker="canary", station="canary")
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
    guesses = [secrets.token_urlsafe(placing.TOKEN_BYTES) for _ in range(10_000)]

    hits = sum(
        Order.objects.filter(token__in=guesses[start : start + 500]).count()
        for start in range(0, len(guesses), 500)
    )

    assert hits == 0
    for wrong in (*guesses[:20], orders[0].number, str(orders[0].pk), orders[0].token[:-1], "", " "):
        for page in ("", "/pay", "/thanks"):
            assert client.get(f"/order/{wrong}{page}").status_code == 404, wrong


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

    with django_assert_num_queries(6):
        get(client, order)
