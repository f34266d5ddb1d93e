"""What every operation of the APIs has in common in their description: passing troubles, headers, and links."""

from collections.abc import Iterator
from typing import Any

from configurator.problems import MEDIA_TYPE

Json = dict[str, Any]

SECONDS = {"schema": {"type": "integer", "minimum": 0}}
RETRY_AFTER = {**SECONDS, "description": "Seconds after which it is worth trying again."}
REPLAYED = {"schema": {"const": "true"}, "description": "There if an earlier request had this answer first."}
ETAG = {"schema": {"type": "string"}, "description": "Names what was read: for If-None-Match and If-Match."}
RATE = {
    "RateLimit-Limit": {**SECONDS, "description": "Calls that may be made in a minute."},
    "RateLimit-Remaining": {**SECONDS, "description": "Calls that are left."},
    "RateLimit-Reset": {**SECONDS, "description": "Seconds until one more may be made."},
}

WITH_ETAG = ("read_job", "list_jobs", "read_recipe_version")
ON_A_LEASE = (
    "start_job", "complete_job", "fail_job", "release_job", "decide_cancellation",
)  # fmt: skip
CLAIMED = {"id": "$response.body#/jobs/0/id", "token": "$response.body#/jobs/0/lease/token"}
RECLAIMED = {"id": "$response.body#/id", "token": "$response.body#/lease/token"}


def describe_in_common(result: Json, generator: Any, request: Any, public: bool) -> Json:  # noqa: FBT001
    """A postprocessing hook of drf-spectacular: adds to `result`, the description, and returns it."""
    problem = {
        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/FulfilmentProblem"}},
    }
    for operation in _operations(result):
        answers = operation["responses"]
        answers.setdefault("429", _answer("Too many requests; Retry-After says when to go on.", problem))
        answers.setdefault("503", _answer("The shop cannot answer now; nothing was done.", problem))
        if "requestBody" in operation:
            answers.setdefault("400", _answer("The body is not the JSON that is wanted.", problem))
            answers.setdefault("415", _answer("The body is not application/json.", problem))
        for status, answer in answers.items():
            answer.setdefault("headers", {}).update(_headers(operation, status))
        operation["responses"] = dict(sorted(answers.items()))
    _link(result)
    return result


def _operations(result: Json) -> Iterator[Json]:
    for path in result["paths"].values():
        yield from path.values()


def _answer(description: str, content: Json) -> Json:
    return {"description": description, "content": content}


def _headers(operation: Json, status: str) -> Json:
    headers: Json = {} if status in ("401", "503") else dict(RATE)
    names = [parameter["name"] for parameter in operation.get("parameters", ())]
    waits = "wait_seconds" in names or operation["operationId"] == "claim_jobs"
    if status in ("409", "429", "503") or (status == "200" and waits):
        headers["Retry-After"] = RETRY_AFTER
    if status == "200" and "Idempotency-Key" in names:
        headers["Idempotent-Replayed"] = REPLAYED
    if status in ("200", "304") and (operation["operationId"] in WITH_ETAG or "If-Match" in names):
        headers["ETag"] = ETAG
    if status == "401":
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    return headers


def _link(result: Json) -> None:
    """Which answers lead on to which operations: a claimed job to the reports on it, and so on."""
    found = {operation["operationId"]: operation for operation in _operations(result)}
    for source, made in (
        ("claim_jobs", CLAIMED),
        ("reclaim_job", RECLAIMED),
        ("make_sandbox_job", RECLAIMED),
    ):
        if source not in found:
            continue
        links = found[source]["responses"]["200"].setdefault("links", {})
        for target in ON_A_LEASE:
            links[target] = {
                "operationId": target,
                "parameters": {"job_id": made["id"]},
                "requestBody": {"lease_token": made["token"]},
            }
        for target in ("read_job", "place_hold", "reclaim_job", "expire_sandbox_lease"):
            if target in found:
                links[target] = {"operationId": target, "parameters": {"job_id": made["id"]}}
    held = found["place_hold"]["responses"]["200"].setdefault("links", {})
    held["release_hold"] = {
        "operationId": "release_hold",
        "parameters": {"job_id": "$request.path.job_id", "hold_id": "$response.body#/id"},
    }
    for name in ("list_jobs", "list_shipments"):
        found[name]["responses"]["200"].setdefault("links", {})["next_page"] = {
            "operationId": name, "parameters": {"cursor": "$response.body#/next_cursor"},
        }  # fmt: skip
    found["list_events"]["responses"]["200"].setdefault("links", {})["next_events"] = {
        "operationId": "list_events", "parameters": {"after": "$response.body#/next_after"},
    }  # fmt: skip
