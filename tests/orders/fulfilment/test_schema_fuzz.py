"""Both APIs answer whatever is sent to them as their description says: schemathesis makes up requests from it.

`SCHEMA_EXAMPLES=200` sends more of each; the run is the same every time unless `SCHEMA_SEED` is set.

On PostgreSQL `make test` goes from answer to answer and asks one operation alone, the first; `make faults` asks all.
"""

import functools
import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.config import PositiveDataAcceptanceConfig
from schemathesis.specs.openapi.checks import ignored_auth

from orders.fulfilment import waiting
from tests.orders.fulfilment.api import read_description
from tests.orders.make import make_client, make_job

pytestmark = [
    pytest.mark.slow,
    pytest.mark.both_databases,
    pytest.mark.usefixtures("catalogue", "no_limits", "one_transaction"),
]

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
def headers(request: pytest.FixtureRequest, catalogue: object) -> dict[str, str]:
    """Those of a key with some jobs."""
    made = make_client(is_test=request.param == "test")
    if request.param == "live":
        for state in ("ready", "claimed", "produced"):
            make_job(state, client=made.row)
    return {"Authorization": f"Bearer {made.text}"}


def read_schema() -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_dict(read_description())
    schema.config.checks.positive_data_acceptance = PositiveDataAcceptanceConfig(
        expected_statuses=RIGHT_IN_FORM
    )
    schema.config.seed = int(os.environ.get("SCHEMA_SEED", "1"))
    return schema


@functools.cache
def open_shop() -> Any:
    return get_wsgi_application()


def answer(environ: Any, start_response: Any) -> Any:
    """The shop, opened with the first request: not before a test has set it up."""
    return open_shop()(environ, start_response)


described = read_schema()
described.app = answer


@described.parametrize()
@CHECKED
def test_every_operation_answers_as_it_is_described(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers)


def test_what_one_answer_leads_on_to_is_answered_as_described(headers: dict[str, str]) -> None:
    class Caller(described.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.run = transaction.atomic()
            self.run.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

        def validate_response(self, response: Any, case: Any, *_more: Any, **_options: Any) -> None:
            # It cannot tell here that the key was ours; with each operation alone it can.
            case.validate_response(response, headers=headers, excluded_checks=[ignored_auth])

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

    run_state_machine_as_test(Caller, settings=CHECKED)
