"""A number for each request, by which all that was written about it is found, and one log line that it was answered."""

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.log import log_response

from orders.log_context import log_about
from orders.masking import mask

HEADER = "X-Request-ID"
GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
LONGEST_PATH = 200

logger = logging.getLogger("access")


class RequestIdMiddleware:
    """Takes the id that a proxy or client has given a request, or makes one, and says it in the answer.

    It comes first, so that whatever answers, and whatever it logs, has the id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        given = request.headers.get(HEADER, "")
        request_id = given if GOOD_ID.fullmatch(given) else secrets.token_hex(8)
        with log_about(request_id=request_id):
            response = self.get_response(request)
            response.headers[HEADER] = request_id
            if response.status_code >= 400:  # Django would say so after all middlewares, and without the id
                log_response(
                    "%s: %s", response.reason_phrase, request.path, response=response, request=request
                )
            _log_answer(request, response, milliseconds=round((perf_counter() - began) * 1000))
        return response


def _log_answer(request: HttpRequest, response: HttpResponse, *, milliseconds: int) -> None:
    answered = {
        "method": request.method,
        "path": mask(escape_uri_path(request.path))[:LONGEST_PATH],
        "status": response.status_code,
        "milliseconds": milliseconds,
    }
    logger.info("%(method)s %(path)s %(status)s %(milliseconds)s ms", answered, extra=answered)
