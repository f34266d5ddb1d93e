"""Which basket a session has, and what its header says of it."""

from django.http import HttpRequest

from orders.baskets import KEPT_FOR, count_bottles, find_basket
from orders.models import Basket


def basket_of(request: HttpRequest) -> Basket | None:
    """The visitor's basket; reading it makes no session."""
    return find_basket(request.session.get("basket"))


def remember(request: HttpRequest, basket: Basket | None) -> None:
    """Keep the basket for KEPT_FOR from now, with the count that the header shows."""
    if basket is None:
        return
    request.session["basket"] = basket.pk
    request.session["bottles"] = count_bottles(basket)
    request.session.set_expiry(KEPT_FOR)
