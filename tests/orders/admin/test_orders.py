"""Orders and parcels in the admin: to be read by those who may, and changed by nobody."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.cancelling import SHOPPER, ask_to_cancel
from orders.models import Order, OrderEvent, OutboxEntry, Shipment
from tests.orders.admin.people import act, decide, make_boss, make_clerk
from tests.orders.make import make_client, make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

ORDERS, PARCELS = "/admin/orders/order/", "/admin/orders/shipment/"


def count_queries(staff: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert staff.get(path).status_code == 200
    return len(queries)


def ship(order: Order) -> None:
    """A parcel with a client of its own; what counts here is that the list names both."""
    Shipment.objects.create(
        client=make_client().row,
        external_id="1",
        order=order,
        carrier="Owl",
        tracking="T",
        shipped_at=order.placed_at,
    )


def test_the_list_tells_number_state_customer_and_total() -> None:
    order = make_order(paid=True, size="500ml")

    page = make_boss().get(ORDERS).content.decode()

    for said in (order.number, "Paid", "Ada Lovelace", "Leeds", "£27.25"):
        assert said.lower() in page.lower()


def test_an_order_shows_its_lines_jobs_and_payments_but_not_its_token() -> None:
    job = make_job("claimed", label_name="Zoë")

    page = make_boss().get(f"{ORDERS}{job.order_id}/change/").content.decode()

    for said in ("Zoë", "Base blend: Warm Hearth", "taken by the maker", "£17.25", "12 Calverley Street"):
        assert said in page
    assert job.order.token not in page
    assert str(job.lease_token) not in page


@pytest.mark.parametrize("path", [ORDERS, PARCELS])
def test_even_the_boss_cannot_add_change_or_delete(path: str) -> None:
    job = make_job("shipped")
    assert job.shipment is not None
    boss = make_boss()
    row = f"{path}{job.order_id if path == ORDERS else job.shipment.pk}"
    values = {"number": "MINE", "state": "cancelled", "total": "1", "carrier": "Cat", "tracking": "2"}
    before = stored_rows()

    assert boss.get(f"{path}add/").status_code == 403
    assert boss.post(f"{path}add/", values).status_code == 403
    assert boss.post(f"{row}/change/", values).status_code == 403
    assert boss.post(f"{row}/delete/", {"post": "yes"}).status_code == 403
    boss.post(
        path, {"action": "delete_selected", "_selected_action": [row.removeprefix(path)], "post": "yes"}
    )

    assert stored_rows() == before


def test_who_may_not_see_orders_sees_none() -> None:
    order = make_order()
    clerk = make_clerk("view_job")

    assert clerk.get(ORDERS).status_code == 403
    assert clerk.get(f"{ORDERS}{order.pk}/change/").status_code == 403


def test_who_may_see_orders_sees_them_and_changes_nothing() -> None:
    order = make_order()
    clerk = make_clerk("view_order")
    before = stored_rows()

    assert order.number in clerk.get(ORDERS).content.decode()
    assert clerk.get(f"{ORDERS}{order.pk}/change/").status_code == 200
    assert clerk.post(f"{ORDERS}{order.pk}/change/", {"state": "paid"}).status_code == 403

    assert stored_rows() == before


def test_orders_are_found_by_number_mail_name_and_postcode() -> None:
    order, boss = make_order(), make_boss()

    for wanted in (order.number, "ada@example.org", "Lovelace", "LS1"):
        assert order.number in boss.get(ORDERS, {"q": wanted}).content.decode()
    assert order.number not in boss.get(ORDERS, {"q": "nobody"}).content.decode()


@pytest.mark.parametrize("path", [ORDERS, PARCELS])
def test_a_list_of_30_costs_no_more_queries_than_one_of_2(path: str) -> None:
    boss = make_boss()
    for _ in range(2):
        ship(make_order(size="50ml"))
    few = count_queries(boss, path)
    for _ in range(28):
        ship(make_order(size="50ml"))

    assert count_queries(boss, path) == few <= 12
    assert (Order.objects.count(), Shipment.objects.count()) == (30, 30)


def make_paid(state: str = "ready") -> Order:
    return make_job(state).order


def test_who_asked_to_cancel_is_found_with_one_filter() -> None:
    asked, other = make_paid("claimed"), make_paid("claimed")
    ask_to_cancel(asked, by=SHOPPER, now=asked.placed_at)

    page = make_boss().get(f"{ORDERS}?cancel_asked_at__isempty=0").content.decode()

    assert asked.number in page
    assert other.number not in page


def test_staff_cancel_and_refund_orders_that_nobody_makes() -> None:
    order, unpaid, kept = make_paid(), make_order(), make_paid()

    said = decide(make_boss(), ORDERS, "cancel", order, unpaid)

    assert said == [("success", "2 orders were cancelled.")]
    states = dict(Order.objects.values_list("pk", "state"))
    assert states == {order.pk: "cancelled", unpaid.pk: "cancelled", kept.pk: "paid"}
    assert {event.by for event in OrderEvent.objects.all()} == {"staff: grace"}
    assert [entry.order_id for entry in OutboxEntry.objects.filter(topic="refund")] == [order.pk]


def test_an_order_that_the_bench_has_begun_is_named_and_the_others_are_cancelled() -> None:
    begun, order = make_paid("in_production"), make_paid()

    said = decide(make_boss(), ORDERS, "cancel", begun, order)

    assert said == [
        ("warning", f"Order {begun.number} stays as it is, for the bench has begun: in production."),
        ("success", "1 order was cancelled."),
    ]
    states = dict(Order.objects.values_list("pk", "state"))
    assert states == {begun.pk: "paid", order.pk: "cancelled"}


def test_cancelling_what_is_cancelled_changes_nothing() -> None:
    order, boss = make_paid(), make_boss()
    decide(boss, ORDERS, "cancel", order)
    before = stored_rows()

    assert decide(boss, ORDERS, "cancel", order) == [
        ("warning", f"Order {order.number} is cancelled already.")
    ]

    assert stored_rows() == before


def test_who_may_only_look_at_orders_cannot_cancel_them() -> None:
    order, clerk = make_paid(), make_clerk("view_order")
    before = stored_rows()

    assert 'value="cancel"' not in clerk.get(ORDERS).content.decode()
    act(clerk, ORDERS, "cancel", order)
    assert clerk.post(f"{ORDERS}cancel/?order={order.pk}", {"reason": ""}).status_code == 403

    assert stored_rows() == before


def test_a_new_page_address_ends_the_old_one_and_says_so_without_telling_it() -> None:
    order, other = make_order(paid=True), make_order()
    boss = make_boss()

    said = decide(boss, ORDERS, "renew_address", order)

    assert said == [
        ("success", "1 order has a new page address. If it is paid, a mail with the address is on its way.")
    ]
    old, kept = order.token, other.token
    order.refresh_from_db()
    other.refresh_from_db()
    assert order.token != old
    assert other.token == kept
    history = boss.get(f"{ORDERS}{order.pk}/history/").content.decode()
    assert "New page address." in history
    assert order.token not in history + boss.get(ORDERS).content.decode()


def test_who_may_only_look_cannot_end_an_address() -> None:
    order = make_order(paid=True)
    clerk = make_clerk("view_order")
    before = stored_rows()

    act(clerk, ORDERS, "renew_address", order)

    assert stored_rows() == before


def test_the_orders_of_a_day_at_the_bench_are_found() -> None:
    order = make_order(now=datetime(2026, 3, 2, 9, tzinfo=UTC))
    other = make_order(now=datetime(2026, 3, 3, 9, tzinfo=UTC))

    page = make_boss().get(ORDERS, {"bookings__day": "2026-03-04"}).content.decode()

    assert order.number in page
    assert other.number not in page
