"""An order's own pages: thanks and tracking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders.basket_session import forget_bought
from orders.models import Order
from orders.tracking import read_tracking


@never_cache
@require_safe
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    order = get_object_or_404(Order, token=token)
    if order.state != Order.State.PAID:
        return redirect("orders:pay", token=token)
    forget_bought(request, order)
    return render(request, "orders/thanks.html", {"tracking": read_tracking(order)})


@never_cache
@require_safe
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Where an order is, for whoever holds its address; shows the town, not the street."""
    order = get_object_or_404(Order, token=token)
    return render(request, "orders/tracking.html", {"tracking": read_tracking(order)})
