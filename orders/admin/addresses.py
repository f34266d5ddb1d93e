"""Sending an order's parcel to another address, for whoever was told of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.address_changes import correct_address, is_too_late
from orders.address_form import AddressForm
from orders.admin.deciding import DecisionPages
from orders.cancelling import TooLateError
from orders.jobs import Actor


class AddressPages(DecisionPages):
    """What the admin of orders has for addresses."""

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<int:order_pk>/address/", self.admin_site.admin_view(self.address), name="orders_order_address"
        )
        return [page, *super().get_urls()]

    def address(self, request: HttpRequest, order_pk: int) -> HttpResponse:
        """A form with the present address; the same use case as the shopper's own page."""
        self.check_may_decide(request)
        order = get_object_or_404(self.get_queryset(request), pk=order_pk)
        present = {name: getattr(order, name) for name in AddressForm.base_fields}
        form = AddressForm(request.POST if request.method == "POST" else None, initial=present)
        is_late = is_too_late(order)
        if form.is_valid():
            staff = Actor("staff", request.user.get_username())
            try:
                is_new = correct_address(order, address=form.address(), by=staff, now=timezone.now())
            except TooLateError:
                is_late = True
            else:
                if is_new:
                    self.log_change(request, order, _("Address changed."))
                    messages.success(
                        request,
                        _("The parcel goes to the new address. No mail says so: write to her yourself."),
                    )
                else:
                    messages.info(request, _("The parcel goes there already."))
                return redirect("admin:orders_order_change", order.pk)
        status = 409 if is_late and form.is_bound else 422 if form.is_bound else 200
        return self.decision_page(
            request,
            "admin/orders/order/address.html",
            status=status,
            title=_("Change the address of order %(number)s") % {"number": order.number},
            order=order,
            form=form,
            is_late=is_late,
        )
