"""What the page of a decision says is what the decision does: for every decision, on a job in every state."""

import pytest

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


def decide_and_compare(address: str) -> None:
    """By a request that names nothing it was shown, as one that is put together by hand: the use case decides."""
    boss = make_boss()
    before = everything()
    foretold = bool(read_shown(boss, address))
    assert everything() == before

    response = boss.post(address, ANSWERS, follow=True)

    assert (everything() != before) == foretold
    levels = [message.level_tag for message in response.context["messages"]]
    assert levels == (["success"] if foretold else ["warning"])


@pytest.mark.parametrize("state", [each for each in STATES if each != "unpaid"])
@pytest.mark.parametrize("slug", [deed.slug for deed in JOB_DEEDS])
def test_what_is_said_of_a_job_is_what_happens(slug: str, state: str) -> None:
    decide_and_compare(f"{JOBS}{slug}/?job={make_in(state).jobs.get().pk}")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("slug", [deed.slug for deed in ORDER_DEEDS])
def test_what_is_said_of_an_order_is_what_happens(slug: str, state: str) -> None:
    decide_and_compare(f"{ORDERS}{slug}/?order={make_in(state).pk}")
