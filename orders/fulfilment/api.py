"""The operations of the fulfilment API: each reads its request, calls one use case and shows the result."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.problems import NotFoundProblem
from orders.claiming import claim_jobs
from orders.fulfilment import serializers
from orders.fulfilment.views import FulfilmentView, described, read_body, read_page, read_query
from orders.making import Failure, Lease, Lot, complete_job, fail_job, release_job, start_job
from orders.models import FulfilmentKey, Job, Shipment
from orders.shipping import Parcel, ship_jobs

Scope = FulfilmentKey.Scope
ON_JOB = (404, 409, 422)


class ClaimsView(FulfilmentView):
    scopes = {"POST": Scope.CLAIM}

    @described(
        "Claim ready jobs under a lease",
        request=serializers.ClaimSerializer,
        response=serializers.ClaimedJobsSerializer,
        problems=(422,),
        operation_id="claim_jobs",
    )
    def post(self, request: Request) -> Response:
        """Ready jobs, the earliest promised first, leased to you for as long as you ask. No job is an empty list.

        Each comes with a lease token of its own: every report on the job needs it. When the lease runs out before
        production has begun, the job goes back and the token is worth nothing.
        """
        jobs = claim_jobs(self.client, **read_body(request, serializers.ClaimSerializer), now=timezone.now())
        return Response({"jobs": serializers.ClaimedJobSerializer(jobs, many=True, context=self.shows).data})


class JobsView(FulfilmentView):
    scopes = {"GET": Scope.READ}

    @described(
        "List jobs, oldest first",
        response=serializers.JobPageSerializer,
        problems=(422,),
        operation_id="list_jobs",
        parameters=[serializers.JobsQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """All jobs, those of other clients, too; ask for the next page with `next_cursor`."""
        query = read_query(request, serializers.JobsQuerySerializer)
        jobs = _jobs()
        if "state" in query:
            jobs = jobs.filter(state=query["state"])
        if "order" in query:
            jobs = jobs.filter(order__number=query["order"])
        page, following = read_page(jobs, cursor=query.get("cursor"), limit=query["limit"])
        shown = serializers.JobSerializer(page, many=True, context=self.shows).data
        return Response({"jobs": shown, "next_cursor": following})


class JobView(FulfilmentView):
    scopes = {"GET": Scope.READ}

    @described("Read a job", response=serializers.JobSerializer, problems=(404,), operation_id="read_job")
    def get(self, request: Request, job_id: UUID) -> Response:
        """The job with its frozen recipe."""
        return Response(serializers.JobSerializer(_jobs().get(public_id=job_id), context=self.shows).data)


class ReportView(FulfilmentView):
    """A report of the holder of a lease on one job."""

    scopes = {"POST": Scope.WRITE}

    def lease(self, body: dict[str, Any]) -> Lease:
        return Lease(client=self.client, token=body.pop("lease_token"))

    def show(self, job: Job) -> Response:
        return Response(serializers.JobSerializer(job, context=self.shows).data)


class StartView(ReportView):
    @described(
        "Begin production",
        request=serializers.LeaseTokenSerializer,
        response=serializers.JobSerializer,
        problems=ON_JOB,
        operation_id="start_job",
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """From here the job cannot be given back: there are goods to account for."""
        body = read_body(request, serializers.LeaseTokenSerializer)
        return self.show(start_job(job_id, lease=self.lease(body), now=timezone.now()))


class CompleteView(ReportView):
    @described(
        "Report a job as produced, with its lots and actual doses",
        request=serializers.CompleteSerializer,
        response=serializers.JobSerializer,
        problems=ON_JOB,
        operation_id="complete_job",
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """One lot for each part of the frozen recipe, with what really went into one piece."""
        body = read_body(request, serializers.CompleteSerializer)
        lots = [Lot(**lot) for lot in body["lots"]]
        job = complete_job(job_id, lease=self.lease(body), batch=body["batch"], lots=lots, now=timezone.now())
        return self.show(job)


class FailView(ReportView):
    @described(
        "Report that a job could not be made",
        request=serializers.FailSerializer,
        response=serializers.JobSerializer,
        problems=ON_JOB,
        operation_id="fail_job",
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """Before production a failure may be retryable: the job goes back to ready. Otherwise staff decide."""
        body = read_body(request, serializers.FailSerializer)
        body["code"] = Failure(body["code"])
        return self.show(fail_job(job_id, lease=self.lease(body), now=timezone.now(), **body))


class ReleaseView(ReportView):
    @described(
        "Give a claimed job back",
        request=serializers.LeaseTokenSerializer,
        response=serializers.JobSerializer,
        problems=ON_JOB,
        operation_id="release_job",
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """The job goes back to ready, untouched; possible until production has begun."""
        body = read_body(request, serializers.LeaseTokenSerializer)
        return self.show(release_job(job_id, lease=self.lease(body), now=timezone.now()))


class ShipmentsView(FulfilmentView):
    scopes = {"GET": Scope.SHIPMENTS, "POST": Scope.SHIP}

    @described(
        "List this client's shipments, oldest first",
        response=serializers.ShipmentPageSerializer,
        problems=(422,),
        operation_id="list_shipments",
        parameters=[serializers.PageQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """The parcels that you reported; ask for the next page with `next_cursor`."""
        query = read_query(request, serializers.PageQuerySerializer)
        own = Shipment.objects.filter(client=self.client).select_related("order").prefetch_related("jobs")
        page, following = read_page(own, cursor=query.get("cursor"), limit=query["limit"])
        return Response(
            {"shipments": serializers.ShipmentSerializer(page, many=True).data, "next_cursor": following}
        )

    @described(
        "Report a parcel with produced jobs of one order; the same again returns the first report",
        request=serializers.ParcelSerializer,
        response=serializers.ShipmentSerializer,
        problems=(409, 422),
        operation_id="ship_jobs",
    )
    def post(self, request: Request) -> Response:
        """All jobs of the parcel become shipped, or none."""
        body = read_body(request, serializers.ParcelSerializer)
        parcel = Parcel(job_ids=tuple(body.pop("jobs")), **body)
        return Response(
            serializers.ShipmentSerializer(ship_jobs(self.client, parcel=parcel, now=timezone.now())).data
        )


@extend_schema(exclude=True)
class NowhereView(FulfilmentView):
    """Every other address: a problem, not a page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFoundProblem("There is nothing at this address.")


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("order", "line", "shipment")
