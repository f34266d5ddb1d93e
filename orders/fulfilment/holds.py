"""Holding jobs and releasing them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.strict_fields import StrictChoice, StrictSerializer, StrictText
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described, idempotent
from orders.fulfilment.shapes import HoldSerializer
from orders.holds import place_hold, release_hold
from orders.jobs import Actor
from orders.models import FulfilmentKey, Hold, Job
from orders.visibility import visible_jobs

REASONS = [choice for choice in Hold.Reason.choices if choice[0] != Hold.Reason.HANDOFF]


class PlaceHoldSerializer(StrictSerializer):
    reason = StrictChoice(choices=REASONS)
    note = StrictText(max_length=400, allow_blank=True, default="", lines=True)


class HoldView(FulfilmentView):
    scopes = {"POST": FulfilmentKey.Scope.HOLD, "DELETE": FulfilmentKey.Scope.HOLD}

    @property
    def actor(self) -> Actor:
        return Actor("fulfilment", self.client.name)

    def check_visible(self, job_id: UUID) -> None:
        if not visible_jobs(self.client).filter(public_id=job_id).exists():
            raise Job.DoesNotExist


class HoldsView(HoldView):
    @described(
        "Put a job on hold",
        request=PlaceHoldSerializer,
        response=HoldSerializer,
        problems=(400, 404, 409, 422),
        operation_id="place_hold",
        parameters=[idempotent],
    )
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        """A held job is not claimed, not started and not shipped; it can be completed, failed or released."""
        body = read_body(request, PlaceHoldSerializer)

        def hold() -> dict[str, Any]:
            self.check_visible(job_id)
            return dict(HoldSerializer(place_hold(job_id, **body, by=self.actor, now=timezone.now())).data)

        return self.once(hold)


class OneHoldView(HoldView):
    @described(
        "Release a hold",
        response=HoldSerializer,
        problems=(404,),
        operation_id="release_hold",
    )
    def delete(self, request: Request, job_id: UUID, hold_id: UUID) -> Response:
        """Only this one: the job goes on when it was the last. A second release changes nothing.

        The hold of a hand-off that failed is the shop's own, and is not found here.
        """
        self.check_visible(job_id)
        if Hold.objects.filter(public_id=hold_id, reason=Hold.Reason.HANDOFF).exists():
            raise Hold.DoesNotExist
        hold = release_hold(hold_id, job_id=job_id, by=self.actor, now=timezone.now())
        return Response(HoldSerializer(hold).data)
