"""Webhooks: where a client is told that there is something new in the feed."""

from uuid import UUID

from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.problems import InvalidFieldsProblem, NotFoundProblem, Problem
from configurator.strict_fields import StrictSerializer, StrictText, StrictTime
from orders.fulfilment.base import FulfilmentView, read_body
from orders.fulfilment.description import described
from orders.fulfilment.shapes import Plain
from orders.fulfilment.waiting import waiting_place
from orders.models import FulfilmentKey, WebhookEndpoint
from orders.webhook_targets import TargetRefusedError
from orders.webhooks import (
    KEPT_DELIVERIES,
    MOST_ENDPOINTS,
    TooManyEndpointsError,
    add_endpoint,
    ping_endpoint,
    rotate_secret,
    secret_of,
)


class NewWebhookSerializer(StrictSerializer):
    url = StrictText(max_length=500, help_text="https, on a public address, port 443 or 8443.")


class WebhookSerializer(Plain):
    id = serializers.UUIDField(source="public_id")
    url = serializers.CharField()
    created_at = StrictTime()
    sent_to = serializers.IntegerField(help_text="The last number in the feed that it was told of.")
    failing_since = StrictTime(allow_null=True)
    next_attempt_at = StrictTime(allow_null=True)
    disabled_at = StrictTime(
        allow_null=True, help_text="Switched off; a ping that it takes switches it on again."
    )
    disabled_why = serializers.CharField()


class WebhookWithSecretSerializer(WebhookSerializer):
    secret = serializers.SerializerMethodField(
        help_text="What messages are signed with: it is shown this once."
    )

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        return secret_of(endpoint)


class WebhooksSerializer(Plain):
    webhooks = WebhookSerializer(many=True)


class AttemptSerializer(Plain):
    status = serializers.IntegerField(allow_null=True, help_text="What it answered; taken is 200 to 299.")
    error = serializers.CharField(help_text="What went wrong where there is no answer.")
    milliseconds = serializers.IntegerField()


class DeliverySerializer(AttemptSerializer):
    message_id = serializers.CharField(help_text="The header webhook-id; the same when it is tried again.")
    last_seq = serializers.IntegerField(source="seq")
    at = StrictTime()


class DeliveriesSerializer(Plain):
    deliveries = DeliverySerializer(many=True)


class RemovedSerializer(Plain):
    removed = serializers.BooleanField()


class TooManyProblem(Problem):
    status = status.HTTP_409_CONFLICT
    code = "too-many-webhooks"
    title = "This key has as many webhooks as it can have"

    def __init__(self) -> None:
        super().__init__(f"A key can have {MOST_ENDPOINTS}: remove one first with DELETE /webhooks/ID.")


class WebhooksView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.WEBHOOKS, "POST": FulfilmentKey.Scope.WEBHOOKS}

    @described(
        "List this client's webhooks", response=WebhooksSerializer, problems=(), operation_id="list_webhooks"
    )
    def get(self, request: Request) -> Response:
        """All of them, the oldest first, without their secrets."""
        return Response(WebhooksSerializer({"webhooks": self.client.webhooks.order_by("id")}).data)

    @described(
        "Add a webhook",
        request=NewWebhookSerializer,
        response=WebhookWithSecretSerializer,
        problems=(409, 422),
        operation_id="add_webhook",
    )
    def post(self, request: Request) -> Response:
        """It is told of what happens from now on. The answer has its secret, which is shown this once.

        Messages follow Standard Webhooks and say no more than up to which number there is something to read at GET
        /events: read on from the number that you have, not from the one in the message. What is not answered with 2xx
        within 5 seconds is sent again, with the same webhook-id, after waits that grow to an hour; after three days of
        failures it is switched off.
        """
        url = read_body(request, NewWebhookSerializer)["url"]
        try:
            endpoint = add_endpoint(self.client, url=url, now=timezone.now())
        except TargetRefusedError as error:
            raise InvalidFieldsProblem([("url", str(error))]) from error
        except TooManyEndpointsError as error:
            raise TooManyProblem from error
        return _shown_once(endpoint)


class OwnWebhookView(FulfilmentView):
    """One webhook of the client; those of others are not there."""

    def find(self, webhook_id: UUID) -> WebhookEndpoint:
        endpoint = self.client.webhooks.select_related("client").filter(public_id=webhook_id).first()
        if endpoint is None:
            raise NotFoundProblem("There is no such webhook.")
        return endpoint


class WebhookView(OwnWebhookView):
    scopes = {"DELETE": FulfilmentKey.Scope.WEBHOOKS}

    @described("Remove a webhook", response=RemovedSerializer, problems=(404,), operation_id="remove_webhook")
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """With its log; a message that is under way may still arrive."""
        self.find(webhook_id).delete()
        return Response({"removed": True})


class PingView(OwnWebhookView):
    scopes = {"POST": FulfilmentKey.Scope.WEBHOOKS}

    @described(
        "Send a webhook a message now",
        response=AttemptSerializer,
        problems=(404,),
        operation_id="ping_webhook",
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Waits for its answer, 5 seconds at most, and tells what came of it.

        Few can wait at a time: who finds no place is answered with 503 and Retry-After, and nothing is sent.
        """
        endpoint = self.find(webhook_id)
        with waiting_place():
            attempt = ping_endpoint(endpoint, now=timezone.now())
        return Response(AttemptSerializer(attempt).data)


class RotateSecretView(OwnWebhookView):
    scopes = {"POST": FulfilmentKey.Scope.WEBHOOKS}

    @described(
        "Give a webhook a new secret",
        response=WebhookWithSecretSerializer,
        problems=(404,),
        operation_id="rotate_webhook_secret",
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """The answer has the new secret, which is shown this once.

        Each message is signed with the secret before, too, until the next rotation: change over when you like. Where
        the secret before is known to others, rotate twice.
        """
        endpoint = self.find(webhook_id)
        rotate_secret(endpoint)
        return _shown_once(endpoint)


class DeliveriesView(OwnWebhookView):
    scopes = {"GET": FulfilmentKey.Scope.WEBHOOKS}

    @described(
        "Read what came of the last attempts",
        response=DeliveriesSerializer,
        problems=(404,),
        operation_id="list_deliveries",
    )
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """The last 100, the newest first."""
        deliveries = self.find(webhook_id).deliveries.order_by("-id")[:KEPT_DELIVERIES]
        return Response(DeliveriesSerializer({"deliveries": deliveries}).data)


def _shown_once(endpoint: WebhookEndpoint) -> Response:
    response = Response(WebhookWithSecretSerializer(endpoint).data)
    add_never_cache_headers(response)
    return response
