"""Paying an order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from payments import PaymentError, RedirectNeeded

from orders.models import Order
from orders.payments import open_payment, settle_confirmed_payments


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay an order that waits for payment, with the provider's own form; as often as it takes."""
    order = get_object_or_404(Order, token=token)
    if order.state != Order.State.PLACED or settle_confirmed_payments(now=timezone.now(), order=order):
        return redirect(order)
    payment = open_payment(order)
    try:
        form = payment.get_form(data=request.POST or None)  # type: ignore[no-untyped-call]  # the library has no types
    except RedirectNeeded as redirected:
        return redirect(str(redirected))
    except (PaymentError, OSError) as error:
        return render(request, "orders/payment_down.html", {"order": order, "error": error}, status=503)
    return render(
        request, "orders/pay.html", {"order": order, "form": form, "has_failed": "failed" in request.GET}
    )
