"""Calling the fulfilment API in tests, and telling whether anything in the database has changed."""

import uuid
from typing import Any

from django.apps import apps
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from orders.keys import MadeKey
from orders.making import Lot
from orders.models import Job
from tests.pages.url_map import Route, all_routes

PATH = "/api/fulfilment/v1"
METHODS = ("get", "post", "put", "patch", "delete")


def routes() -> list[tuple[str, Route]]:
    """(method, route) of all that the API answers, but for the one route that stands for every other address."""
    return [
        (method.upper(), route)
        for route in all_routes()
        if route.name.startswith("fulfilment:") and route.name != "fulfilment:nowhere"
        for method in METHODS
        if hasattr(vars(route.view)["cls"], method)
    ]


def read_description() -> dict[str, Any]:
    """What both APIs say of themselves, in OpenAPI."""
    described: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return described


class KeyedClient(APIClient):
    """Every POST has an idempotency key of its own, unless the test gives it one."""

    def request(self, **request: Any) -> Any:
        if request.get("REQUEST_METHOD") == "POST":
            request.setdefault("HTTP_IDEMPOTENCY_KEY", str(uuid.uuid4()))
        return super().request(**request)


class Caller:
    """A client with a key; every answer comes back as (status, body)."""

    def __init__(self, made: MadeKey) -> None:
        self.key = made.row
        self.authorization = f"Bearer {made.text}"
        self.http = KeyedClient(headers={"Authorization": self.authorization})

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        response = self.http.get(f"{PATH}{path}", query)
        return response.status_code, response.json()

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        response = self.ask(path, body, **headers)
        return response.status_code, response.json()

    def ask(self, path: str, body: Any, **headers: str) -> Any:
        """The whole answer to a POST; headers are given as `If_Match="..."`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(f"{PATH}{path}", body, format="json", headers=named)

    def send(self, method: str, path: str) -> tuple[int, Any]:
        """Any method, with an empty object for a body."""
        response = self.http.generic(
            method, f"{PATH}{path}", "" if method == "GET" else "{}", content_type="application/json"
        )
        return response.status_code, response.json()

    def etag(self, job: Job) -> str:
        return str(self.http.get(f"{PATH}/jobs/{job.public_id}")["ETag"])

    def report(self, job: Job, action: str, **body: Any) -> tuple[int, Any]:
        """Report on a job under the lease that it is under, or was last."""
        job.refresh_from_db()
        return self.post(f"/jobs/{job.public_id}/{action}", {"lease_token": str(job.lease_token), **body})


def as_json(lots: list[Lot]) -> list[dict[str, Any]]:
    return [
        {"slot": lot.slot, "component": lot.component, "lot": lot.lot, "microlitres": lot.microlitres}
        for lot in lots
    ]


def everything() -> dict[str, list[Any]]:
    """Every row of the app and of the stock, but for the time at which a key was last used."""
    models = [*apps.get_app_config("orders").get_models(), apps.get_model("configurator", "Component")]
    rows = {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
    for key in rows["FulfilmentKey"]:
        del key["last_used_at"]
    return rows
