"""Reading jobs: all of them in pages, or one."""

from uuid import UUID

from django.db.models import prefetch_related_objects
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orders.fulfilment.base import FulfilmentView, read_page, read_query
from orders.fulfilment.description import described
from orders.fulfilment.etags import tagged
from orders.fulfilment.shapes import JobSerializer, PageQuerySerializer, Plain
from orders.models import FulfilmentKey, Job
from orders.visibility import visible_jobs

RELATED = ("order", "line", "shipment")


class JobsQuerySerializer(PageQuerySerializer):
    state = serializers.ChoiceField(choices=Job.State.choices, required=False)
    order = serializers.CharField(max_length=20, required=False, help_text="The number of the order.")


class JobPageSerializer(Plain):
    jobs = JobSerializer(many=True)
    next_cursor = serializers.UUIDField(allow_null=True)


class JobsView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.READ}

    @described(
        "List jobs, oldest first",
        response=JobPageSerializer,
        problems=(422,),
        operation_id="list_jobs",
        parameters=[JobsQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """All jobs, those of other clients, too; ask for the next page with `next_cursor`."""
        query = read_query(request, JobsQuerySerializer)
        visible = visible_jobs(self.client)
        jobs = visible.select_related(*RELATED)
        if "state" in query:
            jobs = jobs.filter(state=query["state"])
        if "order" in query:
            jobs = jobs.filter(order__number=query["order"])
        page, following = read_page(jobs, visible=visible, cursor=query.get("cursor"), limit=query["limit"])
        shown = JobSerializer(_fetch_holds(page), many=True, context=self.shows).data
        return tagged(request, {"jobs": shown, "next_cursor": following})


class JobView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.READ}

    @described("Read a job", response=JobSerializer, problems=(404,), operation_id="read_job")
    def get(self, request: Request, job_id: UUID) -> Response:
        """The job with its frozen recipe. Its ETag changes with anything that is shown: state, lease, holds.

        Send it as If-None-Match to read only what is new, or as If-Match to decide only about what you have read.
        """
        job = visible_jobs(self.client).select_related(*RELATED).get(public_id=job_id)
        return tagged(request, self.show_job(job))


def _fetch_holds(jobs: list[Job]) -> list[Job]:
    """The jobs, with the holds of those that are held: one query, or none where nothing is held."""
    prefetch_related_objects([job for job in jobs if job.on_hold], "holds")
    return jobs
