"""Putting a mix behind an address of its own, without the person; and taking it back."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Size
from configurator.models import RecipeVersion, SharedMix

KEY = "shared"
MOST_SHARED = 50  # per session; whoever needs more can send the address of the mixer
CODE_BYTES = 9  # 72 bits, as 12 letters


class CannotShareError(ValueError):
    """The mix is not complete, or breaks rules."""


class SharedEnoughError(ValueError):
    """This session has shared MOST_SHARED mixes."""


def share_mix(
    version: RecipeVersion,
    mixer: Mixer,
    *,
    mix: Mapping[str, str],
    size: Size,
    known: Collection[str],
    now: datetime,
) -> SharedMix:
    """Write down a mix of a version (whose mixer is `mixer`) under a new code.

    `known` are the codes that the same session has made: the same content gets its code again. Raises
    CannotShareError and SharedEnoughError.
    """
    if not mixer.is_complete(mix) or not mixer.is_makeable(mix):
        raise CannotShareError
    content = (version.pk, dict(mix), size.slug)
    for shared in SharedMix.objects.filter(code__in=known, revoked_at=None):
        if (shared.version_id, shared.mix, shared.size) == content:
            return shared
    if len(known) >= MOST_SHARED:
        raise SharedEnoughError
    return SharedMix.objects.create(
        code=secrets.token_urlsafe(CODE_BYTES),
        version=version,
        mix=dict(mix),
        size=size.slug,
        created_at=now,
    )


def read_shared(code: str) -> SharedMix | None:
    """The shared mix of a code, also one that was taken back, with its version but not its spec; one query."""
    return (
        SharedMix.objects.select_related("version__recipe")
        .defer("version__spec", "version__space")
        .filter(code=code)
        .first()
    )


def revoke_shared(shared: QuerySet[SharedMix], *, now: datetime) -> int:
    """Take shared mixes back for good; how many were not taken back before."""
    return shared.filter(revoked_at=None).update(revoked_at=now)


def known_codes(session: SessionBase) -> list[str]:
    """The codes that this session has made, oldest first; never creates a session."""
    kept = session.get(KEY, [])
    return [code for code in kept if isinstance(code, str)] if isinstance(kept, list) else []


def remember_code(session: SessionBase, code: str) -> None:
    """Keep a code, so that whoever made it can take it back."""
    codes = known_codes(session)
    if code not in codes:
        session[KEY] = [*codes, code]
