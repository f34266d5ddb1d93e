"""The checkout: what the basket costs in all, where it goes, pay."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from configurator.bench import read_bench
from configurator.mixing.mixer import UnknownChoiceError
from configurator.remembering import read_avoid
from configurator.versions import NotOnSaleError
from orders.basket_page import BasketPage, lines_of, read_basket
from orders.basket_session import basket_of
from orders.booking import BenchFullError
from orders.checkout_form import CheckoutForm
from orders.models import Basket, Order
from orders.placing import NotMakeableError, PriceChangedError, PromiseChangedError, place_order
from orders.stock import OutOfStockError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """One page for all that is in the basket; what is not settled there sends her back to it."""
    now = timezone.now()
    basket = basket_of(request)
    form = CheckoutForm(request.POST) if request.method == "POST" else CheckoutForm(initial=_known(basket))
    if (placed := _placed_before(basket, form)) is not None:
        return redirect("orders:pay", token=placed.token)
    page = _read(request, basket, now=now)
    if basket is None or not page.is_orderable:
        return redirect("orders:basket")
    changed: PriceChangedError | PromiseChangedError | None = None
    if form.is_bound and form.is_valid():
        try:
            order = _place(page, basket, form, now=now)
        except (NotMakeableError, UnknownChoiceError, NotOnSaleError):
            return redirect("orders:basket")
        except (PriceChangedError, PromiseChangedError) as error:
            changed = error
        except OutOfStockError as error:
            form.add_error(None, _not_enough(error.component))
        except BenchFullError:
            form.add_error(None, _("Many people order just now. Nothing was ordered; send it once more."))
        else:
            return redirect("orders:pay", token=order.token)
        page = _read(request, basket, now=now)
    form.show(total=page.total, day=page.promise.arrives_on, key=basket.checkout_key)
    return render(
        request,
        "orders/checkout.html",
        {"form": form, "page": page, "changed": changed},
        status=422 if form.is_bound else 200,
    )


def _read(request: HttpRequest, basket: Basket | None, *, now: datetime) -> BasketPage:
    today = timezone.localdate(now)
    rows = lines_of(basket)
    return read_basket(rows, bench=read_bench(today=today), today=today, avoid=read_avoid(request.session))


def _place(page: BasketPage, basket: Basket, form: CheckoutForm, *, now: datetime) -> Order:
    return place_order(
        [line.wish() for line in page.lines],
        form.customer(),
        checkout_key=form.cleaned_data["checkout_key"],
        shown_total=form.cleaned_data["shown_total"],
        shown_day=form.cleaned_data["shown_day"],
        basket=basket,
        now=now,
    )


def _placed_before(basket: Basket | None, form: CheckoutForm) -> Order | None:
    """The order that this form has led to already: a second click, or a page gone back to."""
    if basket is None or not form.is_bound or not form.is_valid():
        return None
    orders = basket.orders.filter(checkout_key=form.cleaned_data["checkout_key"])
    return orders.exclude(state=Order.State.PLACED).first()


def _known(basket: Basket | None) -> dict[str, str]:
    """What she has typed for an order that is not paid yet: nobody types it twice."""
    fields = ("email", "full_name", "postcode", "address_line1", "address_line2", "town")
    unpaid = basket.orders.filter(state=Order.State.PLACED).values(*fields).first() if basket else None
    return unpaid or {}


def _not_enough(component: str) -> str:
    return _("There is not enough %(name)s left for all of it. Take fewer bottles, or another mix.") % {
        "name": component
    }
