"""What probes and watchers ask: whether the process answers, whether it can serve, how all parts are."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders.health import Health, read_health
from orders.keys import bearer_of, find_key
from orders.models import FulfilmentKey
from orders.probing import database_answers
from staff.second_factor import is_let_in

TRY_AGAIN_SECONDS = 5


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return _answer({"status": "ok"}, well=True)


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Requests can be sent here: the database answers and has all migrations."""
    well = database_answers()
    return _answer({"status": "ok" if well else "down"}, well=well)


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """One word for strangers; for staff and for keys with metrics:read, each part and since when it is so."""
    found = read_health()
    content: dict[str, object] = {"status": found.status}
    if found.shoppers_can_buy and _may_see_parts(request):
        content["parts"] = _describe(found)
    return _answer(content, well=found.shoppers_can_buy)


def _describe(found: Health) -> dict[str, dict[str, str]]:
    return {
        part.name.replace(" ", "_"): {
            "status": part.status,
            "since": part.since.isoformat(timespec="seconds"),
            "note": part.note,
        }
        for part in found.parts
    }


def _may_see_parts(request: HttpRequest) -> bool:
    """A session is looked at only where there is a cookie of one, so that a stranger gets none."""
    bearer = bearer_of(request.headers.get("Authorization", ""))
    if bearer is not None:
        key = find_key(bearer, now=timezone.now())
        return key is not None and not key.is_test and FulfilmentKey.Scope.METRICS in key.scopes
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return request.user.is_active and request.user.is_staff and is_let_in(request.user)


def _answer(content: dict[str, object], *, well: bool) -> HttpResponse:
    response = JsonResponse(content, status=200 if well else 503)
    response.headers["X-Robots-Tag"] = "noindex"
    if not well:
        response.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response
