"""Decisions about many at once: told first, done as told, nothing half done without saying so."""

from typing import Any

import pytest
from django.utils import timezone

from configurator.models import Component
from orders.admin import deeds, order_deeds
from orders.cancelling import ask_to_cancel, cancel_order
from orders.models import Hold, Job, Order, OrderEvent, OutboxEntry
from orders.staff_decisions import hold_order
from tests.orders.admin.people import confirm, decide, make_boss, make_clerk, read_shown
from tests.orders.make import STAFF, copy_job, make_client, make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

JOBS, ORDERS = "/admin/orders/job/", "/admin/orders/order/"


def test_the_page_says_of_each_what_happens_and_what_does_not_and_the_way_on() -> None:
    paid, begun = make_job("ready").order, make_job("in_production").order
    before = stored_rows()

    page = make_boss().get(f"{ORDERS}cancel/?order={paid.pk}&order={begun.pk}").content.decode()

    assert (
        f"Order {paid.number} is cancelled with its 1 job, £17.25 is given back, and a mail says so." in page
    )
    assert f"Order {begun.number} stays as it is, for the bench has begun: in production." in page
    assert f'href="{ORDERS}ask/?order={begun.pk}"' in page
    assert stored_rows() == before


def test_a_reason_is_kept_with_what_was_done_and_in_the_history() -> None:
    order, boss = make_job("ready").order, make_boss()

    decide(boss, ORDERS, "cancel", order, reason="ordered twice")

    event = OrderEvent.objects.get(kind="cancelled")
    assert (event.by, event.note) == ("staff: grace", "ordered twice")
    assert "Cancel and refund" in boss.get(f"{ORDERS}{order.pk}/history/").content.decode()


def test_a_second_click_does_nothing_more() -> None:
    job, boss = make_job("ready"), make_boss()
    address = f"{JOBS}put_on_hold/?job={job.pk}"
    sent = {"shown": read_shown(boss, address), "reason": "quality", "note": "smells odd"}

    boss.post(address, sent)
    boss.post(address, sent)

    assert Hold.objects.count() == 1


def test_a_new_page_address_is_given_once_for_one_page() -> None:
    order, boss = make_order(paid=True), make_boss()
    address = f"{ORDERS}renew_address/?order={order.pk}"
    sent = {"shown": read_shown(boss, address)}

    boss.post(address, sent)
    token = Order.objects.get().token
    boss.post(address, sent)

    assert Order.objects.get().token == token != order.token
    assert OutboxEntry.objects.filter(topic="mail_confirmed").count() == 2


def test_what_has_changed_since_the_page_was_shown_stays_as_it_is() -> None:
    job, boss = make_job("ready", on_hold=True), make_boss()
    address = f"{JOBS}release_holds/?job={job.pk}"
    shown = read_shown(boss, address)
    confirm(boss, f"{JOBS}put_on_hold/?job={job.pk}", reason="quality", note="smells odd")

    response = boss.post(address, {"shown": shown}, follow=True)

    [said] = [str(message) for message in response.context["messages"]]
    assert "has changed since you were shown what would happen" in said
    assert "smells odd" in said
    assert not Hold.objects.exclude(released_at=None).exists()


def test_all_holds_that_were_shown_are_released_at_once() -> None:
    jobs = [make_job("ready", on_hold=True), make_job("claimed", on_hold=True), make_job("ready")]

    said = decide(make_boss(), JOBS, "release_holds", *jobs)

    assert said == [
        ("warning", f"Order {jobs[2].order.number}: the job, ready to be made, is under no hold."),
        ("success", "2 jobs go on."),
    ]
    assert not Hold.objects.filter(released_at=None).exists()


def test_an_order_is_held_and_released_with_all_its_open_jobs() -> None:
    order, boss = make_job("ready").order, make_boss()

    assert decide(boss, ORDERS, "put_on_hold", order, reason="address", note="no such street") == [
        ("success", "1 order is on hold.")
    ]
    assert order.jobs.get().on_hold
    assert decide(boss, ORDERS, "release_holds", order) == [("success", "1 order goes on.")]

    assert not order.jobs.get().on_hold


def test_more_than_are_done_at_once_are_named_as_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "MOST_AT_ONCE", 2)
    orders = [make_order() for _ in range(3)]
    boss = make_boss()
    chosen = [order.pk for order in orders]

    asked = boss.post(ORDERS, {"action": "cancel", "_selected_action": chosen[:1], "select_across": "1"})

    assert "More than 2 were chosen" in boss.get(asked["Location"]).content.decode()
    assert confirm(boss, asked["Location"]) == [("success", "2 orders were cancelled.")]
    assert Order.objects.filter(state="placed").count() == 1


