"""Claiming ready jobs under a lease."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from configurator.strict_fields import StrictInteger, StrictSerializer, StrictText
from orders.claiming import LEASE_SECONDS, MAX_JOBS, claim_jobs
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described, idempotent
from orders.fulfilment.shapes import ClaimedJobSerializer, Plain
from orders.fulfilment.waiting import MOST_SECONDS
from orders.models import FulfilmentKey


class ClaimSerializer(StrictSerializer):
    worker = StrictText(max_length=80, help_text="Who or what will make the jobs.")
    station = StrictText(max_length=80, allow_blank=True, default="")
    max_jobs = StrictInteger(min_value=1, max_value=MAX_JOBS)
    lease_seconds = StrictInteger(min_value=LEASE_SECONDS[0], max_value=LEASE_SECONDS[1])
    wait_seconds = StrictInteger(
        min_value=0, max_value=MOST_SECONDS, default=0,
        help_text="How long to wait for a job when there is none.",
    )  # fmt: skip


class ClaimedJobsSerializer(Plain):
    jobs = ClaimedJobSerializer(many=True)


class ClaimsView(FulfilmentView):
    scopes = {"POST": FulfilmentKey.Scope.CLAIM}

    @described(
        "Claim ready jobs under a lease",
        request=ClaimSerializer,
        response=ClaimedJobsSerializer,
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
        body = read_body(request, ClaimSerializer)
        wait_seconds = body.pop("wait_seconds")

        def claim() -> dict[str, Any] | None:
            jobs = claim_jobs(self.client, **body, now=timezone.now())
            shown = ClaimedJobSerializer(jobs, many=True, context=self.shows).data
            return {"jobs": shown} if jobs else None

        return self.once(claim, wait_seconds=wait_seconds, empty={"jobs": []})
