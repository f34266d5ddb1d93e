"""ETags: what was read is not sent again, and what has changed since it was read is not decided about."""

import hashlib
import json
from typing import Any

import pytest
from django.utils import timezone

from configurator.models import RecipeVersion
from orders.holds import place_hold
from orders.models import Job
from tests.orders.fulfilment.api import PATH, Caller, everything
from tests.orders.make import STAFF, lease_of, make_client, make_job

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

STALE = '"00000000000000000000000000000000"'


def test_what_the_client_has_already_is_not_sent_again(caller: Caller) -> None:
    job = make_job()

    for path in (f"{PATH}/jobs/{job.public_id}", f"{PATH}/jobs"):
        first = caller.http.get(path)
        again = caller.http.get(path, headers={"If-None-Match": first["ETag"]})
        weak = caller.http.get(path, headers={"If-None-Match": f"{STALE}, W/{first['ETag']}"})
        other = caller.http.get(path, headers={"If-None-Match": STALE})

        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert weak.status_code == 304
        assert (other.status_code, other.content) == (200, first.content)


def test_whatever_is_shown_changes_the_etag(caller: Caller) -> None:
    job = make_job("claimed", client=caller.key)
    seen = [caller.etag(job), caller.etag(job)]
    assert seen[0] == seen[1]

    place_hold(job.public_id, reason="other", by=STAFF, now=timezone.now())
    seen.append(caller.etag(job))
    Job.objects.update(lease_expires_at=timezone.now())
    seen.append(caller.etag(job))
    blind = Caller(make_client(scopes=["jobs:read"]))
    seen.append(blind.etag(job))

    assert len(set(seen)) == 4


@pytest.mark.parametrize("action", ["start", "release", "fail"])
def test_a_report_on_what_was_read_goes_through_and_answers_with_the_next_etag(
    caller: Caller, action: str
) -> None:
    job = make_job("claimed", client=caller.key)
    body: dict[str, Any] = {"lease_token": str(lease_of(job).token)}
    if action == "fail":
        body |= {"retryable": True, "code": "other"}

    response = caller.ask(f"/jobs/{job.public_id}/{action}", body, If_Match=f"{STALE}, {caller.etag(job)}")

    assert (response.status_code, response["ETag"]) == (200, caller.etag(job))


@pytest.mark.parametrize("action", ["start", "release", "fail", "cancellation"])
def test_a_report_on_what_has_changed_since_is_refused(caller: Caller, action: str) -> None:
    job = make_job("claimed", client=caller.key)
    more: Any = {"fail": {"retryable": True, "code": "other"}, "cancellation": {"decision": "accept"}}.get(
        action, {}
    )
    read = caller.etag(job)
    place_hold(job.public_id, reason="other", by=STAFF, now=timezone.now())
    before = everything()

    for etag in (read, STALE, "nonsense"):
        status, problem = caller.post(
            f"/jobs/{job.public_id}/{action}", {"lease_token": str(job.lease_token), **more}, If_Match=etag
        )
        assert (status, problem["type"]) == (412, "/problems/version-stale")

    assert everything() == before


def test_a_report_without_a_version_goes_through_but_a_decision_needs_one(caller: Caller) -> None:
    job = make_job("claimed", client=caller.key)
    before = everything()

    status, problem = caller.report(job, "cancellation", decision="accept")

    assert (status, problem["type"]) == (428, "/problems/version-missing")
    assert everything() == before
    assert caller.report(job, "start")[0] == 200


def test_a_repeated_report_is_recognised_before_its_version_is_looked_at(caller: Caller) -> None:
    job = make_job("claimed", client=caller.key)
    path, body, read = f"/jobs/{job.public_id}/start", {"lease_token": str(job.lease_token)}, caller.etag(job)
    caller.ask(path, body, If_Match=read, Idempotency_Key="k")

    again = caller.ask(path, body, If_Match=read, Idempotency_Key="k")

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")


def test_a_recipe_version_is_what_its_hash_says_and_may_be_kept(caller: Caller) -> None:
    snapshot = json.loads(make_job().snapshot)["recipe"]
    path = f"{PATH}/recipes/{snapshot['slug']}/versions/{snapshot['version']}"

    response = caller.http.get(path)

    shown = response.json()
    text = json.dumps(shown["spec"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == shown["sha256"] == snapshot["sha256"]
    assert (shown["recipe"], shown["version"]) == (snapshot["slug"], snapshot["version"])
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    for known in (response["ETag"], f"W/{response['ETag']}"):  # weak from behind a proxy that compresses
        again = caller.http.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again["ETag"]) == (304, f'"{snapshot["sha256"]}"')


@pytest.mark.parametrize(
    "path",
    [
        "/recipes/shampoo/versions/999",
        f"/recipes/shampoo/versions/{2**64}",
        f"/recipes/shampoo/versions/{'9' * 5000}",
        "/recipes/nothing/versions/1",
    ],
    ids=lambda path: path[:50],
)
def test_a_version_that_is_not_there_is_not_found(caller: Caller, path: str) -> None:
    assert RecipeVersion.objects.filter(recipe__slug="shampoo", number=999).count() == 0

    assert caller.get(path)[0] == 404
