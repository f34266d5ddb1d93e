"""Keys of the fulfilment API: making one, recognising one, giving it a new secret, ending one."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from orders.models import FulfilmentKey

LIVE, TEST = "cct_live", "cct_test"
ID_BYTES = 6
SECRET_BYTES = 32  # 256 bits
PATTERN = re.compile(rf"(?:{LIVE}|{TEST})_([0-9a-f]{{{ID_BYTES * 2}}})_[A-Za-z0-9_-]{{43}}", re.ASCII)
USE_NOTED_EVERY = timedelta(minutes=1)
OVERLAP = timedelta(hours=24)


class KeyNameError(ValueError):
    """A name that no new key can have; the message says why."""


class KeyRevokedError(Exception):
    """A key that has ended gets no new secret."""


class MadeKey(NamedTuple):
    """A key with a new secret: its row, and its full text, which exists nowhere else."""

    row: FulfilmentKey
    text: str


def make_key(
    name: str,
    *,
    scopes: Iterable[str],
    now: datetime,
    expires_at: datetime | None = None,
    is_test: bool = False,
) -> MadeKey:
    """A new key called `name` with `scopes` (values of FulfilmentKey.Scope, kept in that order).

    Its text is `cct_live_<id>_<secret>`, or `cct_test_...` for one that sees its own sandbox only; nothing but the
    SHA-256 of the text is kept. Raises KeyNameError for a name that is taken, empty or too long, ValueError for an
    unknown scope.
    """
    key_id = secrets.token_hex(ID_BYTES)
    text = _new_text(key_id, is_test=is_test)
    row = FulfilmentKey(
        name=_check_name(name),
        key_id=key_id,
        secret_sha256=_hash(text),
        is_test=is_test,
        scopes=_check_scopes(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if not FulfilmentKey.objects.filter(name=row.name).exists():
            raise
        raise KeyNameError(f"There is a key called {row.name!r} already: choose another name.") from error
    return MadeKey(row, text)


def bearer_of(authorization: str) -> str | None:
    """The text of the key in a header `Authorization`; None for a header of another kind, and for an empty one."""
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def find_key(text: str, *, now: datetime) -> FulfilmentKey | None:
    """The key that `text` is, if it may be used `now`: known, not revoked, not expired. One query.

    For a while after a rotation the secret before opens it, too. The hashes are compared in constant time. Notes the
    time of use, at most once a minute.
    """
    match = PATTERN.fullmatch(text)
    if match is None:
        return None
    key = FulfilmentKey.objects.filter(key_id=match[1]).first()
    if key is None or not _opens(key, text, now=now):
        return None
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return None
    _note_use(key, now=now)
    return key


def rotate_key(key: FulfilmentKey, *, used: str | None = None, now: datetime) -> MadeKey:
    """Give a key a new secret; the one that it has now works for OVERLAP more, one before that ends at once.

    `used` is the text that the caller opened the API with. Where that is the one before already, because the answer to
    a rotation was lost, it keeps the time that it has left, and what nobody received ends. Name, scopes, leases and
    parcels stay. Locks the key; raises KeyRevokedError for one that is revoked.
    """
    with transaction.atomic():
        row = FulfilmentKey.objects.select_for_update().get(pk=key.pk)
        if row.revoked_at is not None:
            raise KeyRevokedError(f"the key {row.name!r} is revoked")
        text = _new_text(row.key_id, is_test=row.is_test)
        if used is None or _hash(used) != row.previous_sha256:
            row.previous_sha256, row.previous_until = row.secret_sha256, now + OVERLAP
        row.secret_sha256 = _hash(text)
        row.save(update_fields=["secret_sha256", "previous_sha256", "previous_until"])
    return MadeKey(row, text)


def revoke_key(key: FulfilmentKey, *, now: datetime) -> bool:
    """End a key at once and for good; True if this call did it. What it has claimed stays until its leases end."""
    revoked = FulfilmentKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
    key.refresh_from_db(fields=["revoked_at"])
    return bool(revoked)


def _new_text(key_id: str, *, is_test: bool) -> str:
    return f"{TEST if is_test else LIVE}_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"


def _opens(key: FulfilmentKey, text: str, *, now: datetime) -> bool:
    given = _hash(text)
    is_current = hmac.compare_digest(key.secret_sha256, given)
    is_previous = hmac.compare_digest(key.previous_sha256, given)
    return is_current or (is_previous and key.previous_until is not None and key.previous_until > now)


def _note_use(key: FulfilmentKey, *, now: datetime) -> None:
    before = now - USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at <= before:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=before)
        FulfilmentKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_name(name: str) -> str:
    name = name.strip()
    if not name.isprintable():
        raise KeyNameError("This name cannot be used: it has characters that cannot be printed.")
    try:
        FulfilmentKey._meta.get_field("name").clean(name, None)
    except ValidationError as error:
        raise KeyNameError(f"This name cannot be used: {' '.join(error.messages)}") from error
    return name


def _check_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if unknown := wanted - set(FulfilmentKey.Scope.values):
        raise ValueError(f"unknown scopes: {', '.join(sorted(unknown))}")
    return [scope for scope in FulfilmentKey.Scope.values if scope in wanted]
