"""What staff decide about orders: cancelled, stopped, refunded, held, released, moved to a new page address."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.admin.deeds import Deed, RefusedError
from orders.admin.holding import HoldForm
from orders.admin.job_deeds import DECIDE as DECIDE_ON_JOBS
from orders.admin.job_deeds import ReleaseJobs
from orders.cancelling import TooLateError, ask_to_cancel, cancel_order
from orders.foreseeing import orders as foreseeing
from orders.foreseeing.told import Foreseen
from orders.goodwill_refunds import NothingToGiveBackError, StillOpenError, give_money_back
from orders.jobs import Actor
from orders.models import Job, Order
from orders.staff_decisions import hold_order, renew_token

REASON_LENGTH = 450  # with the name of the deed, the audit has room for it


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For staff: it stands in the order's timeline. The shopper does not read it."),
    )


class WishForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("Why, if it is worth a word"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For staff: it stands in the order's timeline. The shopper does not read it."),
    )


class OrderDeed(Deed):
    permission = "orders.change_order"

    def refuse(self, order: Order) -> RefusedError:
        """In the words for the order as it is now."""
        now = Order.objects.get(pk=order.pk)
        [told] = self.foresee([now])
        if not told.happens:
            return RefusedError(told.says)
        said = _("Order %(number)s has moved on while you decided, and stays as it is. Look at it again.")
        return RefusedError(said % {"number": now.number})


class Cancel(OrderDeed):
    slug = "cancel"
    label = gettext_lazy("Cancel and refund")
    explains = gettext_lazy("An order that the bench has not begun is cancelled at once, for good.")
    form = WishForm

    def foresee(self, rows: Sequence[Order]) -> list[Foreseen]:
        return foreseeing.cancelling(rows)

    def do(self, row: Order, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            is_cancelled = cancel_order(row, by=_staff(request), now=timezone.now(), note=data["reason"])
        except TooLateError as error:
            raise self.refuse(row) from error
        if not is_cancelled:
            raise self.refuse(row)

    def done(self, count: int) -> str:
        said = ngettext("%(count)s order was cancelled.", "%(count)s orders were cancelled.", count)
        return said % {"count": count}


class Ask(OrderDeed):
    slug = "ask"
    label = gettext_lazy("Ask the bench to stop")
    explains = gettext_lazy(
        "What is begun is not cancelled over a maker's head: the maker is asked, and answers."
    )
    form = WishForm

    def foresee(self, rows: Sequence[Order]) -> list[Foreseen]:
        return foreseeing.asking(rows)

    def do(self, row: Order, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            is_asked = ask_to_cancel(row, by=_staff(request), now=timezone.now(), note=data["reason"])
        except TooLateError as error:
            raise self.refuse(row) from error
        if not is_asked:
            raise self.refuse(row)

    def done(self, count: int) -> str:
        said = ngettext(
            "%(count)s order is being stopped: its timeline says what becomes of it.",
            "%(count)s orders are being stopped: their timelines say what becomes of them.",
            count,
        )
        return said % {"count": count}


class Refund(OrderDeed):
    slug = "refund"
    label = gettext_lazy("Give the money back")
    explains = gettext_lazy(
        "For an order that is sent and stays as it is, such as one that arrived broken. If she wants another bottle"
        " instead, make its job anew."
    )
    form = ReasonForm

    def foresee(self, rows: Sequence[Order]) -> list[Foreseen]:
        return foreseeing.refunding(rows)

    def do(self, row: Order, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        try:
            amount = give_money_back(row, now=timezone.now())
        except (StillOpenError, NothingToGiveBackError) as error:
            raise self.refuse(row) from error
        if not amount:
            raise self.refuse(row)

    def done(self, count: int) -> str:
        said = ngettext(
            "The money of %(count)s order is on its way back; its timeline says when it is given.",
            "The money of %(count)s orders is on its way back; their timelines say when it is given.",
            count,
        )
        return said % {"count": count}

    def log(self, data: dict[str, Any]) -> str:
        """The use case keeps no reason."""
        return f"{self.label}: {data['reason']}"


class HoldOrders(OrderDeed):
    slug = "put_on_hold"
    label = gettext_lazy("Put on hold")
    explains = gettext_lazy("While its jobs are on hold, nothing of an order is claimed, begun or shipped.")
    permission = DECIDE_ON_JOBS
    form = HoldForm

    def foresee(self, rows: Sequence[Order]) -> list[Foreseen]:
        return foreseeing.holding(rows)

    def do(self, row: Order, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        held = hold_order(row, **data, by=request.user.get_username(), now=timezone.now())
        if not held and not row.jobs.exclude(state__in=Job.OVER).exists():
            raise self.refuse(row)
        if not held:
            raise RefusedError(_("Order %(number)s: you hold it for this already.") % {"number": row.number})

    def done(self, count: int) -> str:
        said = ngettext("%(count)s order is on hold.", "%(count)s orders are on hold.", count)
        return said % {"count": count}


class ReleaseOrders(ReleaseJobs):
    def foresee(self, rows: Sequence[Order]) -> list[Foreseen]:  # type: ignore[override]  # the other rows
        return foreseeing.releasing(rows)

    def done(self, count: int) -> str:
        said = ngettext("%(count)s order goes on.", "%(count)s orders go on.", count)
        return said % {"count": count}


class RenewAddress(OrderDeed):
    slug = "renew_address"
    label = gettext_lazy("Give a new page address; the old one ends")
    explains = gettext_lazy("For an order whose link came into wrong hands.")

    def foresee(self, rows: Sequence[Order]) -> list[Foreseen]:
        return foreseeing.renewing(rows)

    def do(self, row: Order, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> None:
        renew_token(row, now=timezone.now())

    def done(self, count: int) -> str:
        return ngettext(
            "%(count)s order has a new page address. If it is paid, a mail with the address is on its way.",
            "%(count)s orders have new page addresses. For those that are paid, mails are on their way.",
            count,
        ) % {"count": count}

    def log(self, data: dict[str, Any]) -> str:
        return _("New page address.")


ORDER_DEEDS = (Cancel(), Ask(), Refund(), HoldOrders(), ReleaseOrders(), RenewAddress())


def _staff(request: HttpRequest) -> Actor:
    return Actor("staff", request.user.get_username())
