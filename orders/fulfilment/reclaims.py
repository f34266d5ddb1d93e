"""Going on with a job whose lease ran out in production."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from orders.claiming import reclaim_job
from orders.fulfilment.base import FulfilmentView, described, idempotent, read_body
from orders.fulfilment.shapes import ClaimedJobSerializer, ReclaimSerializer
from orders.models import FulfilmentKey


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
