"""Parcels: reporting one, and reading those that were reported."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.strict_fields import StrictSerializer, StrictText, StrictTime, StrictUUID
from orders.fulfilment.base import FulfilmentView, read_body, read_page, read_query
from orders.fulfilment.description import described, idempotent
from orders.fulfilment.shapes import PageQuerySerializer, Plain
from orders.models import FulfilmentKey, Shipment
from orders.shipping import Parcel, ship_jobs

MOST_IN_PARCEL = 100
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(days=1)


class ParcelSerializer(StrictSerializer):
    external_id = StrictText(max_length=80, help_text="Your own number of the parcel.")
    jobs = serializers.ListField(child=StrictUUID(), min_length=1, max_length=MOST_IN_PARCEL)
    carrier = StrictText(max_length=80)
    tracking = StrictText(max_length=120)
    shipped_at = StrictTime()

    def validate_shipped_at(self, shipped_at: datetime) -> datetime:
        """A maker's clock may run ahead, but not for days."""
        now = timezone.now()
        if shipped_at < EARLIEST:
            raise serializers.ValidationError("This lies before the year 2000.")
        if shipped_at > now + MOST_AHEAD:
            raise serializers.ValidationError(
                f"This lies more than a day ahead: the shop's clock says {now:%Y-%m-%dT%H:%M:%SZ}."
            )
        return shipped_at


class ShipmentSerializer(Plain):
    id = serializers.UUIDField(source="public_id")
    external_id = serializers.CharField()
    order = serializers.CharField(source="order.number")
    jobs = serializers.SerializerMethodField()
    carrier = serializers.CharField()
    tracking = serializers.CharField()
    shipped_at = StrictTime()

    def get_jobs(self, shipment: Shipment) -> list[UUID]:
        return sorted(job.public_id for job in shipment.jobs.all())


class ShipmentPageSerializer(Plain):
    shipments = ShipmentSerializer(many=True)
    next_cursor = serializers.UUIDField(allow_null=True)


class ShipmentsView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.SHIPMENTS, "POST": FulfilmentKey.Scope.SHIP}

    @described(
        "List this client's shipments, oldest first",
        response=ShipmentPageSerializer,
        problems=(422,),
        operation_id="list_shipments",
        parameters=[PageQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """The parcels that you reported; ask for the next page with `next_cursor`."""
        query = read_query(request, PageQuerySerializer)
        own = Shipment.objects.filter(client=self.client)
        parcels = own.select_related("order").prefetch_related("jobs")
        page, following = read_page(parcels, visible=own, cursor=query.get("cursor"), limit=query["limit"])
        return Response({"shipments": ShipmentSerializer(page, many=True).data, "next_cursor": following})

    @described(
        "Report a parcel with produced jobs of one order; the same again returns the first report",
        request=ParcelSerializer,
        response=ShipmentSerializer,
        problems=(400, 409, 422),
        operation_id="ship_jobs",
        parameters=[idempotent],
    )
    def post(self, request: Request) -> HttpResponse:
        """All jobs of the parcel become shipped, or none."""
        body = read_body(request, ParcelSerializer)
        parcel = Parcel(job_ids=tuple(body.pop("jobs")), **body)

        def ship() -> dict[str, Any]:
            shipment = ship_jobs(self.client, parcel=parcel, now=timezone.now())
            return dict(ShipmentSerializer(shipment).data)

        return self.once(ship)
