"""Every test here has the shipped catalogue on sale and a client with all scopes."""

import pytest

from tests.orders.fulfilment.api import Caller
from tests.orders.make import make_client

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def caller(catalogue: object) -> Caller:
    return Caller(make_client(name="acme"))
