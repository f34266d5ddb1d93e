"""Who calls the fulfilment API: the bearer key, its scopes and how often it may call."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from orders.fulfilment.problems import KeyProblem, ScopeProblem
from orders.keys import find_key
from orders.models import FulfilmentKey


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`; the key's row is then `request.auth`. A missing key is refused, too."""

    def authenticate(self, request: Request) -> tuple[None, FulfilmentKey]:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer":
            raise KeyProblem("Send the key in the header: Authorization: Bearer KEY.")
        key = find_key(text.strip(), now=timezone.now())
        if key is None:
            raise KeyProblem("The key is unknown, revoked or expired.", error="invalid_token")
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def key_of(request: Request) -> FulfilmentKey:
    """The key that a request was made with."""
    return cast(FulfilmentKey, request.auth)


class HasScope(BasePermission):
    """Lets a request pass if its key has the scope that the view's `scopes` names for the method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        scope = getattr(view, "scopes", {}).get(request.method)
        if scope is not None and scope not in key_of(request).scopes:
            raise ScopeProblem(scope)
        return True


class KeyThrottle(SimpleRateThrottle):
    """So many requests a minute for each key."""

    scope = "fulfilment"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"throttle-{self.scope}-{key_of(request).key_id}"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description speaks of the key."""

    target_class = KeyAuthentication
    name = "fulfilmentKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A fulfilment key, made in the admin."}
