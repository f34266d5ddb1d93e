"""Noting what staff do: rows that nobody changes afterwards."""

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
