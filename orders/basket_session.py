"""Which basket a session has, and what its header says of it."""

from collections.abc import Iterable

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from configurator.shop import IN_BASKET
from orders.baskets import count_bottles, find_basket
from orders.models import Basket, BasketLine, Order

KEY = "basket"


def basket_key(session: SessionBase) -> int | None:
    """The key of the visitor's basket, which may be gone by now; reading it makes no session."""
    key = session.get(KEY)
    return key if isinstance(key, int) else None


def basket_of(request: HttpRequest) -> Basket | None:
    """The visitor's basket; reading it makes no session."""
    return find_basket(basket_key(request.session))


def remember(request: HttpRequest, basket: Basket | None, *, more: int | None = None) -> None:
    """Keep the basket for another SESSION_COOKIE_AGE, with the count that the header shows.

    `more`: how many bottles came to it, where that is known; the basket page counts anew.
    """
    if basket is None:
        return
    known = request.session.get(IN_BASKET, 0) if more is not None else 0
    request.session[KEY] = basket.pk
    request.session[IN_BASKET] = count_bottles(basket) if more is None else known + more


def forget_bought(request: HttpRequest, order: Order, *, left: int) -> None:
    """Have the header stop counting what has been paid, if it was in the visitor's own basket.

    `left` is how many bottles are still in the basket of the order.
    """
    key = basket_key(request.session)
    if key is not None and key == order.basket_id and request.session.get(IN_BASKET):
        _count(request, left)


def recount(request: HttpRequest, lines: Iterable[BasketLine]) -> None:
    """Have the header say what is in the basket now, if it says something else; `lines` are all of the basket's."""
    _count(request, sum(line.quantity for line in lines if not line.is_saved))


def _count(request: HttpRequest, bottles: int) -> None:
    if request.session.get(IN_BASKET, 0) != bottles:
        request.session[IN_BASKET] = bottles
