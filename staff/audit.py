"""Noting what staff do: rows that nobody changes afterwards."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.throttling import BaseThrottle
from structlog.contextvars import get_contextvars

from staff.models import AuditEntry

Kind = AuditEntry.Kind


def record(
    kind: AuditEntry.Kind,
    *,
    who: str,
    about: object = "",
    note: str = "",
    request: HttpRequest | None = None,
) -> AuditEntry:
    """Note one thing. `who` is a user name, or what was typed as one; `about` what it was done to, as text.

    With the request, the address it came from is noted, too. Texts that are too long are cut.
    """
    entry = AuditEntry(
        at=timezone.now(),
        kind=kind,
        who=who[:150],
        about=str(about)[:200],
        note=note[:500],
        network=address_of(request)[:100] if request else "",
        request_id=str(get_contextvars().get("request_id", ""))[:64],
    )
    entry.save()
    return entry


def address_of(request: HttpRequest) -> str:
    """Where a request came from, as far as NUM_PROXIES lets us believe; empty on a Unix socket."""
    return str(BaseThrottle().get_ident(request) or "")  # type: ignore[arg-type]  # it reads META only


def listen() -> None:
    """Note every sign-in, wherever it is done: Django says so."""
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_sign_in_failed)


def _signed_in(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    record(Kind.SIGNED_IN, who=user.get_username(), request=request)


def _signed_out(*, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        record(Kind.SIGNED_OUT, who=user.get_username(), request=request)


def _sign_in_failed(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    record(Kind.SIGN_IN_FAILED, who=str(credentials.get("username", "")), request=request)
