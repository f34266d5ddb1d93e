"""Heartbeats: a maker tells that it is alive, and learns what it must know about the jobs in its hands."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.strict_fields import StrictInteger, StrictSerializer, StrictTime, StrictUUID
from orders.claiming import LEASE_SECONDS, MAX_JOBS
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described
from orders.fulfilment.shapes import HoldSerializer, JobSerializer, LeaseTokenSerializer, Plain
from orders.heartbeats import Beat, beat
from orders.models import FulfilmentKey, Job


class HeldLeaseSerializer(LeaseTokenSerializer):
    id = StrictUUID()


class HeartbeatSerializer(StrictSerializer):
    jobs = serializers.ListField(child=HeldLeaseSerializer(), min_length=1, max_length=MAX_JOBS)
    lease_seconds = StrictInteger(
        min_value=LEASE_SECONDS[0], max_value=LEASE_SECONDS[1], default=None,
        help_text="Makes every lease last so long from now, unless it lasts longer anyhow.",
    )  # fmt: skip


class BeatSerializer(Plain):
    """A lost lease has no members but the first two."""

    id = serializers.UUIDField()
    lease_lost = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Job.State.choices, required=False)
    version = serializers.IntegerField(required=False)
    on_hold = serializers.BooleanField(required=False)
    holds = HoldSerializer(many=True, required=False)
    cancellation = serializers.ChoiceField(choices=Job.Cancellation.choices, allow_blank=True, required=False)
    seconds_left = serializers.IntegerField(required=False)
    expires_at = StrictTime(required=False)


class BeatsSerializer(Plain):
    jobs = BeatSerializer(many=True)


class HeartbeatView(FulfilmentView):
    scopes = {"POST": FulfilmentKey.Scope.CLAIM}

    @described(
        "Learn how your jobs stand, and make their leases longer",
        request=HeartbeatSerializer,
        response=BeatsSerializer,
        problems=(422,),
        operation_id="beat",
    )
    def post(self, request: Request) -> Response:
        """In the order in which you asked: seconds left, holds, and whether the shop asks to cancel.

        It never changes a state and needs no Idempotency-Key. `lease_lost` says: stop working on it.
        """
        body = read_body(request, HeartbeatSerializer)
        leases = [(job["id"], job["lease_token"]) for job in body["jobs"]]
        now = timezone.now()
        beats = beat(self.client, leases, lease_seconds=body["lease_seconds"], now=now)
        return Response({"jobs": [_show(each, now=now) for each in beats]})


def _show(each: Beat, *, now: datetime) -> dict[str, Any]:
    job = each.job
    if job is None or job.lease_expires_at is None:
        return {"id": str(each.job_id), "lease_lost": True}
    return {
        "id": str(each.job_id),
        "lease_lost": False,
        "state": job.state,
        "version": job.version,
        "on_hold": job.on_hold,
        "holds": JobSerializer().get_holds(job),
        "cancellation": job.cancellation,
        "seconds_left": int((job.lease_expires_at - now).total_seconds()),
        "expires_at": StrictTime().to_representation(job.lease_expires_at),
    }
