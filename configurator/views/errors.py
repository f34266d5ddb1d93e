"""What is shown when something went wrong: pages that open even where the rest of the shop does not."""

import logging
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from rest_framework.views import APIView

from configurator.busy import BUSY_SECONDS, NO_DATABASE
from configurator.problems import MEDIA_TYPE, BrokenProblem, BusyProblem
from configurator.same_origin import is_from_own_page

MOST_SENT_AGAIN = 20_000  # characters of a form that is offered once more

# Where not even a template renders. English, because translations may be what is broken.
PLAIN = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Something broke</title></head>
<body><main><h1>Something broke on our side</h1><p>Nothing is charged twice. Try again in a minute.</p>
<p><a href="/">To our first page</a></p></main></body></html>"""

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For requests that cannot be trusted in anything, not even in the name of the host."""
    return _bare("400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """For what nobody foresaw: needs neither database nor session nor what the request says.

    A database that does not answer is foreseen: nothing was changed, and a moment later it may answer again. To
    programs it says so as a problem, as it says all else.
    """
    is_busy = isinstance(sys.exc_info()[1], NO_DATABASE)
    if _is_of_an_api(request):
        problem = BusyProblem() if is_busy else BrokenProblem()
        return JsonResponse(
            problem.body(request.path),
            status=problem.status,
            content_type=MEDIA_TYPE,
            headers=problem.headers,
        )
    if is_busy:
        response = _bare("503.html", status=503)
        response["Retry-After"] = str(BUSY_SECONDS)
        return response
    return _bare("500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For a form without a good token: what came from our own page can be sent once more as it is."""
    context = {"sent": sent_again(request), "address": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)


def sent_again(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The fields of a refused form, to be put into a new one; empty where that would not be safe or not complete.

    Nothing of what another site sent, no passwords, no files.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    is_safe = is_from_own_page(request) and not any("password" in name for name, _value in fields)
    is_complete = (
        not request.FILES and sum(len(name) + len(value) for name, value in fields) <= MOST_SENT_AGAIN
    )
    return tuple(fields) if is_safe and is_complete else ()


def _is_of_an_api(request: HttpRequest) -> bool:
    view = getattr(request.resolver_match, "func", None)
    return issubclass(getattr(view, "cls", object), APIView)


def _bare(template: str, *, status: int) -> HttpResponse:
    names = {"shop_name": settings.SHOP_NAME, "shop_email": settings.SHOP_EMAIL}
    try:
        return HttpResponse(render_to_string(template, names), status=status)
    except Exception:  # whatever is broken, there has to be an answer
        log.exception("The page %s cannot be rendered", template)
        return HttpResponse(PLAIN, status=status)
