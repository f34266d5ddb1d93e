"""Live keys and test keys: neither sees, takes or touches what is the other's, nor one sandbox that of another."""

import json
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.holds import place_hold
from orders.models import FulfilmentKey, Hold, Job, WebhookEndpoint
from orders.visibility import visible_jobs
from tests.orders.fulfilment.api import Caller, as_json, everything, routes
from tests.orders.make import STAFF, lease_of, lots_of, make_client, make_job
from tests.pages.url_map import Route

pytestmark = pytest.mark.usefixtures("catalogue")


def make_tester() -> Caller:
    caller = Caller(make_client())
    FulfilmentKey.objects.filter(pk=caller.key.pk).update(is_test=True)
    caller.key.refresh_from_db()
    return caller


def put_in_sandbox(job: Job, owner: FulfilmentKey) -> Job:
    type(job.order).objects.filter(pk=job.order_id).update(sandbox=owner)
    Job.objects.filter(pk=job.pk).update(sandbox=owner)
    return Job.objects.get(pk=job.pk)


def strangers(caller: Caller) -> list[tuple[Caller, Job]]:
    """Who must not see which job: (live, of a sandbox), (tester, live), (tester, of another sandbox)."""
    tester, other = make_tester(), make_tester()
    live = make_job("claimed", client=caller.key)
    sandboxed = put_in_sandbox(make_job("claimed", client=caller.key), other.key)
    return [(caller, sandboxed), (tester, live), (tester, sandboxed)]


def test_each_key_sees_and_claims_jobs_of_its_own_kind_only(caller: Caller) -> None:
    one, two = make_tester(), make_tester()
    jobs = [(caller, make_job()), *((each, put_in_sandbox(make_job(), each.key)) for each in (one, two))]

    for each, job in jobs:
        assert list(visible_jobs(each.key)) == [job]
        assert [shown["id"] for shown in each.get("/jobs")[1]["jobs"]] == [str(job.public_id)]
        body = {"worker": "w", "max_jobs": 50, "lease_seconds": 60}
        assert [got["id"] for got in each.post("/claims", body)[1]["jobs"]] == [str(job.public_id)]


def bodies_for(job: Job) -> dict[tuple[str, str], dict[str, Any]]:
    """What can be asked of a job, of its hold and of a webhook, by method and route, with the right body for it."""
    token = {"lease_token": str(lease_of(job).token)}
    return {
        ("GET", "job"): {},
        ("GET", "label"): {},
        ("POST", "start"): token,
        ("POST", "release"): token,
        ("POST", "complete"): {**token, "batch": "B", "lots": as_json(lots_of(job))},
        ("POST", "fail"): {**token, "retryable": True, "code": "other"},
        ("POST", "cancellation"): {**token, "decision": "accept"},
        ("POST", "reclaim"): {"worker": "w", "lease_seconds": 60},
        ("POST", "holds"): {"reason": "other"},
        ("DELETE", "hold"): {},
        ("POST", "expire_lease"): {},
        ("DELETE", "webhook"): {},
        ("POST", "ping"): {},
        ("POST", "rotate_secret"): {},
        ("GET", "deliveries"): {},
    }


def ids_of(job: Job) -> dict[str, uuid.UUID]:
    """The ids in addresses: of the job, of a hold on it, and of a webhook of whose it is."""
    now, owner = timezone.now(), job.sandbox or job.client
    assert owner is not None
    hold = place_hold(job.public_id, reason=Hold.Reason.OTHER, note="", by=STAFF, now=now)
    webhook = WebhookEndpoint.objects.create(client=owner, url="https://hook.example/", created_at=now)
    return {"job_id": job.public_id, "hold_id": hold.public_id, "webhook_id": webhook.public_id}


def routes_with_ids() -> list[tuple[str, Route]]:
    """All but the versions of recipes: these are the same for everyone."""
    return [
        (method, route)
        for method, route in routes()
        if route.pattern.pattern.converters and route.name != "fulfilment:recipe"
    ]


def test_no_route_with_an_id_is_left_out_here(caller: Caller) -> None:
    asked = {(method, f"fulfilment:{name}") for method, name in bodies_for(make_job("claimed"))}

    assert asked == {(method, route.name) for method, route in routes_with_ids()}


def test_the_other_kind_is_not_found_whatever_is_asked_of_it(caller: Caller) -> None:
    for each, job in strangers(caller):
        bodies, ids = bodies_for(job), ids_of(job)
        before = everything()

        for method, route in routes_with_ids():
            wanted = {name: ids[name] for name in route.pattern.pattern.converters}
            body = bodies[method, route.name.removeprefix("fulfilment:")]
            response = each.http.generic(
                method,
                reverse(route.name, kwargs=wanted),
                json.dumps(body) if method == "POST" else "",
                content_type="application/json",
                HTTP_IF_MATCH='"x"',
            )

            assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found"), route.name
        assert everything() == before


def test_a_job_of_the_other_kind_is_no_cursor(caller: Caller) -> None:
    for each, job in strangers(caller):
        refused = each.get("/jobs", cursor=str(job.public_id))

        assert refused == each.get("/jobs", cursor=str(uuid.uuid4()))
        assert (refused[0], refused[1]["type"]) == (422, "/problems/invalid-fields")


def test_a_parcel_of_another_client_is_no_cursor(caller: Caller) -> None:
    own, foreign = (make_job("shipped", client=client).shipment for client in (caller.key, make_client().row))
    assert own is not None
    assert foreign is not None

    refused = caller.get("/shipments", cursor=str(foreign.public_id))

    assert refused == caller.get("/shipments", cursor=str(uuid.uuid4()))
    assert (refused[0], refused[1]["type"]) == (422, "/problems/invalid-fields")
    assert caller.get("/shipments", cursor=str(own.public_id))[0] == 200


def test_the_other_kind_is_neither_shipped_nor_kept_alive(caller: Caller) -> None:
    for each, job in strangers(caller):
        parcel = {"carrier": "Owl Post", "tracking": "TR1", "shipped_at": "2026-11-20T10:00:00Z"}
        body = {"external_id": "P1", "jobs": [str(job.public_id)], **parcel}
        lease = {"id": str(job.public_id), "lease_token": str(lease_of(job).token)}
        before = everything()

        status, problem = each.post("/shipments", body)
        beats = each.post("/claims/heartbeat", {"jobs": [lease], "lease_seconds": 40_000})

        assert (status, [error["field"] for error in problem["errors"]]) == (422, ["jobs[0]"])
        assert beats == (200, {"jobs": [{"id": str(job.public_id), "lease_lost": True}]})
        assert everything() == before
