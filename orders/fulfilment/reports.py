"""Reports of the holder of a lease on one job: begun, made, failed, given back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from configurator.strict_fields import (
    StrictBoolean,
    StrictChoice,
    StrictInteger,
    StrictSerializer,
    StrictText,
)
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described, idempotent, if_match
from orders.fulfilment.shapes import JobSerializer, LeaseTokenSerializer
from orders.leases import Lease
from orders.making import Failure, Lot, complete_job, fail_job, release_job, start_job
from orders.models import FulfilmentKey, Job

ON_JOB = (400, 404, 409, 412, 422, 428)
MOST_PARTS = 100
MOST_MICROLITRES = 1_000_000_000


class LotSerializer(StrictSerializer):
    slot = StrictText(max_length=50)
    component = StrictText(max_length=50)
    lot = StrictText(max_length=40)
    microlitres = StrictInteger(
        min_value=1, max_value=MOST_MICROLITRES, allow_null=True, default=None,
        help_text="What really went into one piece; null for parts without a dose.",
    )  # fmt: skip


class CompleteSerializer(LeaseTokenSerializer):
    batch = StrictText(max_length=40)
    lots = serializers.ListField(child=LotSerializer(), max_length=MOST_PARTS)


class FailSerializer(LeaseTokenSerializer):
    retryable = StrictBoolean(help_text="True: another try may work, the job goes back to ready.")
    code = StrictChoice(choices=Failure.choices)
    note = StrictText(max_length=400, allow_blank=True, default="", lines=True)


class ReportView(FulfilmentView):
    """A report of the holder of a lease on one job."""

    scopes = {"POST": FulfilmentKey.Scope.WRITE}

    def lease(self, body: dict[str, Any]) -> Lease:
        return Lease(client=self.client, token=body.pop("lease_token"))

    def report(
        self, job_id: UUID, use_case: Callable[..., Job], *, is_version_needed: bool = False, **details: Any
    ) -> HttpResponse:
        """Call a use case on a job, once, if the job is still as the client has read it."""

        def work() -> dict[str, Any]:
            self.check_version(job_id, is_needed=is_version_needed)
            return self.show_job(use_case(job_id, **details, now=timezone.now()))

        return self.once(work, is_job=True)


class StartView(ReportView):
    @described(
        "Begin production",
        request=LeaseTokenSerializer,
        response=JobSerializer,
        problems=ON_JOB,
        operation_id="start_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """From here the job cannot be given back: there are goods to account for."""
        body = read_body(request, LeaseTokenSerializer)
        return self.report(job_id, start_job, lease=self.lease(body))


class CompleteView(ReportView):
    @described(
        "Report a job as produced, with its lots and actual doses",
        request=CompleteSerializer,
        response=JobSerializer,
        problems=ON_JOB,
        operation_id="complete_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """One lot for each part of the frozen recipe, with what really went into one piece."""
        body = read_body(request, CompleteSerializer)
        lots = [Lot(**lot) for lot in body["lots"]]
        return self.report(job_id, complete_job, lease=self.lease(body), batch=body["batch"], lots=lots)


class FailView(ReportView):
    @described(
        "Report that a job could not be made",
        request=FailSerializer,
        response=JobSerializer,
        problems=ON_JOB,
        operation_id="fail_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """Before production a failure may be retryable: the job goes back to ready. Otherwise staff decide."""
        body = read_body(request, FailSerializer)
        body["code"] = Failure(body["code"])
        return self.report(job_id, fail_job, lease=self.lease(body), **body)


class ReleaseView(ReportView):
    @described(
        "Give a claimed job back",
        request=LeaseTokenSerializer,
        response=JobSerializer,
        problems=ON_JOB,
        operation_id="release_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """The job goes back to ready, untouched; possible until production has begun."""
        body = read_body(request, LeaseTokenSerializer)
        return self.report(job_id, release_job, lease=self.lease(body))
