"""The JSON shapes that several files share: times in RFC 3339 UTC, volumes in microlitres, money in minor units."""

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from configurator.strict_fields import StrictSerializer, StrictTime, StrictUUID
from orders.models import Hold, Job
from orders.snapshot import read_snapshot

PAGE = 100

Plain = serializers.Serializer[Any]


class LeaseTokenSerializer(StrictSerializer):
    lease_token = StrictUUID(help_text="The token that the claim was answered with.")


class PageQuerySerializer(StrictSerializer):
    cursor = serializers.UUIDField(required=False, help_text="`next_cursor` of the page before.")
    limit = serializers.IntegerField(min_value=1, max_value=PAGE, default=PAGE)


class JobRecipeSerializer(Plain):
    slug = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField()


class JobSizeSerializer(Plain):
    slug = serializers.CharField()
    volume_microlitres = serializers.IntegerField(allow_null=True)


class PartSerializer(Plain):
    slot = serializers.CharField()
    slot_name = serializers.CharField(
        required=False, help_text="How people call the slot; missing in jobs that were frozen without it."
    )
    component = serializers.CharField()
    name = serializers.CharField()
    microlitres = serializers.IntegerField(allow_null=True, help_text="Of one piece.")


class SnapshotSerializer(Plain):
    recipe = JobRecipeSerializer()
    size = JobSizeSerializer()
    quantity = serializers.IntegerField(help_text="How many pieces to make.")
    unit_price = serializers.IntegerField()
    mix = serializers.DictField(child=serializers.CharField())
    parts = PartSerializer(many=True)
    steps = serializers.ListField(child=serializers.CharField())
    ingredients = serializers.ListField(child=serializers.CharField())
    allergens = serializers.ListField(child=serializers.CharField())
    flags = serializers.ListField(child=serializers.CharField())
    label_name = serializers.CharField()
    label_lines = serializers.ListField(child=serializers.CharField())


class LeaseSerializer(Plain):
    worker = serializers.CharField()
    station = serializers.CharField()
    expires_at = StrictTime(source="lease_expires_at")
    lapsed = serializers.BooleanField()


class ClaimedLeaseSerializer(LeaseSerializer):
    token = serializers.UUIDField(source="lease_token")


class AddressSerializer(Plain):
    full_name = serializers.CharField()
    address_line1 = serializers.CharField()
    address_line2 = serializers.CharField()
    postcode = serializers.CharField()
    town = serializers.CharField()
    country = serializers.CharField()


class MadeOfSerializer(Plain):
    slot = serializers.CharField()
    component = serializers.CharField()
    lot = serializers.CharField()
    microlitres = serializers.IntegerField(allow_null=True)


class HoldSerializer(Plain):
    id = serializers.UUIDField(source="public_id")
    reason = serializers.ChoiceField(choices=Hold.Reason.choices)
    note = serializers.CharField()
    placed_by = serializers.SerializerMethodField(help_text="fulfilment, staff, shop or hand-off.")
    placed_at = StrictTime()
    released_at = StrictTime(allow_null=True)

    def get_placed_by(self, hold: Hold) -> str:
        return hold.placed_by.partition(":")[0]


class JobSerializer(Plain):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=Job.State.choices)
    version = serializers.IntegerField(help_text="Grows by one with every change of state.")
    order = serializers.CharField(source="order.number")
    line = serializers.IntegerField(source="line.position")
    quantity = serializers.IntegerField(source="line.quantity")
    promised_on = serializers.DateField()
    attempt = serializers.IntegerField()
    on_hold = serializers.BooleanField()
    holds = serializers.SerializerMethodField(help_text="Those that are not released.")
    cancellation = serializers.ChoiceField(
        choices=Job.Cancellation.choices, allow_blank=True,
        help_text="Whether the shop asks to cancel the job, and what was answered.",
    )  # fmt: skip
    cancellation_note = serializers.CharField()
    lease = serializers.SerializerMethodField()
    snapshot = serializers.SerializerMethodField()
    snapshot_sha256 = serializers.CharField(
        help_text="Of `snapshot` as JSON in UTF-8 with sorted keys and no spaces."
    )
    batch = serializers.CharField()
    made_of = MadeOfSerializer(many=True, allow_null=True)
    failure_code = serializers.CharField()
    shipment = serializers.UUIDField(source="shipment.public_id", allow_null=True, default=None)
    ship_to = AddressSerializer(
        source="order", required=False, help_text="Only for keys with the scope ship:read."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if not self.context.get("sees_addresses", True):
            del fields["ship_to"]
        return fields

    @extend_schema_field(HoldSerializer(many=True))
    def get_holds(self, job: Job) -> list[dict[str, Any]]:
        """Reads nothing from the database for a job that is not held."""
        holds = [hold for hold in job.holds.all() if hold.released_at is None] if job.on_hold else []
        return [dict(HoldSerializer(hold).data) for hold in holds]

    @extend_schema_field(LeaseSerializer(allow_null=True))
    def get_lease(self, job: Job) -> dict[str, Any] | None:
        return dict(self._lease.to_representation(job)) if job.state in Job.LEASED else None

    @extend_schema_field(SnapshotSerializer(allow_null=True))
    def get_snapshot(self, job: Job) -> dict[str, Any] | None:
        return read_snapshot(job) or None

    @cached_property
    def _lease(self) -> LeaseSerializer:
        """One for all jobs of a list: to make its fields costs more than to use them."""
        return LeaseSerializer()


class ClaimedJobSerializer(JobSerializer):
    @extend_schema_field(ClaimedLeaseSerializer())
    def get_lease(self, job: Job) -> dict[str, Any] | None:
        return dict(self._lease.to_representation(job))

    @cached_property
    def _lease(self) -> LeaseSerializer:
        return ClaimedLeaseSerializer()


@extend_schema_serializer(component_name="FulfilmentProblemField")
class ProblemFieldSerializer(Plain):
    field = serializers.CharField()
    message = serializers.CharField()


@extend_schema_serializer(component_name="FulfilmentProblem")
class ProblemSerializer(Plain):
    """A problem in the sense of RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = ProblemFieldSerializer(many=True, required=False)  # type: ignore[assignment]
    current_state = serializers.CharField(required=False)
    allowed_actions = serializers.ListField(child=serializers.CharField(), required=False)
    required_scope = serializers.CharField(required=False)
