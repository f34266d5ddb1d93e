"""Scopes: each operation takes one, and a key without it learns which."""

import uuid

import pytest
from django.urls import resolve

from orders.models import FulfilmentKey
from tests.orders.fulfilment.api import PATH, Caller, everything, routes
from tests.orders.make import make_client, make_job

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NEEDED = {
    ("POST", "/claims"): "jobs:claim",
    ("GET", "/jobs"): "jobs:read",
    ("GET", f"/jobs/{uuid.UUID(int=0)}"): "jobs:read",
    ("GET", f"/jobs/{uuid.UUID(int=0)}/label"): "jobs:read",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/start"): "jobs:write",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/complete"): "jobs:write",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/fail"): "jobs:write",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/release"): "jobs:write",
    ("POST", "/shipments"): "shipments:write",
    ("GET", "/shipments"): "shipments:read",
    ("GET", "/events"): "events:read",
    ("POST", "/claims/heartbeat"): "jobs:claim",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/reclaim"): "jobs:claim",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/cancellation"): "jobs:write",
    ("POST", f"/jobs/{uuid.UUID(int=0)}/holds"): "holds:write",
    ("DELETE", f"/jobs/{uuid.UUID(int=0)}/holds/{uuid.UUID(int=0)}"): "holds:write",
    ("GET", "/recipes/shampoo/versions/1"): "jobs:read",
    ("POST", "/sandbox/jobs"): "jobs:write",
    ("DELETE", "/sandbox/jobs"): "jobs:write",
    ("POST", f"/sandbox/jobs/{uuid.UUID(int=0)}/expire-lease"): "jobs:write",
    ("GET", "/webhooks"): "webhooks:manage",
    ("POST", "/webhooks"): "webhooks:manage",
    ("DELETE", f"/webhooks/{uuid.UUID(int=0)}"): "webhooks:manage",
    ("POST", f"/webhooks/{uuid.UUID(int=0)}/ping"): "webhooks:manage",
    ("POST", f"/webhooks/{uuid.UUID(int=0)}/rotate-secret"): "webhooks:manage",
    ("GET", f"/webhooks/{uuid.UUID(int=0)}/deliveries"): "webhooks:manage",
}
FOR_ANY_KEY = [("GET", "fulfilment:me"), ("POST", "fulfilment:rotate_key")]


def test_no_route_is_left_out_here() -> None:
    asked = [(method, resolve(f"{PATH}{path}").view_name) for method, path in NEEDED]

    assert sorted([*asked, *FOR_ANY_KEY]) == sorted((method, route.name) for method, route in routes())


@pytest.mark.parametrize(("method", "path"), NEEDED)
def test_a_key_without_the_scope_is_refused_and_told_which_it_lacks(method: str, path: str) -> None:
    scope = NEEDED[method, path]
    make_job()
    caller = Caller(make_client(scopes=set(FulfilmentKey.Scope.values) - {scope}))
    before = everything()

    status, problem = caller.send(method, path)

    assert (status, problem["type"]) == (403, "/problems/scope-missing")
    assert problem["required_scope"] == scope
    assert problem["detail"] == f"This needs a key with the scope {scope}."
    assert everything() == before


def test_a_refused_call_is_counted_and_told_how_many_are_left() -> None:
    caller = Caller(make_client(scopes=["jobs:read"]))

    left = [int(caller.ask("/claims", {})["RateLimit-Remaining"]) for _call in range(2)]
    read = caller.http.get(f"{PATH}/jobs")

    assert (read.status_code, int(read["RateLimit-Remaining"])) == (200, left[1] - 1)
    assert left[1] == left[0] - 1


@pytest.mark.parametrize(("method", "path"), NEEDED)
def test_a_key_with_only_that_scope_gets_past(method: str, path: str) -> None:
    caller = Caller(make_client(scopes=[NEEDED[method, path]]))

    status, _answer = caller.send(method, path)

    assert status in (200, 404, 422)


def test_every_key_may_ask_who_it_is() -> None:
    caller = Caller(make_client(name="bare", scopes=[]))

    assert caller.get("/me") == (
        200,
        {
            "name": "bare",
            "key_id": caller.key.key_id,
            "is_test": False,
            "scopes": [],
            "created_at": caller.key.created_at.isoformat().replace("+00:00", "Z"),
            "expires_at": None,
            "previous_until": None,
            "limits": {
                "max_jobs": 50,
                "min_lease_seconds": 60,
                "max_lease_seconds": 43_200,
                "requests": "3000/min",
            },
        },
    )
