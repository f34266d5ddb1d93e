"""Recalls: who has a lot, what is in an order, and a file of it that no spreadsheet runs."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.admin import lots
from orders.models import Job, Order, Shipment
from orders.recall import lots_of_order, orders_of_lot, write_csv
from orders.remaking import remake_job
from tests.orders.admin.people import make_boss, make_clerk
from tests.orders.lots import use_lots
from tests.orders.make import copy_job, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

PAGE = "/admin/orders/lotuse/recall/"
ASKED = {"component": "mend", "lot": "M7"}


def twin_of(job: Job) -> Job:
    """A second job of the same order."""
    copy = {"public_id", "id", "line_id"}
    lines = job.order.lines.order_by("-position")
    line = lines[0]
    line.pk, line.position = None, line.position + 1
    line.save()
    values = {f.attname: getattr(job, f.attname) for f in job._meta.concrete_fields if f.attname not in copy}
    return Job.objects.create(line=line, **values)


def test_a_lot_leads_to_the_orders_it_went_into_and_no_others() -> None:
    has, other = use_lots(make_job("shipped"), main="M7"), use_lots(make_job("shipped"), main="M8")
    use_lots(make_job("shipped"), second="M7")  # the same number of another component

    [found] = orders_of_lot("mend", "M7")

    assert (found.order, found.jobs, found.pieces, found.is_sent) == (has.order, (has,), 1, True)
    assert [each.order for each in orders_of_lot("mend", "M8")] == [other.order]
    assert orders_of_lot("mend", "m7") == []


def test_two_jobs_of_one_order_are_one_order_and_two_slots_of_a_job_one_job() -> None:
    mix = {"base": "warm-hearth", "main": "quench", "second": "quench"}
    first = use_lots(make_job("produced", mix=mix, quantity=3), main="Q1", second="Q1")
    second = use_lots(twin_of(first), main="Q1")

    [found] = orders_of_lot("quench", "Q1")

    assert (found.jobs, found.pieces) == ((first, second), 6)


def test_a_remake_counts_with_its_own_lots() -> None:
    job = use_lots(make_job("shipped"), main="M7")
    anew = remake_job(job, reason="recalled", by="grace", now=timezone.now())
    Job.objects.filter(pk=anew.pk).update(snapshot=job.snapshot, snapshot_sha256=job.snapshot_sha256)
    anew.refresh_from_db()
    use_lots(anew, main="M8")

    assert [found.jobs for found in orders_of_lot("mend", "M7")] == [(job,)]
    assert [found.jobs for found in orders_of_lot("mend", "M8")] == [(anew,)]
    assert [use.lot for use in lots_of_order(job.order) if use.component == "mend"] == ["M7", "M8"]


def test_jobs_of_a_sandbox_are_not_recalled() -> None:
    job = use_lots(make_job("shipped"), main="M7")
    Job.objects.update(sandbox=job.client)

    assert orders_of_lot("mend", "M7") == []


def test_however_many_they_are_it_is_one_query() -> None:
    job = use_lots(make_job("produced"), main="M7")
    copy_job(job, 20)
    for other in Job.objects.exclude(pk=job.pk):
        use_lots(other, main="M7")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        [found] = orders_of_lot("mend", "M7")
        write_csv([found])

    assert (len(found.jobs), len(asked)) == (21, 1)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\uff1d1"])
def test_no_cell_of_the_file_is_a_formula(name: str) -> None:
    use_lots(make_job("shipped"), main="M7")
    Order.objects.update(full_name=name)

    head, row = csv.reader(StringIO(write_csv(orders_of_lot("mend", "M7"))))

    assert row[head.index("name")] == f"'{name}"
    assert row[head.index("pieces")] == "1"


def test_the_file_says_the_day_of_the_shop_as_the_pages_do() -> None:
    use_lots(make_job("shipped"), main="M7")
    half_past_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    Shipment.objects.update(shipped_at=half_past_midnight)

    head, row = csv.reader(StringIO(write_csv(orders_of_lot("mend", "M7"))))

    assert row[head.index("shipped")] == "2026-07-01"


def test_the_command_prints_the_orders(capsys: pytest.CaptureFixture[str]) -> None:
    job = use_lots(make_job("shipped"), main="M7")

    call_command("recall", "mend", "M7")

    said = capsys.readouterr().out
    assert f"{job.order.number}\tAda Lovelace <ada@example.org>\t1 pcs\tbatch B1 shipped" in said
    assert "1 orders, 1 pieces." in said


def test_the_command_names_the_lots_there_are_where_it_finds_none() -> None:
    use_lots(make_job("shipped"), main="M7")

    with pytest.raises(CommandError, match=r"Lot M8 of mend went into no job\. Its lots reported last: M7"):
        call_command("recall", "mend", "M8")


def test_the_page_shows_the_orders_and_gives_the_file() -> None:
    job = use_lots(make_job("shipped"), main="M7")
    boss = make_boss()

    page = boss.get(PAGE, ASKED).content.decode()
    file = boss.get(PAGE, {**ASKED, "format": "csv"})

    for said in (job.order.number, "Ada Lovelace", "ada@example.org", "B1"):
        assert said in page
        assert said in file.content.decode()
    assert file["Content-Disposition"] == 'attachment; filename="recall-mend-m7.csv"'
    assert "no-store" in file["Cache-Control"]


def test_the_page_names_other_lots_where_it_finds_none() -> None:
    use_lots(make_job("shipped"), main="M7")

    page = make_boss().get(PAGE, {"component": "mend", "lot": "<b>"}).content.decode()

    assert "Lot &lt;b&gt; of mend went into no job" in page
    assert "M7" in page


@pytest.mark.parametrize("more", [{}, {"format": "csv"}])
@pytest.mark.parametrize("field", ["component", "lot"])
def test_what_no_lot_and_no_component_has_is_refused_beside_its_field(
    field: str, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL takes no NUL, so the question itself would be an error."""
    for name in ("orders_of_lot", "known_lots"):
        monkeypatch.delattr(lots, name)

    page = make_boss().get(PAGE, {**ASKED, field: "a\0b", **more}).content.decode()

    assert f'id="{field}_error"' in page
    assert "Null characters are not allowed." in page


def test_the_list_is_searched_by_lot_and_leads_to_the_recall() -> None:
    use_lots(make_job("shipped"), main="M7")

    page = make_boss().get("/admin/orders/lotuse/", {"q": "M7"}).content.decode()

    assert "1 lot use" in page
    assert f"{PAGE}?component=mend&amp;lot=M7" in page


def test_an_order_shows_its_lots() -> None:
    job = use_lots(make_job("shipped"), main="M7")

    page = make_boss().get(f"/admin/orders/order/{job.order.pk}/change/").content.decode()

    assert f'{PAGE}?component=mend&amp;lot=M7">mend, M7</a>' in page


@pytest.mark.parametrize("permissions", [(), ("view_lotuse",), ("view_order",)])
def test_who_may_not_see_people_or_lots_is_refused(permissions: tuple[str, ...]) -> None:
    use_lots(make_job("shipped"), main="M7")

    assert make_clerk(*permissions).get(PAGE, ASKED).status_code == 403
