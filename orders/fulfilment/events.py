"""Reading the feed: what happened to jobs, in the one order that everyone sees."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.problems import InvalidFieldsProblem, Problem
from configurator.strict_fields import StrictSerializer, StrictTime
from orders.feed import CursorAheadError, CursorExpiredError, read_feed
from orders.fulfilment.base import FulfilmentView, read_query
from orders.fulfilment.description import described
from orders.fulfilment.shapes import Plain
from orders.fulfilment.waiting import MOST_SECONDS, wait_until
from orders.models import FeedEvent, FulfilmentKey

LIMIT = 100
MOST = 1000


class EventsQuerySerializer(StrictSerializer):
    after = serializers.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1,
        help_text="`next_after` of the answer before; left out: from the oldest event that is kept.",
    )  # fmt: skip
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=LIMIT)
    wait_seconds = serializers.IntegerField(
        min_value=0, max_value=MOST_SECONDS, default=0,
        help_text="How long to wait for an event when there is none yet.",
    )  # fmt: skip


class EventSerializer(Plain):
    seq = serializers.IntegerField(help_text="The place in the feed; rises strictly, with gaps.")
    type = serializers.ChoiceField(source="kind", choices=FeedEvent.Kind.choices)
    at = StrictTime()
    job = serializers.UUIDField(source="job.public_id", allow_null=True, default=None)
    order = serializers.CharField(source="order.number")
    data = serializers.SerializerMethodField(  # type: ignore[assignment]  # DRF takes it off the class again
        help_text="More of it, by type; a move says `from` (null for a new job) and `to`."
    )

    @extend_schema_field({"type": "object", "additionalProperties": {"type": ["string", "null"]}})
    def get_data(self, event: FeedEvent) -> dict[str, Any]:
        return dict(event.data)


class EventPageSerializer(Plain):
    events = EventSerializer(many=True)
    last_seq = serializers.IntegerField(help_text="The end of the feed.")
    next_after = serializers.IntegerField(help_text="Send this as `after` next time.")
    has_more = serializers.BooleanField(help_text="There is more to read now.")


class CursorExpiredProblem(Problem):
    status = status.HTTP_410_GONE
    code = "cursor-expired"
    title = "The events after this cursor are forgotten"

    def __init__(self, error: CursorExpiredError) -> None:
        jobs = reverse("fulfilment:jobs")
        super().__init__(
            f"Events are kept for 30 days, and numbers up to {error.pruned_to} are gone. Note the last_seq of GET "
            f"{reverse('fulfilment:events')}?limit=1, read all jobs at {jobs}, then go on after that number.",
            resync=jobs,
            pruned_to=error.pruned_to,
        )


class EventsView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.EVENTS}

    @described(
        "Read the feed of events",
        response=EventPageSerializer,
        problems=(410, 422),
        operation_id="list_events",
        parameters=[EventsQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """What happened after a number, oldest first. Whoever keeps `next_after` and sends it misses nothing.

        With `wait_seconds` the answer comes as soon as there is an event. Where too many wait already it comes at once,
        empty, and Retry-After says when to ask again.

        Events are kept for 30 days. They name jobs and orders and hold nothing about persons. A test key reads those of
        its own sandbox, any other key those of real orders.
        """
        query = read_query(request, EventsQuerySerializer)
        try:
            found = wait_until(
                lambda: read_feed(self.client, after=query.get("after"), limit=query["limit"]),
                seconds=query["wait_seconds"],
            )
        except CursorExpiredError as error:
            raise CursorExpiredProblem(error) from error
        except CursorAheadError as error:
            raise InvalidFieldsProblem([("after", f"The last event is {error.last_seq}.")]) from error
        return found.mark(Response(EventPageSerializer(found.value).data))
