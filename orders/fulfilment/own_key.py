"""What a client may ask about its own key, and how it gets a new secret."""

from typing import Any

from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.strict_fields import StrictTime
from orders.claiming import LEASE_SECONDS, MAX_JOBS
from orders.fulfilment.authentication import KeyThrottle, read_key
from orders.fulfilment.base import FulfilmentView
from orders.fulfilment.description import described
from orders.fulfilment.shapes import Plain
from orders.keys import rotate_key
from orders.models import FulfilmentKey


class LimitsSerializer(Plain):
    max_jobs = serializers.IntegerField()
    min_lease_seconds = serializers.IntegerField()
    max_lease_seconds = serializers.IntegerField()
    requests = serializers.CharField()


class MeSerializer(Plain):
    name = serializers.CharField()
    key_id = serializers.CharField()
    is_test = serializers.BooleanField(help_text="True: it sees its own sandbox and no real order.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=FulfilmentKey.Scope.choices))
    created_at = StrictTime()
    expires_at = StrictTime(allow_null=True)
    previous_until = StrictTime(allow_null=True, help_text="Until when the secret before works, too.")
    limits = LimitsSerializer()


class RotatedKeySerializer(Plain):
    key = serializers.CharField(help_text="The key with its new secret: it is shown this once.")
    previous_until = StrictTime(help_text="Until when the secret before works, too.")


class MeView(FulfilmentView):
    @described("Read what this key may do", response=MeSerializer, problems=(), operation_id="read_me")
    def get(self, request: Request) -> Response:
        """The key's name, scopes and limits."""
        key = self.client
        limits = {
            "max_jobs": MAX_JOBS,
            "min_lease_seconds": LEASE_SECONDS[0],
            "max_lease_seconds": LEASE_SECONDS[1],
            "requests": KeyThrottle().get_rate(),
        }
        names = ("name", "key_id", "is_test", "scopes", "created_at", "expires_at", "previous_until")
        shown: dict[str, Any] = {name: getattr(key, name) for name in names}
        if key.previous_until is not None and key.previous_until <= timezone.now():
            shown["previous_until"] = None
        return Response(MeSerializer({**shown, "limits": limits}).data)


class RotateView(FulfilmentView):
    @described(
        "Give this key a new secret",
        response=RotatedKeySerializer,
        problems=(),
        operation_id="rotate_key",
    )
    def post(self, request: Request) -> Response:
        """The new text of the key, shown this once; the text before works for 24 hours more.

        Rotating again with the new one ends the older one at once. When the answer is lost, call again with the text
        that you have: it keeps the time that it has left. Name, scopes and leases stay as they are.
        """
        made = rotate_key(self.client, used=read_key(request), now=timezone.now())
        body = {"key": made.text, "previous_until": made.row.previous_until}
        response = Response(RotatedKeySerializer(body).data)
        add_never_cache_headers(response)
        return response
