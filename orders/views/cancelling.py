"""Cancelling an order and correcting its address, for whoever holds its link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from configurator.money import written
from orders.address_changes import correct_address, is_too_late
from orders.address_form import AddressForm
from orders.cancelling import (
    SHOPPER,
    CancelWish,
    TooLateError,
    ask_to_cancel,
    cancel_order,
    read_outlook,
    read_wish,
)
from orders.models import Order


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """What cancelling gives back, and a button that does it; too late, a button that asks the bench to stop."""
    order = get_object_or_404(Order, token=token)
    if order.state == Order.State.CANCELLED:
        return redirect(order)
    outlook = read_outlook(order)
    if request.method == "POST":
        try:
            cancel_order(order, by=SHOPPER, now=timezone.now())
        except TooLateError:
            outlook = read_outlook(order)
        else:
            messages.success(request, _cancelled(order, refund=outlook.refund))
            return redirect(order)
    page = {"order": order, "outlook": outlook, "wish": read_wish(order)}
    return render(request, "orders/cancel.html", page, status=409 if request.method == "POST" else 200)


@never_cache
@require_http_methods(["POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the bench to stop what it has in hand, or staff where something is made already."""
    order = get_object_or_404(Order, token=token)
    refund = read_outlook(order).refund
    try:
        ask_to_cancel(order, by=SHOPPER, now=timezone.now())
    except TooLateError:
        page = {"order": order, "outlook": read_outlook(order), "wish": read_wish(order)}
        return render(request, "orders/cancel.html", page, status=409)
    order.refresh_from_db()
    if order.state == Order.State.CANCELLED:
        messages.success(request, _cancelled(order, refund=refund))
    else:
        messages.success(request, _asked(read_wish(order)))
    return redirect(order)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, token: str) -> HttpResponse:
    """A form for another address, which shows of the present one only the town."""
    order = get_object_or_404(Order, token=token)
    if order.state == Order.State.CANCELLED:
        return redirect(order)
    is_late = is_too_late(order)
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"town": order.town})
    if form.is_valid():
        try:
            correct_address(order, address=form.address(), by=SHOPPER, now=timezone.now())
        except TooLateError:
            is_late = True
        else:
            messages.success(
                request, _("Your parcel goes to the new address in %(town)s.") % {"town": form.address().town}
            )
            return redirect(order)
    status = 409 if is_late and form.is_bound else 422 if form.is_bound else 200
    return render(
        request, "orders/address.html", {"order": order, "form": form, "is_late": is_late}, status=status
    )


def _asked(wish: CancelWish) -> str:
    if wish == CancelWish.REFUSED:
        return _("It was too late to stop: it goes on and comes to you.")
    if wish == CancelWish.AT_STAFF:
        return _(
            "Something of it is made already, so one of us decides what can still be stopped, and writes to you."
        )
    return _("We have asked the bench to stop, and write to you as soon as it has answered.")


def _cancelled(order: Order, *, refund: int) -> str:
    if not refund:
        return _("Order %(number)s is cancelled. Nothing was charged.") % {"number": order.number}
    return _("Order %(number)s is cancelled, and %(amount)s goes back to you the way you paid.") % {
        "number": order.number,
        "amount": written(refund),
    }
