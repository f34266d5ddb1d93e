"""What every page knows about the shop itself: its names, its main links, how much is in the basket."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOME, FIND, MIX, BASKET, LEAVE_OUT = "/", "/find", "/mix/", "/basket", "/leave-out"
IN_BASKET = "bottles"  # the session's count of what is in the basket


@dataclass(frozen=True, slots=True)
class NavLink:
    """A main link; `current` is the value of aria-current on this page, empty elsewhere."""

    name: str | Promise
    address: str
    current: str
    count: int = 0


def shop_context(request: HttpRequest) -> dict[str, object]:
    """For templates. Costs no query and makes no session where the browser sent no session cookie."""
    return {**shop_words(), "nav_links": nav_links(request)}


def shop_words() -> dict[str, object]:
    """What of that is the same for every visitor."""
    return {
        "shop_name": settings.SHOP_NAME,
        "shop_town": settings.SHOP_TOWN,
        "shop_email": settings.SHOP_EMAIL,
        "home_address": HOME,
        "find_address": FIND,
        "leave_out_address": LEAVE_OUT,
    }


def nav_links(request: HttpRequest) -> tuple[NavLink, ...]:
    """The links at the top of every page, in order."""
    return (
        NavLink(_("Find my mix"), FIND, _current(request, FIND)),
        NavLink(_("Mix"), MIX, _current(request, MIX)),
        NavLink(_("Basket"), BASKET, _current(request, BASKET), _in_basket(request)),
    )


def _current(request: HttpRequest, address: str) -> str:
    """“page” on the page itself, “true” on pages below it."""
    if request.path == address:
        return "page"
    return "true" if request.path.startswith(address.rstrip("/") + "/") else ""


def _in_basket(request: HttpRequest) -> int:
    session = getattr(request, "session", None)  # a request may be refused before it has one
    count = session.get(IN_BASKET, 0) if session is not None else 0
    return count if isinstance(count, int) else 0
