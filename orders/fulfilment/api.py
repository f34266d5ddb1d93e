"""The operations of the fulfilment API: each reads its request, calls one use case and shows the result."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.problems import NotFoundProblem
from orders.claiming import claim_jobs
from orders.fulfilment import shapes
from orders.fulfilment.base import (
    FulfilmentView,
    described,
    fetch_holds,
    idempotent,
    if_match,
    read_body,
    read_page,
    read_query,
)
from orders.fulfilment.etags import tagged
from orders.leases import Lease
from orders.making import Failure, Lot, complete_job, fail_job, release_job, start_job
from orders.models import FulfilmentKey, Job, Shipment
from orders.shipping import Parcel, ship_jobs
from orders.visibility import visible_jobs

Scope = FulfilmentKey.Scope
ON_JOB = (400, 404, 409, 412, 422, 428)
RELATED = ("order", "line", "shipment")


class ClaimsView(FulfilmentView):
    scopes = {"POST": Scope.CLAIM}

    @described(
        "Claim ready jobs under a lease",
        request=shapes.ClaimSerializer,
        response=shapes.ClaimedJobsSerializer,
        problems=(400, 409, 422),
        operation_id="claim_jobs",
        parameters=[idempotent],
    )
    def post(self, request: Request) -> HttpResponse:
        """Ready jobs, the earliest promised first, leased to you for as long as you ask. No job is an empty list.

        Each comes with a lease token of its own: every report on the job needs it. When the lease runs out before
        production has begun, the job goes back and the token is worth nothing.

        With `wait_seconds` the answer waits for a job while there is none. Few can wait at a time: who finds no place
        is answered at once, with Retry-After. The same Idempotency-Key returns the same jobs and tokens; a claim
        that got none leaves its key free to be used again.
        """
        body = read_body(request, shapes.ClaimSerializer)
        wait_seconds = body.pop("wait_seconds")

        def claim() -> dict[str, Any] | None:
            jobs = claim_jobs(self.client, **body, now=timezone.now())
            shown = shapes.ClaimedJobSerializer(jobs, many=True, context=self.shows).data
            return {"jobs": shown} if jobs else None

        return self.once(claim, wait_seconds=wait_seconds, empty={"jobs": []})


class JobsView(FulfilmentView):
    scopes = {"GET": Scope.READ}

    @described(
        "List jobs, oldest first",
        response=shapes.JobPageSerializer,
        problems=(422,),
        operation_id="list_jobs",
        parameters=[shapes.JobsQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """All jobs, those of other clients, too; ask for the next page with `next_cursor`."""
        query = read_query(request, shapes.JobsQuerySerializer)
        visible = visible_jobs(self.client)
        jobs = visible.select_related(*RELATED)
        if "state" in query:
            jobs = jobs.filter(state=query["state"])
        if "order" in query:
            jobs = jobs.filter(order__number=query["order"])
        page, following = read_page(jobs, visible=visible, cursor=query.get("cursor"), limit=query["limit"])
        shown = shapes.JobSerializer(fetch_holds(page), many=True, context=self.shows).data
        return tagged(request, {"jobs": shown, "next_cursor": following})


class JobView(FulfilmentView):
    scopes = {"GET": Scope.READ}

    @described("Read a job", response=shapes.JobSerializer, problems=(404,), operation_id="read_job")
    def get(self, request: Request, job_id: UUID) -> Response:
        """The job with its frozen recipe. Its ETag changes with anything that is shown: state, lease, holds.

        Send it as If-None-Match to read only what is new, or as If-Match to decide only about what you have read.
        """
        job = visible_jobs(self.client).select_related(*RELATED).get(public_id=job_id)
        return tagged(request, self.show_job(job))


class ReportView(FulfilmentView):
    """A report of the holder of a lease on one job."""

    scopes = {"POST": Scope.WRITE}

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
        request=shapes.LeaseTokenSerializer,
        response=shapes.JobSerializer,
        problems=ON_JOB,
        operation_id="start_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """From here the job cannot be given back: there are goods to account for."""
        body = read_body(request, shapes.LeaseTokenSerializer)
        return self.report(job_id, start_job, lease=self.lease(body))


class CompleteView(ReportView):
    @described(
        "Report a job as produced, with its lots and actual doses",
        request=shapes.CompleteSerializer,
        response=shapes.JobSerializer,
        problems=ON_JOB,
        operation_id="complete_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """One lot for each part of the frozen recipe, with what really went into one piece."""
        body = read_body(request, shapes.CompleteSerializer)
        lots = [Lot(**lot) for lot in body["lots"]]
        return self.report(job_id, complete_job, lease=self.lease(body), batch=body["batch"], lots=lots)


class FailView(ReportView):
    @described(
        "Report that a job could not be made",
        request=shapes.FailSerializer,
        response=shapes.JobSerializer,
        problems=ON_JOB,
        operation_id="fail_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """Before production a failure may be retryable: the job goes back to ready. Otherwise staff decide."""
        body = read_body(request, shapes.FailSerializer)
        body["code"] = Failure(body["code"])
        return self.report(job_id, fail_job, lease=self.lease(body), **body)


class ReleaseView(ReportView):
    @described(
        "Give a claimed job back",
        request=shapes.LeaseTokenSerializer,
        response=shapes.JobSerializer,
        problems=ON_JOB,
        operation_id="release_job",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """The job goes back to ready, untouched; possible until production has begun."""
        body = read_body(request, shapes.LeaseTokenSerializer)
        return self.report(job_id, release_job, lease=self.lease(body))


class ShipmentsView(FulfilmentView):
    scopes = {"GET": Scope.SHIPMENTS, "POST": Scope.SHIP}

    @described(
        "List this client's shipments, oldest first",
        response=shapes.ShipmentPageSerializer,
        problems=(422,),
        operation_id="list_shipments",
        parameters=[shapes.PageQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """The parcels that you reported; ask for the next page with `next_cursor`."""
        query = read_query(request, shapes.PageQuerySerializer)
        own = Shipment.objects.filter(client=self.client)
        parcels = own.select_related("order").prefetch_related("jobs")
        page, following = read_page(parcels, visible=own, cursor=query.get("cursor"), limit=query["limit"])
        return Response(
            {"shipments": shapes.ShipmentSerializer(page, many=True).data, "next_cursor": following}
        )

    @described(
        "Report a parcel with produced jobs of one order; the same again returns the first report",
        request=shapes.ParcelSerializer,
        response=shapes.ShipmentSerializer,
        problems=(400, 409, 422),
        operation_id="ship_jobs",
        parameters=[idempotent],
    )
    def post(self, request: Request) -> HttpResponse:
        """All jobs of the parcel become shipped, or none."""
        body = read_body(request, shapes.ParcelSerializer)
        parcel = Parcel(job_ids=tuple(body.pop("jobs")), **body)

        def ship() -> dict[str, Any]:
            shipment = ship_jobs(self.client, parcel=parcel, now=timezone.now())
            return dict(shapes.ShipmentSerializer(shipment).data)

        return self.once(ship)


@extend_schema(exclude=True)
class NowhereView(FulfilmentView):
    """Every other address: a problem, not a page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFoundProblem("There is nothing at this address.")
