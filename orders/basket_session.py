"""Which basket a session has, and what its header says of it."""

from collections.abc import Iterable

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from orders.baskets import count_bottles, find_basket
from orders.models import Basket, BasketLine

KEY = "basket"
COUNT = "bottles"


def basket_key(session: SessionBase) -> int | None:
    """The key of the visitor's basket, which may be gone by now; reading it makes no session."""
    key = session.get(KEY)
    return key if isinstance(key, int) else None


def basket_of(request: HttpRequest) -> Basket | None:
    """The visitor's basket; reading it makes no session."""
    return find_basket(basket_key(request.session))


def remember(request: HttpRequest, basket: Basket | None) -> None:
    """Keep the basket for another SESSION_COOKIE_AGE, with the count that the header shows."""
    if basket is not None:
        request.session[KEY] = basket.pk
        request.session[COUNT] = count_bottles(basket)


def recount(request: HttpRequest, lines: Iterable[BasketLine]) -> None:
    """Have the header say what is in the basket now, if it says something else; `lines` are all of the basket's."""
    bottles = sum(line.quantity for line in lines if not line.is_saved)
    if request.session.get(COUNT, 0) != bottles:
        request.session[COUNT] = bottles
