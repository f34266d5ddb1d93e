"""How an operation of the fulfilment API is described in the OpenAPI document."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from configurator.problems import MEDIA_TYPE
from orders.fulfilment.shapes import ProblemSerializer

View = TypeVar("View", bound=Callable[..., HttpResponse])

PROBLEMS = {
    400: "The idempotency key is missing, or the body cannot be read.",
    401: "The key is missing or not valid.",
    403: "The key lacks a scope.",
    404: "There is no such thing.",
    409: "The job is in another state, or not under this lease.",
    410: "The events after the cursor are forgotten.",
    412: "The job has changed since it was read.",
    422: "Some fields are not right, or the idempotency key belongs to another request.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says when to go on.",
}

idempotent = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 255, "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 printable ASCII characters. The same key again returns the first answer, marked with "
    "Idempotent-Replayed, and does nothing; kept for 72 hours.",
)
if_match = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that the job was read with: refused with 412 if it has changed since.",
)


def described(
    summary: str, *, request: Any = None, response: Any, problems: tuple[int, ...], **more: Any
) -> Callable[[View], View]:
    """The description of an operation: what it takes, what it answers, and which problems beside the common ones."""
    answers: dict[Any, Any] = {200: response}
    for status in sorted({401, 403, 429, *problems}):
        answers[(status, MEDIA_TYPE)] = OpenApiResponse(ProblemSerializer, description=PROBLEMS[status])
    return extend_schema(summary=summary, request=request, responses=answers, tags=["fulfilment"], **more)
