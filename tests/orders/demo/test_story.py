"""The whole way over HTTP, against the real application: order, pay, make, ship, follow."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone

from orders.demo.http import DemoError, Patience
from orders.demo.maker import Maker
from orders.demo.shopper import Shopper
from orders.demo.story import follow_order
from orders.keys import revoke_key
from orders.models import Job, Order, OutboxEntry, Shipment
from orders.outbox import process_outbox
from tests.orders.make import make_client, make_job

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

URL = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests to the application in this process leave the connection of the test open, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Demo:
    """A shopper and a maker who talk to the application in this process; whoever waits lets the hand-off happen."""

    def __init__(self, **key: Any) -> None:
        self.said: list[str] = []
        self.made = make_client(**key)
        transport = httpx.WSGITransport(app=get_wsgi_application())
        patience = Patience(seconds=0, say=self.said.append, sleep=self.sleep)
        self.shopper = Shopper(URL, say=self.said.append, patience=patience, transport=transport)
        self.maker = Maker(
            URL,
            self.made.text,
            say=self.said.append,
            sleep=self.sleep,
            patience=patience,
            transport=transport,
        )

    def sleep(self, seconds: float) -> None:
        for entry in OutboxEntry.objects.filter(state="pending"):
            assert process_outbox(entry.pk, now=timezone.now())


def test_an_order_goes_all_the_way_to_shipped() -> None:
    demo = Demo()

    tracking = follow_order(demo.shopper, demo.maker, sleep=demo.sleep)

    order = Order.objects.get()
    job = order.jobs.get()
    assert tracking == f"/order/{order.token}"
    assert (order.state, order.email, job.line.label_name) == ("paid", "ada@example.org", "Ada")
    assert (job.state, job.attempt, job.version) == ("shipped", 1, 6)
    assert job.shipment is not None
    assert demo.said[-2].startswith(f"shipped  {order.number}/1: {job.shipment.carrier}, ")
    assert demo.said[-1].startswith("tracking ")


def test_a_job_that_never_comes_ends_with_a_sentence() -> None:
    demo = Demo()
    ticks = iter(range(0, 1000, 30))

    with pytest.raises(DemoError, match="has not come to the maker"):
        follow_order(demo.shopper, demo.maker, sleep=lambda seconds: None, clock=lambda: next(ticks))

    assert Job.objects.get().state == "pending"


def test_two_jobs_are_made_and_shipped_in_one_round() -> None:
    demo = Demo()
    make_job()
    make_job()

    assert (demo.maker.work(), demo.maker.work()) == (2, 0)

    assert Shipment.objects.count() == 2


def test_the_maker_takes_no_more_than_it_is_told_to() -> None:
    demo = Demo()
    make_job()
    make_job()

    assert demo.maker.work(max_jobs=1) == 1

    assert sorted(Job.objects.values_list("state", flat=True)) == ["ready", "shipped"]


def test_a_recipe_that_does_not_match_its_hash_is_not_made() -> None:
    demo = Demo()
    job = make_job()
    Job.objects.filter(pk=job.pk).update(snapshot=job.snapshot.replace("10000", "90000"))

    assert demo.maker.work() == 0

    job.refresh_from_db()
    assert (job.state, job.failure_code) == ("failed", "other")


def test_a_lost_answer_to_a_report_does_not_lose_the_job() -> None:
    demo = Demo()
    make_job()
    real = httpx.WSGITransport(app=get_wsgi_application())
    lost: set[str] = set()

    def lose_first_answers(request: httpx.Request) -> httpx.Response:
        response = real.handle_request(request)
        action = request.url.path.rpartition("/")[2]
        if action in {"claims", "start", "complete", "shipments"} - lost:
            lost.add(action)
            response.read()
            raise httpx.ReadError("the line is dead", request=request)
        response.read()
        return response

    demo.maker.patience.seconds = 5
    demo.maker.client._transport = httpx.MockTransport(lose_first_answers)

    assert demo.maker.work() == 1

    assert lost == {"claims", "start", "complete", "shipments"}
    assert Job.objects.get().state == "shipped"
    assert Shipment.objects.count() == 1


def test_a_refused_key_is_one_sentence() -> None:
    demo = Demo()
    revoke_key(demo.made.row, now=timezone.now())

    with pytest.raises(
        DemoError, match=r"does not take this key \(The key is unknown, revoked or expired\.\)"
    ):
        demo.maker.introduce()


def test_a_key_that_may_not_claim_is_told_so() -> None:
    demo = Demo(scopes=["jobs:read"])

    with pytest.raises(DemoError, match=r"the scope jobs:claim"):
        demo.maker.work()


def test_what_is_no_shop_is_said_to_be_none() -> None:
    demo = Demo()
    page = httpx.MockTransport(lambda request: httpx.Response(200, text="<h1>It works!</h1>"))
    demo.maker.client._transport = page

    with pytest.raises(DemoError, match="is not the fulfilment API"):
        demo.maker.introduce()
