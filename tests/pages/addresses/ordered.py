"""How to reach the pages of an order."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.lateness import tell_of_slips
from orders.making import decide_cancellation
from orders.models import Job, Order
from tests.orders.make import lease_of, make_job, make_order
from tests.pages.samples import CUSTOMER, Sent, elsewhere, page, posted


@page("orders:thanks", "once paid")
def thanks(shopper: Client) -> str:
    return reverse("orders:thanks", args=[make_order(paid=True).token])


@elsewhere("orders:thanks", "before it is paid")
def early_thanks(shopper: Client) -> str:
    return reverse("orders:thanks", args=[make_order().token])


@page("orders:tracking", "not paid")
def unpaid_order(shopper: Client) -> str:
    return make_order().get_absolute_url()


@page("orders:tracking", "just paid")
def paid_order(shopper: Client) -> str:
    return make_order(paid=True).get_absolute_url()


@page("orders:tracking", "in the making")
def order_in_the_making(shopper: Client) -> str:
    return make_job(Job.State.IN_PRODUCTION).order.get_absolute_url()


@page("orders:tracking", "taken by a maker")
def order_of_a_maker(shopper: Client) -> str:
    return make_job(Job.State.CLAIMED).order.get_absolute_url()


@page("orders:tracking", "too late to stop")
def order_that_goes_on(shopper: Client) -> str:
    job = make_job(Job.State.IN_PRODUCTION)
    shopper.post(reverse("orders:ask_to_cancel", args=[job.order.token]))
    decide_cancellation(job.public_id, lease=lease_of(job), accept=False, now=timezone.now())
    return job.order.get_absolute_url()


@page("orders:tracking", "shipped")
def shipped_order(shopper: Client) -> str:
    return make_job(Job.State.SHIPPED).order.get_absolute_url()


@page("orders:tracking", "cancelled")
def cancelled_order(shopper: Client) -> str:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(state=Order.State.CANCELLED)
    return order.get_absolute_url()


@page("orders:cancel", "not paid")
def cancel_unpaid(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_order().token])


@page("orders:cancel", "paid")
def cancel_paid(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_order(paid=True).token])


@page("orders:cancel", "in the making")
def cancel_in_the_making(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.IN_PRODUCTION).order.token])


@page("orders:cancel", "asked for already")
def cancel_once_more(shopper: Client) -> str:
    token = make_job(Job.State.IN_PRODUCTION).order.token
    shopper.post(reverse("orders:ask_to_cancel", args=[token]))
    return reverse("orders:cancel", args=[token])


@page("orders:cancel", "taken by a maker")
def cancel_taken(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.CLAIMED).order.token])


@page("orders:cancel", "made")
def cancel_made(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.PRODUCED).order.token])


@page("orders:cancel", "made, and asked for already")
def cancel_made_once_more(shopper: Client) -> str:
    path = cancel_made(shopper)
    shopper.post(path.replace("/cancel", "/ask-to-cancel"))
    return path


@page("orders:cancel", "shipped")
def cancel_shipped(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.SHIPPED).order.token])


@page("orders:cancel", "begun while she read", status=409)
def cancel_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:cancel", args=[make_job(Job.State.IN_PRODUCTION).order.token]), {})


@elsewhere("orders:cancel", "cancelled already")
def cancel_cancelled(shopper: Client) -> str:
    path = reverse("orders:cancel", args=[make_order(paid=True).token])
    shopper.post(path)
    return path


@posted("orders:ask_to_cancel")
def ask_to_cancel(shopper: Client) -> str:
    return reverse("orders:ask_to_cancel", args=[make_job(Job.State.IN_PRODUCTION).order.token])


@page("orders:address", "in time")
def address(shopper: Client) -> str:
    return reverse("orders:address", args=[make_order(paid=True).token])


@page("orders:address", "in the making")
def late_address(shopper: Client) -> str:
    return reverse("orders:address", args=[make_job(Job.State.IN_PRODUCTION).order.token])


@page("orders:address", "sent empty", status=422)
def empty_address(shopper: Client) -> Sent:
    return Sent(reverse("orders:address", args=[make_order(paid=True).token]), {})


@page("orders:address", "sent too late", status=409)
def address_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:address", args=[make_job(Job.State.IN_PRODUCTION).order.token]), CUSTOMER)


@page("orders:tracking", "just cancelled")
def just_cancelled(shopper: Client) -> str:
    path = reverse("orders:cancel", args=[make_order(paid=True).token])
    return str(shopper.post(path)["Location"])


def make_late(state: str = Job.State.READY) -> Order:
    """An order that could not be made in time, of which word has gone out."""
    order = make_job(state, now=timezone.now() - timedelta(days=21)).order
    assert tell_of_slips(now=timezone.now()) >= 1
    return order


@page("orders:tracking", "late")
def late_order(shopper: Client) -> str:
    return make_late().get_absolute_url()


@page("orders:tracking", "late, and she waits")
def awaited_order(shopper: Client) -> str:
    order = make_late()
    shopper.post(reverse("orders:wait", args=[order.token]), {"slip": "1"})
    return order.get_absolute_url()


@page("orders:wait", "for what has moved on", status=409)
def wait_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:wait", args=[make_order(paid=True).token]), {"slip": "1"})


@posted("orders:wait")
def wait(shopper: Client) -> str:
    return reverse("orders:wait", args=[make_late().token])


@page("orders:change", "late")
def change_late(shopper: Client) -> str:
    return reverse("orders:change", args=[make_late().token])


@page("orders:change", "begun while she read", status=409)
def change_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:change", args=[make_job(Job.State.IN_PRODUCTION).order.token]), {})


@elsewhere("orders:change", "not paid")
def change_unpaid(shopper: Client) -> str:
    return reverse("orders:change", args=[make_order().token])
