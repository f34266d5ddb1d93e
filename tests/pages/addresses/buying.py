"""How to reach basket, checkout and payment."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.models import Basket, BasketLine
from tests.orders.make import MIX, make_order
from tests.pages.samples import CUSTOMER, NAME, Sent, elsewhere, page, posted

PAYMENT = {"fraud_status": "unknown", "gateway_response": "3ds-disabled"}


def fill_basket(shopper: Client) -> BasketLine:
    """Two bottles of a mix with a name on them."""
    shopper.post(reverse("orders:add"), {"recipe": "shampoo", "label": NAME, **MIX})
    line = BasketLine.objects.latest("pk")
    change_line(shopper, line, "quantity", quantity="2")
    return line


def change_line(shopper: Client, line: BasketLine, action: str, **sent: str) -> None:
    shopper.post(reverse("orders:change_line", args=[line.pk, action]), sent)


@page("orders:basket", "empty")
def empty_basket(shopper: Client) -> str:
    return reverse("orders:basket")


@page("orders:basket", "with two bottles")
def full_basket(shopper: Client) -> str:
    fill_basket(shopper)
    return reverse("orders:basket")


@page("orders:basket", "with one saved and one removed")
def changed_basket(shopper: Client) -> str:
    change_line(shopper, fill_basket(shopper), "save")
    change_line(shopper, fill_basket(shopper), "remove")
    fill_basket(shopper)
    return reverse("orders:basket")


@page("orders:basket", "with a new price and a mix that breaks rules")
def unsettled_basket(shopper: Client) -> str:
    BasketLine.objects.filter(pk=fill_basket(shopper).pk).update(unit_price=1200)
    BasketLine.objects.filter(pk=fill_basket(shopper).pk).update(mix={**MIX, "second": "gleam"})
    return reverse("orders:basket")


@posted("orders:add")
def add(shopper: Client) -> str:
    return reverse("orders:add")


@posted("orders:put_back")
def put_back(shopper: Client) -> str:
    return reverse("orders:put_back")


@posted("orders:change_line")
def change(shopper: Client) -> str:
    return reverse("orders:change_line", args=[fill_basket(shopper).pk, "copy"])


@elsewhere("orders:checkout", "with an empty basket")
def early_checkout(shopper: Client) -> str:
    return reverse("orders:checkout")


@page("orders:checkout", "with two bottles")
def checkout(shopper: Client) -> str:
    fill_basket(shopper)
    return reverse("orders:checkout")


@page("orders:checkout", "sent empty", status=422)
def empty_checkout(shopper: Client) -> Sent:
    fill_basket(shopper)
    return Sent(reverse("orders:checkout"), {})


@page("orders:checkout", "at a total that has changed", status=422)
def changed_checkout(shopper: Client) -> Sent:
    basket = fill_basket(shopper).basket
    shown = {
        "checkout_key": str(Basket.objects.get(pk=basket.pk).checkout_key),
        "shown_total": "1",
        "shown_day": timezone.localdate().isoformat(),
    }
    return Sent(reverse("orders:checkout"), {**CUSTOMER, **shown})


@page("orders:pay", "for the first time")
def pay(shopper: Client) -> str:
    return reverse("orders:pay", args=[make_order().token])


@page("orders:pay", "after it failed")
def failed_payment(shopper: Client) -> str:
    path = reverse("orders:pay", args=[make_order().token])
    return str(shopper.post(path, {**PAYMENT, "status": "rejected"})["Location"])


@elsewhere("orders:pay", "when it is paid")
def paid_already(shopper: Client) -> str:
    return reverse("orders:pay", args=[make_order(paid=True).token])