def test_an_error_in_between_is_said_with_what_was_done_and_what_was_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, third = (make_order() for _ in range(3))

    def cancel(order: Order, **kwargs: Any) -> bool:
        if order == second:
            raise OSError("the disk is full")
        return cancel_order(order, **kwargs)

    monkeypatch.setattr(order_deeds, "cancel_order", cancel)

    said = decide(make_boss(), ORDERS, "cancel", first, second, third)

    stays = f"{second.number}: something went wrong on our side, and it stays as it was."
    stays += " What was done before it is done."
    assert said == [
        ("error", f"{stays} Not tried any more: {third.number}."),
        ("success", "1 order was cancelled."),
    ]
    states = dict(Order.objects.values_list("pk", "state"))
    assert states == {first.pk: "cancelled", second.pk: "placed", third.pk: "placed"}


def test_of_two_that_there_is_not_enough_for_the_second_is_refused_beforehand() -> None:
    jobs = [make_job("shipped"), make_job("shipped")]
    Component.objects.filter(slug="mend").update(stock_ml=15)

    page = make_boss().get(f"{JOBS}remake/?job={jobs[0].pk}&job={jobs[1].pk}").content.decode()

    assert f"Order {jobs[0].order.number}: the job stays shipped, and a new one is made" in page
    assert f"Order {jobs[1].order.number}: there is not enough Mend left" in page


def test_the_last_job_of_an_order_takes_the_order_with_it_and_the_page_says_so() -> None:
    job = make_job("failed")

    page = make_boss().get(f"{JOBS}give_up/?job={job.pk}").content.decode()

    assert "so the order is cancelled with it: £17.25 is given back" in page


def test_a_refund_keeps_its_reason_in_the_history() -> None:
    order, boss = make_job("shipped").order, make_boss()

    said = decide(boss, ORDERS, "refund", order, reason="came broken")

    assert said[0][0] == "success"
    assert "Give the money back: came broken" in boss.get(f"{ORDERS}{order.pk}/history/").content.decode()


def test_a_job_of_a_sandbox_is_not_decided_about() -> None:
    job = make_job("ready")
    type(job).objects.filter(pk=job.pk).update(sandbox=make_client(is_test=True).row)
    before = stored_rows()

    response = make_boss().post(f"{JOBS}give_up/?job={job.pk}", follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Nothing was chosen: choose some in this list."
    ]
    assert stored_rows() == before


@pytest.mark.parametrize("slug", [deed.slug for deed in order_deeds.ORDER_DEEDS])
def test_who_may_only_look_opens_no_page_of_a_decision(slug: str) -> None:
    order = make_order()
    cancel_order(order, by=STAFF, now=timezone.now())
    clerk = make_clerk("view_order", "view_job")
    address = f"{ORDERS}{slug}/?order={order.pk}"

    assert clerk.get(address).status_code == 403
    assert clerk.post(address, {"reason": "other"}).status_code == 403
    assert address not in clerk.get(f"{ORDERS}{order.pk}/change/").content.decode()


def test_only_what_may_be_the_key_of_a_row_is_looked_up() -> None:
    assert deeds.read_pks(["7", "", "x", "-1", "1.0", "²", "9" * 18, "9" * 19]) == [7, 10**18 - 1]


def test_nothing_is_made_anew_of_an_order_that_the_makers_are_asked_to_stop_and_the_page_says_why() -> None:
    job, boss = make_job("claimed"), make_boss()
    copy_job(job, 1)
    Job.objects.exclude(pk=job.pk).update(state="failed")
    failed = Job.objects.exclude(pk=job.pk).get()
    ask_to_cancel(job.order, by=STAFF, now=timezone.now())
    before = stored_rows()

    page = boss.get(f"{JOBS}remake/?job={failed.pk}").content.decode()
    [(level, said)] = decide(boss, JOBS, "remake", failed, reason="it broke")

    why = "the makers are asked to cancel it and have not all answered, so nothing of it is made anew now."
    assert why in page
    assert (level, why in said, "make it anew then" in said) == ("warning", True, True)
    assert stored_rows() == before


def test_an_order_that_is_sent_while_it_is_put_on_hold_is_said_to_be_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, boss = make_job("produced"), make_boss()
    address = f"{ORDERS}put_on_hold/?order={job.order_id}"
    shown = read_shown(boss, address)

    def send_first(order: Order, **kwargs: Any) -> int:
        Job.objects.filter(pk=job.pk).update(state="shipped", shipment=make_job("shipped").shipment)
        return hold_order(order, **kwargs)

    monkeypatch.setattr(order_deeds, "hold_order", send_first)

    response = boss.post(address, {"shown": shown, "reason": "other", "note": ""}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        f"Everything of order {job.order.number} is shipped or cancelled, so there is nothing to hold."
    ]
    assert not Hold.objects.exists()
