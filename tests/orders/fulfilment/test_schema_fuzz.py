"""Both APIs answer whatever is sent to them as their description says: schemathesis makes up requests from it.

`SCHEMA_EXAMPLES=200` sends more of each; the run is the same every time unless `SCHEMA_SEED` is set.
"""

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.config import PositiveDataAcceptanceConfig

from orders.fulfilment import waiting
from tests.orders.make import make_client, make_job

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("catalogue", "no_limits")]

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
CHECKED = settings(
    max_examples=EXAMPLES,
    stateful_step_count=8,
    derandomize="SCHEMA_SEED" not in os.environ,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What is right in form may still name a component or a cursor that is not there, or a version that is stale.
RIGHT_IN_FORM = ["2xx", "401", "403", "404", "409", "410", "412", "422", "428"]


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many requests as fit, and nobody waits for work that does not come."""
    for scope in ("shop", "fulfilment", "refused"):
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, scope, "1000000/min")
    monkeypatch.setattr(waiting, "places", None)


@pytest.fixture(params=["live", "test"])
def authorization(request: pytest.FixtureRequest, catalogue: object) -> str:
    """The header of a key with some jobs in every state."""
    made = make_client(is_test=request.param == "test")
    if request.param == "live":
        for state in ("pending", "ready", "ready", "claimed", "in_production", "produced", "shipped"):
            make_job(state, client=made.row)
    return f"Bearer {made.text}"


@pytest.fixture
def api(authorization: str) -> schemathesis.BaseSchema:
    described = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # no types
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    schema.config.checks.positive_data_acceptance = PositiveDataAcceptanceConfig(
        expected_statuses=RIGHT_IN_FORM
    )
    schema.config.update(headers={"Authorization": authorization})
    schema.config.seed = int(os.environ.get("SCHEMA_SEED", "1"))
    return schema


described = schemathesis.pytest.from_fixture("api")


@described.parametrize()
@CHECKED
def test_every_operation_answers_as_it_is_described(case: Any) -> None:
    case.call_and_validate()


def test_what_one_answer_leads_on_to_is_answered_as_described(api: Any) -> None:
    machine = api.as_state_machine()

    run_state_machine_as_test(machine, settings=CHECKED)
