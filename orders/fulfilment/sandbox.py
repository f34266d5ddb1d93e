"""The sandbox: what a test key asks for to try the API with. For any other key it is not there."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.mixing.mixer import UnknownChoiceError
from configurator.problems import InvalidFieldsProblem, NotFoundProblem, Problem
from configurator.strict_fields import StrictChoice, StrictInteger, StrictSerializer, StrictText
from configurator.versions import NotOnSaleError
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described
from orders.fulfilment.shapes import ClaimedLeaseSerializer, JobSerializer, Plain
from orders.models import FulfilmentKey, Job
from orders.placing import NotMakeableError
from orders.sandbox import (
    MOST_JOBS,
    MOST_PIECES,
    Sample,
    SandboxFullError,
    empty_sandbox,
    end_lease,
    make_sandbox_job,
)


class SandboxJobRequestSerializer(StrictSerializer):
    state = StrictChoice(choices=Job.State.choices)
    recipe = StrictText(max_length=50, required=False, help_text="Left out: the first on sale.")
    mix = serializers.DictField(
        child=StrictText(max_length=50), required=False, help_text="Left out: the first that can be made."
    )
    quantity = StrictInteger(min_value=1, max_value=MOST_PIECES, default=1)


class SandboxJobSerializer(JobSerializer):
    @extend_schema_field(ClaimedLeaseSerializer(allow_null=True))
    def get_lease(self, job: Job) -> dict[str, Any] | None:
        return dict(ClaimedLeaseSerializer(job).data) if job.state in Job.LEASED else None


class EmptiedSerializer(Plain):
    deleted = serializers.IntegerField(help_text="How many jobs there were.")


class SandboxFullProblem(Problem):
    status = status.HTTP_409_CONFLICT
    code = "sandbox-full"
    title = "The sandbox is full"

    def __init__(self) -> None:
        super().__init__(f"It holds {MOST_JOBS} jobs: empty it with DELETE /sandbox/jobs.")


class SandboxView(FulfilmentView):
    scopes = {"POST": FulfilmentKey.Scope.WRITE, "DELETE": FulfilmentKey.Scope.WRITE}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        is_known = request.method in self.scopes and hasattr(self, request.method.lower())
        if is_known and not self.client.is_test:  # what is not known is refused as such, whoever asks
            raise NotFoundProblem("Only a test key has a sandbox: have one made in the admin.")


class SandboxJobsView(SandboxView):
    @described(
        "Make a job in any state to try the API with",
        request=SandboxJobRequestSerializer,
        response=SandboxJobSerializer,
        problems=(404, 409, 422),
        operation_id="make_sandbox_job",
    )
    def post(self, request: Request) -> Response:
        """A job of an invented order that only this test key sees; if it is leased, the token is in the answer."""
        body = read_body(request, SandboxJobRequestSerializer)
        try:
            job = make_sandbox_job(
                self.client, state=body.pop("state"), sample=Sample(**body), now=timezone.now()
            )
        except SandboxFullError as error:
            raise SandboxFullProblem from error
        except NotOnSaleError as error:
            raise InvalidFieldsProblem([("recipe", str(error))]) from error
        except UnknownChoiceError as error:
            known = ", ".join(sorted(error.known)[:24])
            raise InvalidFieldsProblem([(error.field, f"{error.value!r} is not one of: {known}.")]) from error
        except NotMakeableError as error:
            raise InvalidFieldsProblem([("mix", "This mix breaks a rule of the recipe.")]) from error
        return Response(SandboxJobSerializer(job, context=self.shows).data)

    @described(
        "Empty the sandbox of this key",
        response=EmptiedSerializer,
        problems=(404,),
        operation_id="empty_sandbox",
    )
    def delete(self, request: Request) -> Response:
        """Deletes all of its jobs, orders, parcels and events."""
        return Response(EmptiedSerializer({"deleted": empty_sandbox(self.client)}).data)


class ExpireLeaseView(SandboxView):
    @described(
        "Let the lease on a sandbox job run out now",
        response=SandboxJobSerializer,
        problems=(404, 409),
        operation_id="expire_sandbox_lease",
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """As when its time is over: a claimed job is ready again, one in production is marked as lapsed."""
        job = end_lease(self.client, job_id=job_id, now=timezone.now())
        return Response(SandboxJobSerializer(job, context=self.shows).data)
