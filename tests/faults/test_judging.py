"""What the long run makes of its journals: what is promised under a fault is judged, and nothing is swallowed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.faults import CALM, Fault
from tests.faults.inflicting import nothing
from tests.faults.phases import Outcome
from tests.faults.races import Race, read_results
from tests.faults.report import write_report
from tests.faults.visits import Visits

FAULT = Fault(code="F0", name="a fault", inflict=nothing)


def answer(at: float, *, seconds: float = 0.1, path: str = "/", status: int = 200, wait: str = "") -> Any:
    line = {"at": at, "method": "POST", "path": path, "seconds": seconds}
    return {**line, "status": status, "retry_after": wait or None}


def refusal(at: float, *, seconds: float = 0.1) -> Any:
    return {"at": at, "method": "GET", "path": "/", "seconds": seconds, "refused": "ConnectError"}


def checkouts(*seconds: float) -> Visits:
    paths = ("/checkout", "/order/7kq2/pay")
    return Visits.read([answer(i, seconds=each, path=paths[i % 2]) for i, each in enumerate(seconds)])


def outcome(fault: Fault = FAULT, **changes: Any) -> Outcome:
    good = Outcome(
        fault=fault,
        asked=10,
        times=1,
        inflicted=1,
        orders=10,
        jobs=12,
        lost=0,
        waiting=0,
        doubled=0,
        longest=1.0,
        p99=1.0,
        visits=checkouts(0.2),
        crashes=(),
        broken=(),
        offences=(),
    )
    return replace(good, **changes)


def complaints(judged: Outcome, *, calm: Outcome | None = None) -> str:
    return "; ".join(judged.find_complaints(calm=calm))


def test_a_phase_in_which_all_went_well_has_nothing_to_complain_of() -> None:
    assert complaints(outcome(), calm=outcome(CALM)) == ""


def test_a_connection_that_was_refused_is_an_outage_until_somebody_is_answered() -> None:
    visits = Visits.read(
        [answer(1), refusal(2.0), refusal(3.0), answer(5.0, seconds=0.5), refusal(9), answer(10)]
    )

    assert (visits.refused, visits.away) == (3, 3.1)
    assert "3 requests had no answer, for up to 3.1 s" in complaints(outcome(visits=visits))
    assert complaints(outcome(replace(FAULT, away=4.0), visits=visits)) == ""


def test_an_outage_that_never_ends_lasts_to_the_last_try() -> None:
    assert Visits.read([answer(1), refusal(2.0), refusal(60.0)]).away == 58.1


def test_a_busy_shop_may_say_when_to_come_back_and_nothing_else() -> None:
    lines = [answer(1, status=503, wait="2"), answer(2, status=503), answer(3, status=500, path="/basket")]

    assert Visits.read(lines).errors == ("500 /basket", "503 /")


def test_a_visitor_who_gives_up_is_complained_of() -> None:
    visits = Visits.read([answer(1), {"at": 2.0, "gave_up": "The shop answered 404"}])

    assert complaints(outcome(visits=visits)) == "The shop answered 404"


def test_a_phase_that_ended_too_early_is_complained_of() -> None:
    assert "9 of 10 orders, 1 of 1 strikes" in complaints(outcome(orders=9))
    assert "10 of 10 orders, 1 of 5 strikes" in complaints(outcome(times=5))


def test_the_checkout_may_take_a_tenth_of_a_second_more_than_under_no_fault() -> None:
    fault, calm = replace(FAULT, checkout_slower=0.1), outcome(CALM, visits=checkouts(0.2))

    assert complaints(outcome(fault, visits=checkouts(0.3)), calm=calm) == ""
    assert "p95 is 0.31 s, promised are 0.3" in complaints(outcome(fault, visits=checkouts(0.31)), calm=calm)


def test_no_checkout_may_take_longer_than_is_promised_and_there_must_have_been_one() -> None:
    fault = replace(FAULT, checkout_within=1.5)

    assert complaints(outcome(fault, visits=checkouts(0.1, 1.5))) == ""
    assert "a checkout took 1.51 s" in complaints(outcome(fault, visits=checkouts(0.1, 1.51)))
    assert "no checkout" in complaints(outcome(fault, visits=Visits.read([answer(1)])))


def test_what_died_by_itself_or_never_settled_is_complained_of_and_shown() -> None:
    judged = outcome(crashes=("buyer-1 ended by itself with 1: oh",), broken=("not settled",), lost=1)
    report = write_report(
        {"sqlite": [(judged, judged.find_complaints(calm=None))]}, [], command="make faults"
    )

    assert (
        complaints(judged)
        == "buyer-1 ended by itself with 1: oh; not settled; 1 lost, 0 not handed off, 0 doubled"
    )
    assert "| 1 |\n\nF0: buyer-1 ended by itself with 1: oh.\n\nF0: not settled." in report


def test_a_race_is_read_from_the_report_of_pytest(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="tests.orders.test_a" name="test_notice_one" time="1.5"/>
        <testcase classname="tests.orders.test_a" name="test_notice_two" time="1"><failure/></testcase>
        <testcase classname="tests.orders.test_a" name="test_notice_three" time="0"><skipped/></testcase>
        <testcase classname="tests.orders.test_a" name="test_other" time="9"/>
        </testsuite></testsuites>"""
    )
    known, unknown = Race("F98", "a", {"test_a.py": "notice"}), Race("F99", "b", {"test_b.py": ""})

    first, second = read_results(report, database="sqlite", races=[known, unknown])

    assert first.show() == ["F98 a", "sqlite", "test_a.py", "2", "1", "1", "2"]
    assert first.complaints == ["test_notice_two failed"]
    assert second.complaints == ["no test of it was run"]
