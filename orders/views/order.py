"""An order's own pages: thanks, tracking, and what she can do about an order that is late."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from configurator.money import written
from configurator.same_origin import same_origin_post
from orders.basket_session import basket_of, forget_bought, remember
from orders.cancelling import TooLateError, read_outlook
from orders.changing import NoRoomError, change_order
from orders.late_choice import MovedOnError, choose_to_wait
from orders.models import Order
from orders.thanks import find_order, read_thanks
from orders.tracking import read_tracking


@never_cache
@require_safe
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    found = find_order(token)
    if found is None:
        raise Http404(token)
    if found.order.state != Order.State.PAID:
        return redirect("orders:pay", token=token)
    forget_bought(request, found.order, left=found.left)
    return render(request, "orders/thanks.html", {"thanks": read_thanks(found)})


@never_cache
@require_safe
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Where an order is, for whoever holds its address; shows the town, not the street."""
    order = get_object_or_404(Order, token=token)
    return render(request, "orders/tracking.html", {"tracking": read_tracking(order)})


@never_cache
@require_POST
@same_origin_post
def wait(request: HttpRequest, token: str) -> HttpResponse:
    """She waits for an order that is late; what the page thanks her with is the event that this stores."""
    order = get_object_or_404(Order, token=token)
    try:
        choose_to_wait(order, slip=_number(request.POST.get("slip", "")), now=timezone.now())
    except MovedOnError:
        order.refresh_from_db()
        page = {"tracking": read_tracking(order), "has_moved_on": True}
        return render(request, "orders/tracking.html", page, status=409)
    return redirect(order)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, token: str) -> HttpResponse:
    """What changing an order means, and a button that does it: money back, and the mixes in the basket again."""
    order = get_object_or_404(Order, token=token)
    if order.state != Order.State.PAID:
        return redirect("orders:basket" if request.method == "POST" else order)
    outlook, has_no_room = read_outlook(order), False
    if request.method == "POST":
        try:
            remember(request, change_order(order, basket=basket_of(request), now=timezone.now()))
        except TooLateError:
            outlook = read_outlook(order)
        except NoRoomError:
            has_no_room = True
        else:
            said = {"number": order.number, "amount": written(outlook.refund)}
            messages.success(
                request,
                _(
                    "Order %(number)s is cancelled, and %(amount)s goes back to you the way you paid. Its mixes are "
                    "here to be changed and ordered again."
                )
                % said,
            )
            return redirect("orders:basket")
    page = {"order": order, "outlook": outlook, "has_no_room": has_no_room}
    return render(request, "orders/change.html", page, status=409 if request.method == "POST" else 200)


def _number(text: str) -> int:
    """The number of a slip; 0, which none has, for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 4 else 0
