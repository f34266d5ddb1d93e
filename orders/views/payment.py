"""Paying an order."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from payments import PaymentError, RedirectNeeded

from orders.models import Order
from orders.payments import open_payment, order_and_payments, settle_payments
from orders.providers import StillProcessingError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay an order that waits for payment, on the provider's page or with its form; as often as it takes."""
    try:
        order, payments = order_and_payments(token)
    except Order.DoesNotExist as error:
        raise Http404(token) from error
    if order.state != Order.State.PLACED or settle_payments(payments, now=timezone.now()):
        return redirect(order)
    payment = open_payment(order, payments)
    has_failed = "failed" in request.GET
    page = {"order": order, "has_failed": has_failed}
    try:
        page["form"] = payment.get_form(data=request.POST or None)  # type: ignore[no-untyped-call]  # no types there
    except RedirectNeeded as redirected:
        if request.method == "POST" or not has_failed or str(redirected) == payment.get_success_url():
            return redirect(str(redirected))  # else she reads first that it failed: the button leads on
    except StillProcessingError:
        page["is_processing"] = True
    except (PaymentError, OSError):
        response = render(request, "orders/payment_down.html", {"order": order}, status=503)
        response["Retry-After"] = "30"
        return response
    return render(request, "orders/pay.html", page)
