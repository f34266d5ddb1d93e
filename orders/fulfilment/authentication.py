"""Who calls the fulfilment API: the bearer key, its scopes and how often it may call."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from configurator.throttling import Throttle, find_network
from orders.fulfilment.problems import KeyProblem, ScopeProblem
from orders.keys import bearer_of, find_key
from orders.models import FulfilmentKey


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`; the key's row is then `request.auth`. A missing key is refused, too."""

    def authenticate(self, request: Request) -> tuple[None, FulfilmentKey]:
        text = read_key(request)
        if text is None:
            RefusedKeyThrottle().note(request)
            raise KeyProblem("Send the key in the header: Authorization: Bearer KEY.")
        key = find_key(text, now=timezone.now())
        if key is None:
            RefusedKeyThrottle().note(request)
            raise KeyProblem("The key is unknown, revoked or expired.", error="invalid_token")
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def read_key(request: Request) -> str | None:
    """The text of the key that a request was sent with; None if there is none."""
    return bearer_of(request.META.get("HTTP_AUTHORIZATION", ""))


def key_of(request: Request) -> FulfilmentKey:
    """The key that a request was made with."""
    return cast(FulfilmentKey, request.auth)


class HasScope(BasePermission):
    """Lets a request pass if its key has the scope that the view's `scopes` names for the method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        scope = getattr(view, "scopes", {}).get(method)
        if scope is not None and scope not in key_of(request).scopes:
            raise ScopeProblem(scope)
        return True


class KeyThrottle(Throttle):
    """So many requests a minute for each key."""

    scope = "fulfilment"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"{self.scope}:{key_of(request).key_id}"


class RefusedKeyThrottle(Throttle):
    """So many calls a minute from each address without a key that opens: with a wrong one, or with none.

    A key that opens is let in all the same: behind one address there may be many, and 256 bits are not guessed.
    """

    scope = "refused"

    def note(self, request: Request) -> None:
        """Count a call that no key opens; raises Throttled if there were too many."""
        self.standing = self.count(f"{self.scope}:{find_network(self.get_ident(request))}")
        if not self.standing.allowed:
            raise Throttled(self.wait())


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description speaks of the key."""

    target_class = KeyAuthentication
    name = "fulfilmentKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A fulfilment key, made in the admin."}
