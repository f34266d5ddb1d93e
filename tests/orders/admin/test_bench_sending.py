"""Sending from the bench and what is printed there: who sees an address, and when; what a batch takes."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orders.bench_client import bench_client
from orders.holds import place_hold
from orders.keys import find_key
from orders.models import FulfilmentKey, Job, Shipment
from orders.remaking import remake_job
from orders.staff_decisions import give_up
from tests.orders.admin.bench import BENCH, MAKER, address, body, said, send_form, sign_in, take
from tests.orders.admin.people import make_boss
from tests.orders.make import STAFF, make_job

pytestmark = pytest.mark.usefixtures("catalogue")
S = Job.State
STREET = "Calverley"


def pages_of(job: Job) -> list[str]:
    pick_list = f"{reverse('admin:bench_pick_list')}?job={job.public_id}"
    return [BENCH, address(job), pick_list]


def send_address(job: Job, name: str = "send") -> str:
    return reverse(f"admin:bench_{name}", args=[job.order.number])


def test_who_makes_a_bottle_sees_its_name_and_no_address() -> None:
    staff = sign_in("mia", *MAKER)
    for state in (S.READY, S.PRODUCED):
        job = make_job(state, label_name="Zelda")
        for path in pages_of(job):
            page = body(staff.get(path))
            assert STREET not in page
            assert job.order.email not in page
            assert job.order.full_name not in page
        assert "Zelda" in body(staff.get(address(job)))
        assert staff.get(send_address(job)).status_code == 403
        assert staff.get(send_address(job, "address")).status_code == 403
        assert staff.post(send_address(job), {}).status_code == 403


def test_who_sends_sees_the_address_once_something_is_made() -> None:
    staff = sign_in()
    unmade, produced = make_job(), make_job(S.PRODUCED)

    assert STREET not in body(staff.get(send_address(unmade)))
    assert STREET not in body(staff.get(send_address(unmade, "address"), follow=True))
    assert STREET in body(staff.get(send_address(produced)))
    label = staff.get(send_address(produced, "address"))
    assert STREET in body(label)
    assert "no-store" in label["Cache-Control"]


@pytest.mark.parametrize("page", ["send", "address"])
def test_the_database_is_not_asked_for_what_no_number_has(page: str) -> None:
    """PostgreSQL takes no NUL, so the question itself would be an error."""
    staff = sign_in()

    with CaptureQueriesContext(connection) as asked:
        assert staff.get(f"{BENCH}orders/a%00b/{page}/").status_code == 404

    assert "orders_order" not in " ".join(query["sql"] for query in asked.captured_queries)


def test_once_it_is_sent_the_address_is_gone_again() -> None:
    job = make_job(S.SHIPPED)

    assert STREET not in body(sign_in().get(send_address(job)))


def test_a_parcel_without_carrier_is_not_sent() -> None:
    job = make_job(S.PRODUCED)
    staff = sign_in()

    answer = staff.post(send_address(job), send_form(staff, job.order.number, carrier=""))

    assert (answer.status_code, Shipment.objects.count()) == (422, 0)
    assert 'value="TR 1"' in body(answer)


@pytest.mark.parametrize(
    ("change", "why"),
    [({"tracking": "TR 2"}, "was reported before"), ({"parcel": str(uuid.uuid4())}, "has been sent already")],
)
def test_what_is_sent_is_not_sent_again(change: dict[str, Any], why: str) -> None:
    job = make_job(S.PRODUCED)
    staff = sign_in()
    form = send_form(staff, job.order.number)
    staff.post(send_address(job), form)

    answer = staff.post(send_address(job), {**form, **change}, follow=True)

    assert why in said(answer)[-1]
    assert Shipment.objects.count() == 1


def test_a_held_bottle_is_not_sent() -> None:
    job = make_job(S.PRODUCED)
    staff = sign_in()
    form = send_form(staff, job.order.number)
    place_hold(job.public_id, reason="address", note="", by=STAFF, now=timezone.now())

    answer = staff.post(send_address(job), form, follow=True)

    assert "put on hold meanwhile" in said(answer)[0]
    assert Shipment.objects.count() == 0


def test_a_pick_list_adds_up_what_a_batch_takes() -> None:
    jobs = [make_job(quantity=2, label_name="Ada"), make_job(label_name="Bob")]
    staff = sign_in()
    take(staff, *jobs)

    page = body(staff.get(reverse("admin:bench_pick_list")))

    mend = page.split("<td>Mend</td>")
    assert len(mend) == 3
    assert "<td>Ada (Main shot)</td> <td>2</td> <td>20</td>" in page
    assert "<td>Bob (Main shot)</td> <td>1</td> <td>10</td>" in page
    assert "Mend in all</th> <td>3</td> <td> <strong>30</strong>" in page


def test_a_pick_list_of_nothing_leads_back() -> None:
    make_job()
    staff = sign_in()

    for query in ("", "?job=nonsense"):
        answer = staff.get(reverse("admin:bench_pick_list") + query, follow=True)
        assert "There is nothing to pick" in said(answer)[0]


def test_what_a_shopper_typed_is_shown_as_text() -> None:
    job = make_job(label_name="<b>Zoë & Co</b>")
    staff = sign_in()

    for path in pages_of(job):
        page = body(staff.get(path))
        assert "&lt;b&gt;Zoë &amp; Co&lt;/b&gt;" in page
        assert "<b>Zoë" not in page


def test_people_at_the_bench_have_no_key() -> None:
    now = timezone.now()
    user = User.objects.create_user("x" * 150)

    client = bench_client(user, now=now)

    assert bench_client(user, now=now) == client
    assert (client.scopes, client.secret_sha256) == ([], "")
    assert find_key(f"cct_live_{client.key_id}_{'a' * 43}", now=now) is None
    assert client.name not in body(make_boss().get("/admin/orders/fulfilmentkey/"))


def test_two_people_whose_names_begin_alike_are_two_clients() -> None:
    now = timezone.now()
    users = [User.objects.create_user("y" * 60 + end) for end in "ab"]

    assert len({bench_client(user, now=now).name for user in users}) == 2
    assert FulfilmentKey.objects.count() == 2


def test_a_bottle_whose_remake_was_given_up_can_be_sent() -> None:
    staff, job = sign_in(), make_job(S.PRODUCED)
    anew = remake_job(job, reason="it looked odd", by="grace", now=timezone.now())
    assert STREET not in body(staff.get(send_address(job, "address"), follow=True))
    give_up(anew, by="grace", now=timezone.now())

    assert STREET in body(staff.get(send_address(job, "address")))
    assert job.order.number in body(staff.get(BENCH))
    staff.post(send_address(job), send_form(staff, job.order.number))

    job.refresh_from_db()
    assert job.state == S.SHIPPED
