"""Errors of the APIs as RFC 9457 problems, and the parser that lets no ambiguous JSON in."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import set_rollback

from configurator.busy import BUSY_SECONDS, NO_DATABASE
from configurator.mixing.filtering import SpaceUndecided

MEDIA_TYPE = "application/problem+json"
MAX_BODY_BYTES = 64 * 1024

logger = logging.getLogger(__name__)


class Problem(Exception):
    """An error that an API tells its client.

    `code` becomes the type (`/problems/<code>`); `title` is the same for every problem of a type, `detail` speaks of
    this one and names the way on; `extra` adds members such as `errors`, `current_state` or `allowed_actions`.
    """

    status: int = status.HTTP_400_BAD_REQUEST
    code = "bad-request"
    title = "The request cannot be read"

    def __init__(self, detail: str, **extra: Any) -> None:
        self.detail, self.extra = detail, extra
        self.headers: dict[str, str] = {}
        super().__init__(detail)

    def body(self, instance: str) -> dict[str, Any]:
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.extra,
        }


class InvalidFieldsProblem(Problem):
    """Fields that are wrong; `errors` is a list of {"field", "message"}."""

    status = status.HTTP_422_UNPROCESSABLE_ENTITY
    code = "invalid-fields"
    title = "Some fields are not right"

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        listed = [{"field": field, "message": message} for field, message in errors]
        super().__init__(
            "; ".join(f"{error['field']}: {error['message']}" for error in listed), errors=listed
        )


class UnreadableBodyProblem(Problem):
    code = "unreadable-body"
    title = "The body is not the JSON that is wanted"


class NotFoundProblem(Problem):
    status = status.HTTP_404_NOT_FOUND
    code = "not-found"
    title = "There is no such thing"


class UndecidedProblem(Problem):
    """A question about a product too large for its diagram that was not settled in time."""

    status = status.HTTP_503_SERVICE_UNAVAILABLE
    code = "undecided"
    title = "This question takes too long just now"

    def __init__(self) -> None:
        super().__init__("Ask again, or with more of the slots chosen.")
        self.headers["Retry-After"] = "5"


class BusyProblem(Problem):
    status = status.HTTP_503_SERVICE_UNAVAILABLE
    code = "busy"
    title = "The shop cannot answer now"

    def __init__(self, why: str = "The database did not answer in time; nothing was changed.") -> None:
        super().__init__(f"{why} Try again.")
        self.headers["Retry-After"] = str(BUSY_SECONDS)


class BrokenProblem(Problem):
    """What nobody foresaw; says nothing of the inside."""

    status = status.HTTP_500_INTERNAL_SERVER_ERROR
    code = "broken"
    title = "Something broke on our side"

    def __init__(self) -> None:
        super().__init__(
            "It is noted. Send the same again in a minute, under the same Idempotency-Key if it had one."
        )


class _FromFramework(Problem):
    """What Django REST framework raised by itself, in our shape."""

    def __init__(self, error: exceptions.APIException) -> None:
        self.status = error.status_code
        self.code = str(error.default_code).replace("_", "-")
        self.title = str(error.default_detail)
        super().__init__(str(error.detail))


class StrictJSONParser(JSONParser):
    """JSON without duplicate keys, NaN or lone surrogates, and no larger than MAX_BODY_BYTES."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise UnreadableBodyProblem(f"The body is larger than {MAX_BODY_BYTES} bytes.")
        try:
            value = json.loads(
                raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
            )
            if b"\\u" in raw:
                # What cannot be sent back is not let in.
                json.dumps(value, ensure_ascii=False).encode("utf-8")
            return value
        except UnicodeDecodeError as error:
            raise UnreadableBodyProblem("The body is not UTF-8.") from error
        except UnicodeEncodeError as error:
            raise UnreadableBodyProblem("The body is not JSON: it escapes half of a letter.") from error
        except (ValueError, RecursionError) as error:
            raise UnreadableBodyProblem(f"The body is not JSON: {error}") from error


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The handler that Django REST framework calls for every exception of an API view."""
    problem = _as_problem(error)
    if problem is None:
        return None
    set_rollback()
    response = Response(problem.body(context["request"].path), status=problem.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def field_errors(detail: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """The (path of the field, message) pairs in the nested errors of a serializer."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            if isinstance(name, int):
                path = f"{where}[{name}]"
            else:
                path = where if name == "non_field_errors" else f"{where}.{name}".lstrip(".")
            yield from field_errors(inner, path)
    elif isinstance(detail, list):
        for i, inner in enumerate(detail):
            is_nested = isinstance(inner, Mapping | list)
            if not is_nested or inner:
                yield from field_errors(inner, f"{where}[{i}]" if is_nested else where)
    else:
        yield where or "body", str(detail)


def _as_problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, SpaceUndecided):
        return UndecidedProblem()
    if isinstance(error, NO_DATABASE):
        logger.error("the database did not answer: %s", error)
        return BusyProblem()
    if isinstance(error, Http404):
        return NotFoundProblem("There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return _FromFramework(exceptions.PermissionDenied())
    return _from_framework(error) if isinstance(error, exceptions.APIException) else None


def _from_framework(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        return InvalidFieldsProblem(field_errors(error.detail))
    problem = _FromFramework(error)
    if wait := getattr(error, "wait", None):
        problem.headers["Retry-After"] = str(int(wait) + 1)
    if auth_header := getattr(error, "auth_header", None):
        problem.headers["WWW-Authenticate"] = auth_header
    return problem


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, _ in pairs if [other for other, _ in pairs].count(name) > 1)
        raise ValueError(f"the key {twice!r} stands there twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
