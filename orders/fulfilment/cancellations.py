"""The bench's answer to the shop's wish to cancel a job."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from configurator.strict_fields import StrictChoice, StrictText
from orders.fulfilment.base import read_body
from orders.fulfilment.description import described, idempotent, if_match
from orders.fulfilment.reports import ON_JOB, ReportView
from orders.fulfilment.shapes import JobSerializer, LeaseTokenSerializer
from orders.making import decide_cancellation


class CancellationSerializer(LeaseTokenSerializer):
    decision = StrictChoice(choices=[("accept", "accept"), ("reject", "reject")])
    note = StrictText(max_length=400, allow_blank=True, default="", lines=True)


class CancellationView(ReportView):
    @described(
        "Accept or reject the cancellation of a job",
        request=CancellationSerializer,
        response=JobSerializer,
        problems=ON_JOB,
        operation_id="decide_cancellation",
        parameters=[idempotent, if_match],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """Accepted, the job is cancelled and what it has taken is lost; rejected, it goes on, and its order with it.

        If-Match is required: read the job, see that `cancellation` is `requested`, and send its ETag.
        """
        body = read_body(request, CancellationSerializer)
        lease, accept = self.lease(body), body["decision"] == "accept"
        return self.report(
            job_id, decide_cancellation, is_version_needed=True, lease=lease, accept=accept, note=body["note"]
        )
