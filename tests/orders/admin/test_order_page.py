"""An order's page for staff: all that happened from top to bottom, and what can be done about it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.address_changes import Address, correct_address
from orders.cancelling import SHOPPER, ask_to_cancel
from orders.claiming import reclaim_job
from orders.holds import place_hold, release_hold
from orders.late_choice import choose_to_wait
from orders.making import decide_cancellation
from orders.models import Hold, Job, Order, OutboxEntry, Payment, Slip
from orders.remaking import remake_job
from orders.timeline import read_timeline
from orders.unpaid_orders import let_go
from tests.orders.admin.people import decide, make_boss, make_clerk
from tests.orders.make import STAFF, copy_job, lease_of, make_client, make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

ORDERS = "/admin/orders/order/"
THERE = {
    "full_name": "Ada King",
    "postcode": "yo1 7hh",
    "address_line1": "1 Stonegate",
    "address_line2": "",
    "town": "York",
}


def test_everything_that_happened_is_told_in_the_order_of_time() -> None:
    job = make_job("ready")
    order, now = job.order, timezone.now() + timedelta(minutes=1)
    address = Address(full_name="Ada", postcode="YO1 7HH", address_line1="1", address_line2="", town="York")
    correct_address(order, address=address, by=SHOPPER, now=now)
    hold = place_hold(job.public_id, reason=Hold.Reason.QUALITY, note="odd", by=STAFF, now=now)
    release_hold(hold.public_id, job_id=job.public_id, by=STAFF, now=now)
    later = order.expected_on + timedelta(days=2)
    Slip.objects.create(
        order=order, number=1, told_before=order.expected_on, expected_on=later, reason="held", at=now
    )
    choose_to_wait(order, slip=1, now=now + timedelta(minutes=1))

    told = read_timeline(Order.objects.get(pk=order.pk))

    assert [moment.at for moment in told] == sorted(moment.at for moment in told)
    said = [(moment.what, moment.by) for moment in told]
    for what, by in [
        ("Paid.", "payment"),
        ("Paid, being handed off.", "payment"),
        ("paid, being handed off → ready to be made", "hand-off"),
        ("Address corrected.", "shopper"),
        ("On hold: quality is in doubt.", "staff: Grace"),
        ("Hold released: quality is in doubt.", "staff: Grace"),
        ("Chose to wait, after delay 1.", "shopper"),
        ("Mail: confirmation: to be done.", "shop"),
    ]:
        assert (what, by) in said, said
    assert said[0][0].startswith("Placed, over £17.25; promised for ")
    assert any(what.startswith("Delay 1: told for ") and "being looked at" in what for what, _by in said)
    assert {moment.note for moment in told} >= {"Leeds → York", "odd"}


def test_parcels_remakes_refunds_and_cancellations_are_told() -> None:
    sent, asked = make_job("shipped"), make_job("claimed")
    now = timezone.now()
    anew = remake_job(sent, reason="the pump leaks", by="Grace", now=now)
    ask_to_cancel(asked.order, by=SHOPPER, now=now)
    decide(make_boss(), ORDERS, "refund", make_job("shipped").order, reason="came broken")

    said = {moment.what: moment for moment in read_timeline(sent.order)}
    assert "Sent with Owl Post, number TR1." in said
    made = said[f"Made anew, in place of job {sent.pk}."]
    assert (made.job, made.note, made.by) == (anew, "the pump leaks", "staff: Grace")
    said = {moment.what: moment for moment in read_timeline(asked.order)}
    assert said["Cancellation asked for."].by == "shopper"
    assert "The shop asks to cancel a job." in said
    refunded = Order.objects.latest("pk")
    notes = {moment.note: moment.by for moment in read_timeline(refunded)}
    assert notes["Give the money back: came broken"] == "staff: grace"


def test_what_the_makers_did_and_what_the_shop_did_is_told_of_them() -> None:
    job, now = make_job("claimed"), timezone.now()
    copy_job(job, 1)
    other = Job.objects.get(order=job.order, line__position=job.line.position + 1)
    ask_to_cancel(job.order, by=SHOPPER, now=now)
    decide_cancellation(job.public_id, lease=lease_of(job), accept=False, note="it is mixed", now=now)
    begun, later = make_job("in_production", lease_seconds=60), now + timedelta(minutes=2)
    reclaim_job(make_client().row, begun.public_id, worker="w", lease_seconds=600, now=later)

    said = {(told.what, told.by, told.note, told.job) for told in read_timeline(job.order)}
    assert ("The bench answered a cancellation.", "fulfilment", "reject, it is mixed", job) in said
    assert ("The shop does not ask to cancel the job any more.", "shop", "", other) in said
    said = {(told.what, told.by, told.note, told.job) for told in read_timeline(begun.order)}
    assert ("A job in production was claimed anew.", "fulfilment", "", begun) in said


def test_what_went_wrong_stands_out() -> None:
    order = make_order(paid=True)
    mail = order.outbox_entries.get(topic="mail_confirmed")
    OutboxEntry.objects.filter(pk=mail.pk).update(state="dead", attempts=12, error="refused")

    trouble = [moment for moment in read_timeline(order) if moment.is_trouble]

    assert [(moment.what, moment.note) for moment in trouble] == [
        ("Mail: confirmation: to be done.", "Given up after 12 failures: refused")
    ]


def test_an_order_that_was_never_paid_says_how_it_ended() -> None:
    order = make_order()
    Payment.objects.update(status="rejected")
    let_go(order, now=timezone.now())

    said = [moment.what for moment in read_timeline(Order.objects.get())]

    assert "Let go: it was not paid in time." in said
    assert any("failed; nothing was charged" in what for what in said)


def test_times_are_those_of_the_shops_zone() -> None:
    order = make_order(now=datetime(2026, 7, 1, 9, 30, tzinfo=UTC))

    page = make_boss().get(f"{ORDERS}{order.pk}/change/").content.decode()

    assert ">1 Jul 2026, 10:30</time>" in page
    assert "Times are those of Europe/London." in page


def test_an_order_with_more_jobs_and_steps_costs_no_more_queries() -> None:
    boss = make_boss()
    small, large = make_job("shipped").order, make_job("shipped").order
    last = large.jobs.get()
    for _ in range(3):
        last = remake_job(last, reason="again", by="Grace", now=timezone.now())
        Job.objects.filter(pk=last.pk).update(state="shipped", shipment=large.shipments.get(), snapshot="{}")
        last.refresh_from_db()

    def count(order: Order) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert boss.get(f"{ORDERS}{order.pk}/change/").status_code == 200
        return len(queries)

    count(small)  # what is remembered of content types is read
    assert count(large) <= count(small) + 1


def test_the_page_offers_what_can_be_done_and_says_why_not_of_the_rest() -> None:
    job = make_job("shipped")

    page = make_boss().get(f"{ORDERS}{job.order_id}/change/").content.decode()

    assert f'href="{ORDERS}refund/?order={job.order_id}"' in page
    assert f'href="{ORDERS}cancel/?order={job.order_id}"' not in page
    assert "for the bench has begun: shipped." in page
    assert f'href="/admin/orders/job/remake/?job={job.pk}"' in page
    assert f'href="/admin/orders/job/labels/?job={job.pk}"' in page


@pytest.mark.parametrize(("permission", "is_offered"), [("change_job", False), ("remake_job", True)])
def test_a_remake_is_offered_to_whom_its_page_opens(permission: str, *, is_offered: bool) -> None:
    job, clerk = make_job("shipped"), make_clerk("view_order", "view_job", permission)
    address = f"/admin/orders/job/remake/?job={job.pk}"

    page = clerk.get(f"{ORDERS}{job.order_id}/change/").content.decode()

    assert (address in page) is is_offered
    assert clerk.get(address).status_code == (200 if is_offered else 403)


def test_staff_change_an_address_by_the_shoppers_own_use_case() -> None:
    order, boss = make_job("ready").order, make_boss()
    path = f"{ORDERS}{order.pk}/address/"
    assert "12 Calverley Street" in boss.get(path).content.decode()

    boss.post(path, THERE)
    boss.post(path, THERE)

    order.refresh_from_db()
    assert (order.full_name, order.postcode, order.town) == ("Ada King", "YO1 7HH", "York")
    assert [(event.kind, event.by) for event in order.events.all()] == [("address_corrected", "staff: grace")]


@pytest.mark.parametrize(("state", "status"), [("in_production", 409), ("ready", 422)])
def test_an_address_that_is_too_late_or_not_whole_is_refused_and_kept_on_the_page(
    state: str, status: int
) -> None:
    order = make_job(state).order
    before = stored_rows()
    sent = {**THERE, "town": "" if status == 422 else "York"}

    response = make_boss().post(f"{ORDERS}{order.pk}/address/", sent)

    assert response.status_code == status
    assert "1 Stonegate" in response.content.decode()
    assert stored_rows() == before


def test_who_may_only_look_sees_the_story_and_decides_nothing() -> None:
    order, clerk = make_job("ready").order, make_clerk("view_order")
    before = stored_rows()

    page = clerk.get(f"{ORDERS}{order.pk}/change/").content.decode()

    assert "Everything that happened" in page
    assert "What can be done" not in page
    assert clerk.post(f"{ORDERS}{order.pk}/address/", THERE).status_code == 403
    assert stored_rows() == before


def test_staff_send_a_remake_to_another_address_than_the_bottle_that_was_sent() -> None:
    order = make_job("shipped").order
    remake_job(order.jobs.get(), reason="it leaks", by="grace", now=timezone.now())

    answer = make_boss().post(f"{ORDERS}{order.pk}/address/", THERE)

    order.refresh_from_db()
    assert (answer.status_code, order.town) == (302, "York")
