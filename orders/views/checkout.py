"""The checkout: what the basket costs in all, where it goes, pay."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from configurator.bench import Bench, read_bench, recent_bench
from configurator.mixing.mixer import UnknownChoiceError
from configurator.remembering import read_avoid
from configurator.versions import NotOnSaleError
from orders.basket_page import BasketPage, Change, changes_since, read_basket
from orders.basket_session import basket_key
from orders.baskets import BasketRow, is_let_go, lines_of, renew_key, take_prices, unpaid_orders
from orders.bench_without import without_orders
from orders.booking import BenchFullError
from orders.checkout_form import FIELDS, CheckoutForm
from orders.models import Order
from orders.placing import (
    BasketChangedError,
    NotMakeableError,
    PriceChangedError,
    PromiseChangedError,
    place_order,
)
from orders.stock import OutOfStockError

TYPED = "typed"  # in the session: what she typed before she was sent back to the basket


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """One page for all that is in the basket; what is not settled there sends her back to it."""
    return _send(request) if request.method == "POST" else _open(request)


def _open(request: HttpRequest) -> HttpResponse:
    rows = lines_of(basket_key(request.session))
    unpaid = unpaid_orders(rows)
    now = timezone.now()
    bench = without_orders(recent_bench(today=timezone.localdate(now)), unpaid)
    page = _page(request, rows, bench=bench, now=now)
    if page.basket is None or not page.is_orderable:
        return redirect("orders:basket")
    if is_let_go(rows) or _costs_other(page, unpaid):
        renew_key(page.basket)
    known = {name: getattr(order, name) for order in unpaid[:1] for name in FIELDS}
    return _show(request, CheckoutForm(initial=request.session.get(TYPED) or known), page)


def _send(request: HttpRequest) -> HttpResponse:
    form = CheckoutForm(request.POST)
    is_sound = form.is_valid()
    rows = lines_of(basket_key(request.session))
    unpaid = unpaid_orders(rows)
    page, bench = _read(request, rows, unpaid, now=timezone.now())
    changes = changes_since(page, **form.shown())
    if (paid := _paid_before(request, form, changes)) is not None:
        return redirect(paid)
    if page.basket is None or not page.is_makeable:
        return _back_to_basket(request, form)
    if is_let_go(rows):
        renew_key(page.basket)
        changes = (Change("let-go"), *changes)
    elif _costs_other(page, unpaid):
        renew_key(page.basket)
    if not is_sound or changes:
        return _show(request, form, page, changes=changes)
    key = page.basket.checkout_key
    return _place(request, form, page, key=key, bench=bench, unpaid=unpaid)


def _place(
    request: HttpRequest,
    form: CheckoutForm,
    page: BasketPage,
    *,
    key: UUID,
    bench: Bench,
    unpaid: Sequence[Order],
) -> HttpResponse:
    now = timezone.now()
    sent = {**form.shown(), "key": key}
    try:
        order = place_order(
            [line.wish() for line in page.lines],
            form.customer(),
            checkout_key=key,
            shown_total=form.cleaned_data["shown_total"],
            shown_day=form.cleaned_data["shown_day"],
            basket=page.basket,
            bench=bench,
            unpaid=unpaid,
            now=now,
        )
    except (NotMakeableError, UnknownChoiceError, NotOnSaleError):
        return _back_to_basket(request, form)
    except (PriceChangedError, PromiseChangedError, BasketChangedError):
        pass  # while this was being done: what it is now is told below
    except OutOfStockError as error:
        form.add_error(None, _not_enough(error.component))
    except BenchFullError:
        form.add_error(None, _("Many people order just now. Nothing was ordered; send it once more."))
    else:
        if order.state != Order.State.PLACED or order.total == form.cleaned_data["shown_total"]:
            take_prices(page.new_prices)
            request.session.pop(TYPED, None)
            return redirect("orders:pay", token=order.token)
    rows = lines_of(basket_key(request.session))
    unpaid = unpaid_orders(rows)
    page, _bench = _read(request, rows, unpaid, now=now)
    if page.basket is None or not page.is_makeable:
        return _back_to_basket(request, form)
    changes = changes_since(page, **sent)
    if _costs_other(page, unpaid):
        renew_key(page.basket)
    return _show(request, form, page, changes=changes)


def _costs_other(page: BasketPage, unpaid: Sequence[Order]) -> bool:
    """Whether the order that waits with just this content has another total than the page, as when delivery costs more
    by now: then the button must not lead to it.
    """
    return page.basket is not None and any(
        order.checkout_key == page.basket.checkout_key and order.total != page.total for order in unpaid
    )


def _read(
    request: HttpRequest, rows: Sequence[BasketRow], unpaid: Sequence[Order], *, now: datetime
) -> tuple[BasketPage, Bench]:
    """The basket as it is now, and the bench without what its own unpaid orders hold."""
    bench = without_orders(read_bench(today=timezone.localdate(now)), unpaid)
    return _page(request, rows, bench=bench, now=now), bench


def _page(request: HttpRequest, rows: Sequence[BasketRow], *, bench: Bench, now: datetime) -> BasketPage:
    today = timezone.localdate(now)
    avoid = read_avoid(request.session)
    return read_basket(rows, bench=bench, today=today, avoid=avoid, at_present_prices=True)


def _show(
    request: HttpRequest, form: CheckoutForm, page: BasketPage, *, changes: Sequence[Change] = ()
) -> HttpResponse:
    if page.basket is not None:
        form.show(total=page.total, day=page.promise.arrives_on, key=page.basket.checkout_key)
    return render(
        request,
        "orders/checkout.html",
        {"form": form, "page": page, "changes": changes},
        status=422 if form.is_bound else 200,
    )


def _back_to_basket(request: HttpRequest, form: CheckoutForm) -> HttpResponse:
    """Something there has to be settled first; what she typed waits for her."""
    if basket_key(request.session) is not None:
        request.session[TYPED] = {name: form.cleaned_data.get(name, "") for name in FIELDS}
        messages.info(request, _("Nothing was ordered. What you typed is kept for the checkout."))
    return redirect("orders:basket")


def _paid_before(request: HttpRequest, form: CheckoutForm, changes: Sequence[Change]) -> Order | None:
    """The order that this form has led to already: a second click, or a page gone back to.

    Paying took its content out of the basket.
    """
    if not any(change.what == "content" for change in changes):
        return None
    orders = Order.objects.filter(basket=basket_key(request.session), paid_at__isnull=False)
    return orders.filter(checkout_key=form.cleaned_data["checkout_key"]).first()


def _not_enough(component: str) -> str:
    return _("There is not enough %(name)s left for all of it. Take fewer, or another mix.") % {
        "name": component
    }
