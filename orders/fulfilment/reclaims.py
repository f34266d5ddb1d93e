"""Going on with a job whose lease ran out in production."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from configurator.strict_fields import StrictInteger, StrictSerializer, StrictText
from orders.claiming import LEASE_SECONDS, reclaim_job
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described, idempotent
from orders.fulfilment.shapes import ClaimedJobSerializer
from orders.models import FulfilmentKey


class ReclaimSerializer(StrictSerializer):
    worker = StrictText(max_length=80, help_text="Who or what goes on with the job.")
    station = StrictText(max_length=80, allow_blank=True, default="")
    lease_seconds = StrictInteger(min_value=LEASE_SECONDS[0], max_value=LEASE_SECONDS[1])


class ReclaimView(FulfilmentView):
    scopes = {"POST": FulfilmentKey.Scope.CLAIM}

    @described(
        "Reclaim a job whose lease ran out in production",
        request=ReclaimSerializer,
        response=ClaimedJobSerializer,
        problems=(400, 404, 409, 422),
        operation_id="reclaim_job",
        parameters=[idempotent],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """A new lease and token for you; state and attempt stay. For whoever has the begun goods at hand."""
        body = read_body(request, ReclaimSerializer)

        def reclaim() -> dict[str, Any]:
            job = reclaim_job(self.client, job_id, **body, now=timezone.now())
            return dict(ClaimedJobSerializer(job, context=self.shows).data)

        return self.once(reclaim)
