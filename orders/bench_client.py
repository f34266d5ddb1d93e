"""Who works at the bench in the browser: a client of fulfilment like any other, but without a key."""

from datetime import datetime

from django.contrib.auth.models import User

from orders.models import FulfilmentKey

BENCH_PREFIX = "bench-"  # of key ids: no text of a key has such a one, so nobody opens the API with it
LONGEST_NAME = 50


def find_bench_client(user: User) -> FulfilmentKey | None:
    """The client that holds the leases of a member of the staff; None before the first claim. One query."""
    return FulfilmentKey.objects.filter(key_id=f"{BENCH_PREFIX}{user.pk}").first()


def bench_client(user: User, *, now: datetime) -> FulfilmentKey:
    """The client of a member of the staff, made when it is first needed. It has no secret and no scopes.

    So leases and steps name a person, and one at the bench cannot report on the jobs of another.
    """
    found = find_bench_client(user)
    if found is not None:
        return found
    name = f"{user.get_username()[:LONGEST_NAME]} at the bench"
    if FulfilmentKey.objects.filter(name=name).exists():
        name = f"{name} ({user.pk})"
    made, _is_new = FulfilmentKey.objects.get_or_create(
        key_id=f"{BENCH_PREFIX}{user.pk}", defaults={"name": name, "scopes": [], "created_at": now}
    )
    return made
