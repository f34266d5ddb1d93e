"""What the database calls its columns is no field of the API, wherever it is sent."""

import uuid

import pytest
from django.apps import apps
from django.urls import reverse

from tests.orders.fulfilment.api import PATH, Caller, everything, routes
from tests.orders.make import make_client, make_job

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

WITHOUT_BODY = {"ping", "rotate_secret", "rotate_key", "expire_lease"}
ANY = {"job_id": uuid.UUID(int=0), "hold_id": uuid.UUID(int=0), "webhook_id": uuid.UUID(int=0)}
OURS = {"version", "attempt", "lease_expires_at", "promised_on", "unit_price", "total", "reserved_ml"}


def test_columns_sent_to_every_address_are_refused_and_store_nothing() -> None:
    caller = Caller(make_client(is_test=True))
    job = make_job("claimed")
    models = [*apps.get_app_config("orders").get_models(), apps.get_model("configurator", "Component")]
    sent = {field.name: "1" for model in models for field in model._meta.concrete_fields}
    assert set(sent) > OURS
    before = everything()

    asked = [route for method, route in routes() if method == "POST"]
    for route in asked:
        name = route.name.removeprefix("fulfilment:")
        if name in WITHOUT_BODY:
            continue
        names = {**ANY, "job_id": job.public_id}
        arguments = {each: names[each] for each in route.pattern.pattern.converters}
        status, problem = caller.post(reverse(route.name, kwargs=arguments).removeprefix(PATH), sent)
        assert status == 422, name
        assert {error["field"] for error in problem["errors"]} >= OURS, name

    assert len(asked) > len(WITHOUT_BODY) + 8
    assert everything() == before
