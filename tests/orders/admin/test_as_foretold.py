"""What the page of a decision says is what the decision does: for every decision, on a job in every state."""

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client

from orders.admin.job_deeds import JOB_DEEDS
from orders.admin.order_deeds import ORDER_DEEDS
from orders.models import Hold, Job, Order
from tests.orders.admin.people import make_boss, read_shown
from tests.orders.make import make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

JOBS, ORDERS = "/admin/orders/job/", "/admin/orders/order/"
ANSWERS = {"reason": "other", "note": "for a test"}
STATES = [*Job.State.values, "held", "lapsed", "unpaid", "asked"]


def make_in(state: str) -> Order:
    if state == "unpaid":
        return make_order()
    job = make_job(
        {"held": "ready", "lapsed": "in_production", "asked": "claimed"}.get(state, state),
        on_hold=state == "held",
    )
    if state == "lapsed":
        Job.objects.filter(pk=job.pk).update(lapsed=True)
    if state == "asked":
        Order.objects.filter(pk=job.order_id).update(cancel_asked_at=job.created_at)
    return Order.objects.get(pk=job.order_id)


def everything() -> tuple[object, ...]:
    return (stored_rows(), list(Hold.objects.order_by("pk").values()))


def decide_and_compare(boss: Client, address: str) -> str:
    """What is wrong, or "". By a request that names nothing it was shown, as one put together by hand would.

    The use case decides; whatever it did is undone.
    """
    with transaction.atomic():
        before = everything()
        foretold = bool(read_shown(boss, address))
        assert everything() == before

        response = boss.post(address, ANSWERS)

        happened = everything() != before
        levels = [message.level_tag for message in get_messages(response.wsgi_request)]
        transaction.set_rollback(True)
    if happened == foretold and levels == (["success"] if foretold else ["warning"]):
        return ""
    return f"{address}: {foretold=}, {happened=}, {levels=}"


@pytest.mark.parametrize("state", [each for each in STATES if each != "unpaid"])
def test_what_is_said_of_a_job_is_what_happens(state: str) -> None:
    job, boss = make_in(state).jobs.get(), make_boss()

    wrong = [decide_and_compare(boss, f"{JOBS}{deed.slug}/?job={job.pk}") for deed in JOB_DEEDS]

    assert list(filter(None, wrong)) == []


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_of_an_order_is_what_happens(state: str) -> None:
    order, boss = make_in(state), make_boss()

    wrong = [decide_and_compare(boss, f"{ORDERS}{deed.slug}/?order={order.pk}") for deed in ORDER_DEEDS]

    assert list(filter(None, wrong)) == []
