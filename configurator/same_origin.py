"""Taking a POST from someone who has no cookie yet: the browser itself must say that our own page sent it.

Django's own check needs a cookie before the first form, and a first visit sets none.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
Origin = tuple[str, str, int | None]  # scheme, host, port

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
OWN_SITES = ("same-origin", "none")  # "none": she sent it again herself, such as by restoring a tab
USUAL_PORTS = {"http": 80, "https": 443}


def same_origin_post(
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """The view without Django's CSRF check: what another site's page sends is answered with 403 and changes nothing.

    For views that change little and need no sign-in. Takes any view; other decorators may stand above or below.
    """

    @wraps(view)
    def checked(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method in SAFE_METHODS or is_from_own_page(request):
            return view(request, *args, **kwargs)
        return render(request, "configurator/not_from_here.html", status=403)

    return csrf_exempt(checked)


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether all that the browser says of where a request comes from names this shop, and it says something.

    Read are Sec-Fetch-Site, which no page can forge, and Origin; where a browser sends neither, Referer.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return _is_own(request, request.headers.get("Referer", ""))
    return (site is None or site in OWN_SITES) and (origin is None or _is_own(request, origin))


def _is_own(request: HttpRequest, url: str) -> bool:
    own = [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]
    found = _origin_of(url)
    return found is not None and found in [_origin_of(each) for each in own]


def _origin_of(url: str) -> Origin | None:
    """None for what names no web origin, such as “null”, which sandboxed pages send."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in USUAL_PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or USUAL_PORTS[parts.scheme]
