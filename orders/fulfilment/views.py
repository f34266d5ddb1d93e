"""What every view of the fulfilment API has in common: who may call, how it reads, pages and fails."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.problems import MEDIA_TYPE, InvalidFieldsProblem
from configurator.strict_fields import StrictSerializer
from orders.fulfilment.authentication import HasScope, KeyAuthentication, KeyThrottle, key_of
from orders.fulfilment.problems import as_problem
from orders.fulfilment.serializers import ProblemSerializer
from orders.models import FulfilmentKey

M = TypeVar("M", bound=Model)
View = TypeVar("View", bound=Callable[..., Response])

PROBLEMS = {
    401: "The key is missing or not valid.",
    403: "The key lacks a scope.",
    404: "There is no such thing.",
    409: "The job is in another state, or not under this lease.",
    410: "The events after the cursor are forgotten.",
    422: "Some fields are not right.",
    429: "Too many requests; Retry-After says when to go on.",
}


class FulfilmentView(APIView):
    """A view for the holder of a key; `scopes` says which scope each method takes."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [KeyThrottle]
    metadata_class = None
    scopes: ClassVar[dict[str, str]] = {}

    @property
    def client(self) -> FulfilmentKey:
        return key_of(self.request)

    @property
    def shows(self) -> dict[str, Any]:
        """The context for job shapes: whether this client sees addresses."""
        return {"sees_addresses": FulfilmentKey.Scope.ADDRESS in self.client.scopes}

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(as_problem(exc))


def read_body(request: Request, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
    """The checked body of a request; raises ValidationError, which becomes a problem that names the fields."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def read_query(request: Request, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
    """The checked query of a request, each name at most once."""
    given = dict(request.query_params.lists())
    if twice := [
        (name, "This stands there more than once.") for name, values in given.items() if len(values) > 1
    ]:
        raise InvalidFieldsProblem(twice)
    serializer = serializer_class(data={name: values[0] for name, values in given.items()})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def read_page(rows: QuerySet[M], *, cursor: Any = None, limit: int) -> tuple[list[M], Any]:
    """(at most `limit` rows after the one whose public id is `cursor`, oldest first; the next cursor or None)."""
    if cursor is not None:
        after = rows.model._default_manager.filter(public_id=cursor).values_list("pk", flat=True).first()
        if after is None:
            raise InvalidFieldsProblem([("cursor", "This is not the next_cursor of a page.")])
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].public_id if len(found) > limit else None  # type: ignore[attr-defined]


def described(
    summary: str, *, request: Any = None, response: Any, problems: tuple[int, ...], **more: Any
) -> Callable[[View], View]:
    """The description of an operation: what it takes, what it answers, and which problems beside the common ones."""
    answers: dict[Any, Any] = {200: response}
    for status in sorted({401, 403, 429, *problems}):
        answers[(status, MEDIA_TYPE)] = OpenApiResponse(ProblemSerializer, description=PROBLEMS[status])
    return extend_schema(summary=summary, request=request, responses=answers, tags=["fulfilment"], **more)
