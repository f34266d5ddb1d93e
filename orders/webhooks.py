"""Webhooks of a client: adding and removing them, their secrets, and the message that says there is something new.

Messages follow Standard Webhooks. A secret is derived from the shop's own key, so none is stored; each message is
signed with the secret that is current and with the one before, so that a receiver can change over when it likes.
"""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import salted_hmac

from orders.feed import number_events
from orders.idle_connection import release_connection
from orders.models import FulfilmentKey, WebhookDelivery, WebhookEndpoint
from orders.webhook_targets import Answer, read_target, send_to

MOST_ENDPOINTS = 10  # of one key
KEPT_DELIVERIES = 100  # of one endpoint
EVENTS_AVAILABLE = "events.available"


class TooManyEndpointsError(Exception):
    """A key has MOST_ENDPOINTS already."""


def add_endpoint(client: FulfilmentKey, *, url: str, now: datetime) -> WebhookEndpoint:
    """An endpoint that is told of what happens from now on. Raises TargetRefusedError and TooManyEndpointsError."""
    read_target(url)
    last_seq = number_events()
    with transaction.atomic():
        FulfilmentKey.objects.select_for_update().get(pk=client.pk)
        if client.webhooks.count() >= MOST_ENDPOINTS:
            raise TooManyEndpointsError
        return WebhookEndpoint.objects.create(client=client, url=url, created_at=now, sent_to=last_seq)


def rotate_secret(endpoint: WebhookEndpoint) -> str:
    """A new signing secret; the one before is signed with, too, until the next rotation."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(secret_number=F("secret_number") + 1)
    endpoint.refresh_from_db(fields=["secret_number"])
    return secret_of(endpoint)


def secret_of(endpoint: WebhookEndpoint) -> str:
    """The current secret as its receiver keeps it: `whsec_` and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(_secret(endpoint, endpoint.secret_number)).decode()


def _secret(endpoint: WebhookEndpoint, number: int) -> bytes:
    return salted_hmac("orders.webhooks", f"{endpoint.public_id}:{number}", algorithm="sha256").digest()


def make_body(*, last_seq: int, at: datetime) -> bytes:
    """What every message says: that the feed goes up to `last_seq`, and where it is read."""
    data = {"last_seq": last_seq, "events_url": settings.BASE_URL + reverse("fulfilment:events")}
    content = {"type": EVENTS_AVAILABLE, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(content, separators=(",", ":")).encode()


def sign(endpoint: WebhookEndpoint, *, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks for a message that is sent `now`."""
    seconds = str(int(now.timestamp()))
    content = b".".join([message_id.encode(), seconds.encode(), body])
    numbers = [endpoint.secret_number, endpoint.secret_number - 1]
    signatures = [
        "v1," + base64.b64encode(hmac.digest(_secret(endpoint, number), content, hashlib.sha256)).decode()
        for number in numbers
        if number > 0
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def deliver(
    endpoint: WebhookEndpoint, *, message_id: str, last_seq: int, at: datetime, now: datetime
) -> Answer:
    """Send one message and log what came of it; of an endpoint's deliveries the last KEPT_DELIVERIES are kept."""
    body = make_body(last_seq=last_seq, at=at)
    headers = sign(endpoint, message_id=message_id, body=body, now=now)
    release_connection()  # a receiver may take its time
    answer = send_to(endpoint.url, body=body, headers=headers)
    with transaction.atomic():
        if not WebhookEndpoint.objects.filter(pk=endpoint.pk).exists():
            return answer  # removed meanwhile
        endpoint.deliveries.create(
            message_id=message_id,
            seq=last_seq,
            status=answer.status,
            error=answer.error,
            milliseconds=answer.milliseconds,
            at=now,
        )
        oldest = endpoint.deliveries.order_by("-id").values_list("id", flat=True)[
            KEPT_DELIVERIES : KEPT_DELIVERIES + 1
        ]
        for pk in list(oldest):
            WebhookDelivery.objects.filter(endpoint=endpoint, pk__lte=pk).delete()
    return answer


def ping_endpoint(endpoint: WebhookEndpoint, *, now: datetime) -> Answer:
    """Send a message at once, whatever there is to tell; taken, it switches an endpoint that is off on again."""
    message_id = f"ping_{uuid.uuid4().hex}"
    answer = deliver(endpoint, message_id=message_id, last_seq=number_events(), at=now, now=now)
    if answer.is_taken:
        off = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=False)
        off.update(disabled_at=None, disabled_why="", attempts=0, failing_since=None, next_attempt_at=None)
    return answer
