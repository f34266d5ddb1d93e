"""What every view of the fulfilment API has in common: who may call, how it reads, pages and fails."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.problems import InvalidFieldsProblem
from configurator.strict_fields import StrictSerializer
from orders.fulfilment.addresses import with_addresses, without_addresses
from orders.fulfilment.authentication import HasScope, KeyAuthentication, KeyThrottle, key_of
from orders.fulfilment.etags import check_match, etag_of
from orders.fulfilment.problems import IdempotencyKeyProblem, as_problem
from orders.fulfilment.shapes import JobSerializer
from orders.fulfilment.waiting import wait_until
from orders.idempotency import Answer, answer_once
from orders.leases import lock_job
from orders.models import FulfilmentKey, Job

M = TypeVar("M", bound=Model)

IDEMPOTENCY_KEY = re.compile(r"[ -~]{1,255}")


class FulfilmentView(APIView):
    """A view for the holder of a key; `scopes` says which scope each method takes."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [KeyThrottle]
    metadata_class = None
    scopes: ClassVar[dict[str, str]] = {}

    def check_permissions(self, request: Request) -> None:
        """Counted first: a call that lacks a scope is a call, too, and is told how many are left."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Done with the permissions."""

    @property
    def client(self) -> FulfilmentKey:
        return key_of(self.request)

    @property
    def shows(self) -> dict[str, Any]:
        """The context for job shapes: whether this client sees addresses."""
        return {"sees_addresses": FulfilmentKey.Scope.ADDRESS in self.client.scopes}

    def show_job(self, job: Job) -> dict[str, Any]:
        return dict(JobSerializer(job, context=self.shows).data)

    def check_version(self, job_id: UUID, *, is_needed: bool = False) -> None:
        """Refuse what was decided about a job that has changed meanwhile, if the request says what was read.

        Call it inside the transaction of what is done then, which by this has locked the job.
        """
        if is_needed or "If-Match" in self.request.headers:
            check_match(self.request, lambda: etag_of(self.show_job(lock_job(self.client, job_id))))

    def once(
        self, work: Callable[[], Any], *, wait_seconds: int = 0, empty: Any = None, is_job: bool = False
    ) -> HttpResponse:
        """Do `work` once under the request's Idempotency-Key, and answer with what it gave, or gave the first time.

        If it gives None (nothing to do), it is tried for up to `wait_seconds`; then the answer is `empty`, and the key
        may be used again. `is_job`: the answer is the job as it can be read, so it has its ETag. Where jobs are sent is
        not stored: a replay says where they are sent now.
        """
        key = self.request.headers.get("Idempotency-Key", "")
        if not IDEMPOTENCY_KEY.fullmatch(key):
            raise IdempotencyKeyProblem
        asked = json.dumps([self.request.method, self.request.path, self.request.data], sort_keys=True)
        digest = hashlib.sha256(asked.encode()).hexdigest()

        done: Any = None

        def work_as_text() -> str | None:
            nonlocal done
            done = work()
            return None if done is None else JSONRenderer().render(without_addresses(done)).decode()

        def try_once() -> Answer | None:
            return answer_once(
                self.client, key=key, request_sha256=digest, work=work_as_text, now=timezone.now()
            )

        found = wait_until(try_once, seconds=wait_seconds)
        if found.value is None:
            return found.mark(Response(empty))
        answer = found.value
        if answer.is_replay:
            done = with_addresses(json.loads(answer.body), client=self.client)
        return _respond(done, is_replay=answer.is_replay, is_job=is_job)

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(as_problem(exc))


def _respond(content: Any, *, is_replay: bool, is_job: bool) -> HttpResponse:
    response = HttpResponse(JSONRenderer().render(content), content_type="application/json")
    if is_replay:
        response["Idempotent-Replayed"] = "true"
    if is_job:
        response["ETag"] = etag_of(content)
    return response


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


def read_page(
    rows: QuerySet[M], *, visible: QuerySet[M], cursor: Any = None, limit: int
) -> tuple[list[M], Any]:
    """(at most `limit` of `rows` after the one whose public id is `cursor`, oldest first; the next cursor or None).

    The cursor may be any of those that are `visible` to the client: since the page before, its row may have come to be
    none of `rows`. Whatever it does not see is no cursor, like what there is not.
    """
    if cursor is not None:
        after = visible.filter(public_id=cursor).values_list("pk", flat=True).first()
        if after is None:
            raise InvalidFieldsProblem([("cursor", "This is not the next_cursor of a page.")])
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].public_id if len(found) > limit else None  # type: ignore[attr-defined]
