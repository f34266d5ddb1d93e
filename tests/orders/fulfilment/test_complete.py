"""Completing a job: its lots, and its stock."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from configurator.models import Component
from orders.making import Lot, WrongLotsError, complete_job
from orders.models import Job, LotUse
from tests.orders.fulfilment.api import Caller, as_json, everything
from tests.orders.make import lease_of, lots_of, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


def complete(job: Job, lots: list[Lot]) -> Job:
    return complete_job(job.public_id, lease=lease_of(job), batch="B7", lots=lots, now=timezone.now())


def test_a_completed_job_knows_its_batch_lots_and_actual_doses() -> None:
    job = make_job(S.IN_PRODUCTION)
    base, main, second = lots_of(job)

    complete(job, [replace(second, microlitres=5_012), base, main])

    job.refresh_from_db()
    assert (job.state, job.batch) == ("produced", "B7")
    assert job.made_of == [
        {"slot": "base", "component": "warm-hearth", "lot": "L1", "microlitres": 235_000},
        {"slot": "main", "component": "mend", "lot": "L2", "microlitres": 10_000},
        {"slot": "second", "component": "quench", "lot": "L3", "microlitres": 5_012},
    ]


def test_a_lot_can_be_traced_to_the_job_that_it_went_into(caller: Caller) -> None:
    job = make_job(S.IN_PRODUCTION, quantity=2)

    complete(job, lots_of(job))

    traced = LotUse.objects.filter(component="mend", lot="L2").values_list("job", "slot", "microlitres")
    assert list(traced) == [(job.pk, "main", 10_000)]
    assert LotUse.objects.filter(job=job).count() == 3


def test_the_answer_shows_what_went_in(caller: Caller) -> None:
    job = make_job(S.IN_PRODUCTION, client=caller.key)

    status, shown = caller.report(job, "complete", batch="B7", lots=as_json(lots_of(job)))

    assert (status, shown["state"], shown["batch"], shown["lease"]) == (200, "produced", "B7", None)
    assert shown["made_of"] == as_json(lots_of(job))


def test_stock_that_was_reserved_is_used_up() -> None:
    Component.objects.filter(slug="mend").update(stock_ml=100, reserved_ml=0)
    job = make_job(S.IN_PRODUCTION, quantity=2)
    mend = Component.objects.get(slug="mend")
    assert (mend.stock_ml, mend.reserved_ml) == (Decimal(100), Decimal(20))

    complete(job, lots_of(job))

    mend.refresh_from_db()
    assert (mend.stock_ml, mend.reserved_ml) == (Decimal(80), Decimal(0))


def test_stock_that_is_not_counted_stays_so() -> None:
    Component.objects.filter(slug="quench").update(stock_ml=None)
    job = make_job(S.IN_PRODUCTION)

    complete(job, lots_of(job))

    quench = Component.objects.get(slug="quench")
    assert (quench.stock_ml, quench.reserved_ml) == (None, Decimal(0))


def test_goods_that_exist_can_be_reported_whatever_the_count_says() -> None:
    job = make_job(S.IN_PRODUCTION)
    Component.objects.filter(slug="mend").update(stock_ml=Decimal(3), reserved_ml=0)

    complete(job, lots_of(job))

    mend = Component.objects.get(slug="mend")
    assert (mend.stock_ml, mend.reserved_ml) == (Decimal(0), Decimal(0))
    job.refresh_from_db()
    assert job.state == "produced"


BASE, MAIN, SECOND = (
    {"slot": "base", "component": "warm-hearth", "lot": "L1", "microlitres": 235_000},
    {"slot": "main", "component": "mend", "lot": "L2", "microlitres": 10_000},
    {"slot": "second", "component": "quench", "lot": "L3", "microlitres": 5_000},
)


@pytest.mark.parametrize(
    ("lots", "errors"),
    [
        ([], [("lots", "base"), ("lots", "main"), ("lots", "second")]),
        ([BASE, MAIN], [("lots", "second")]),
        ([BASE, MAIN, SECOND, SECOND], [("lots[3].slot", "twice")]),
        ([BASE, MAIN, SECOND, {**SECOND, "slot": "third"}], [("lots[3].slot", "third")]),
        ([BASE, {**MAIN, "component": "calm"}, SECOND], [("lots[1].component", "'mend' here, not 'calm'")]),
        ([BASE, MAIN, {**SECOND, "microlitres": None}], [("lots[2].microlitres", "how much")]),
        ([BASE, MAIN, {**SECOND, "microlitres": 0}], [("lots[2].microlitres", "1")]),
        ([BASE, MAIN, {**SECOND, "microlitres": 2**31}], [("lots[2].microlitres", "1000000000")]),
        ([BASE, MAIN, {**SECOND, "lot": ""}], [("lots[2].lot", "blank")]),
        ([BASE, MAIN, {**SECOND, "lot": "x" * 41}], [("lots[2].lot", "40")]),
        ([BASE, MAIN, 7], [("lots[2]", "dictionary")]),
        ("none", [("lots", "list")]),
        ([BASE] * 101, [("lots", "100")]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_lots_that_do_not_match_the_recipe_are_named(
    caller: Caller, lots: Any, errors: list[tuple[str, str]]
) -> None:
    job = make_job(S.IN_PRODUCTION, client=caller.key)
    before = everything()

    status, problem = caller.report(job, "complete", batch="B7", lots=lots)

    assert (status, problem["type"]) == (422, "/problems/invalid-fields")
    assert [error["field"] for error in problem["errors"]] == [field for field, _ in errors]
    for error, (_, word) in zip(problem["errors"], errors, strict=True):
        assert word in error["message"]
    assert everything() == before


def test_a_part_without_a_dose_takes_none() -> None:
    job = make_job(S.IN_PRODUCTION)
    undosed = job.snapshot.replace('"microlitres":10000', '"microlitres":null')
    Job.objects.filter(pk=job.pk).update(snapshot=undosed)
    base, main, second = lots_of(Job.objects.get(pk=job.pk))
    assert main.microlitres is None

    with pytest.raises(WrongLotsError, match="has no dose"):
        complete(job, [base, replace(main, microlitres=1), second])
    complete(job, [base, main, second])

    assert Job.objects.get(pk=job.pk).state == "produced"
