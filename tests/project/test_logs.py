"""Log lines: one for people, one object for programs, the same words in both, and nobody's address in either."""

import json
import logging
import re

import pytest
from structlog import stdlib

from config.supervisor import ALARM
from orders.log_context import current_request_id, log_about, log_about_entry
from orders.masking import mask
from orders.models import OutboxEntry
from tests.project.logs import read_logs

log = logging.getLogger("orders.made_up")


def test_a_line_for_people_reads_as_ever_and_says_at_its_end_what_it_is_about() -> None:
    with read_logs() as said, log_about(request_id="r1", entry=7):
        log.info("%s entries %s", 3, "done")

    line = said.getvalue()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO orders\.made_up: 3 entries done \[request_id=r1 entry=7\]\n",
        line,
    )


def test_a_line_about_a_planned_version_names_it() -> None:
    with read_logs() as said, log_about(entry=7):
        log_about_entry(OutboxEntry(topic="mail_plan_refused", plan_id=3))
        log.info("done")

    assert said.getvalue().endswith(" done [entry=7 topic=mail_plan_refused plan=3]\n")


def test_a_line_that_is_about_nothing_has_no_brackets() -> None:
    with read_logs() as said:
        log.warning("cold")

    assert said.getvalue().endswith(" WARNING orders.made_up: cold\n")


def test_for_programs_each_line_is_one_object_with_its_traceback_inside() -> None:
    with read_logs("json") as said, log_about(request_id="r1"):
        try:
            raise ValueError("bad\nmix")
        except ValueError:
            log.exception("entry %s failed", 7)
        log.info("well")

    first, second = (json.loads(line) for line in said.getvalue().splitlines())
    assert (first["level"], first["logger"], first["event"]) == ("ERROR", "orders.made_up", "entry 7 failed")
    assert first["request_id"] == second["request_id"] == "r1"
    assert first["exception"].startswith("Traceback")
    assert first["exception"].endswith("ValueError: bad\nmix")
    assert first["timestamp"].endswith("+00:00")
    assert "exception" not in second


@pytest.mark.parametrize("log_format", ["line", "json"])
def test_make_run_knows_an_error_in_both(log_format: str) -> None:
    with read_logs(log_format) as said:
        log.info("calm")
        log.error("bad")

    calm, bad = said.getvalue().splitlines()
    assert not ALARM.search(calm)
    assert ALARM.search(bad)


@pytest.mark.parametrize("log_format", ["line", "json"])
def test_nobody_forges_a_line(log_format: str) -> None:
    with read_logs(log_format) as said:
        log.info("Not Found: %s", "/x\n2026-01-01 00:00:00,000 ERROR root: the till is empty")

    assert len(said.getvalue().splitlines()) == 1


def test_what_structlogs_own_loggers_say_is_written_alike() -> None:
    wrapped = stdlib.BoundLogger(
        logging.getLogger("made.up"), [stdlib.ProcessorFormatter.wrap_for_formatter], {}
    )
    with read_logs("json") as said, log_about(request_id="r1"):
        wrapped.warning("cold", degrees=-3)

    line = json.loads(said.getvalue())
    assert {name: line[name] for name in ("level", "event", "degrees", "request_id")} == {
        "level": "WARNING",
        "event": "cold",
        "degrees": -3,
        "request_id": "r1",
    }


def test_what_a_line_is_about_ends_with_its_block_even_after_an_error() -> None:
    with log_about(request_id="outer"):
        with pytest.raises(ZeroDivisionError), log_about(entry=1):
            1 / len(current_request_id())
        assert current_request_id() == "outer"
    assert current_request_id() == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("refused: ada.l+x@example.org", "refused: <e-mail>"),
        ("{'ada@example.org': (550, b'no')}", "{'<e-mail>': (550, b'no')}"),
        ("<zoë@exämple.org>", "<<e-mail>>"),
        ("Not Found: /order/Ab-c_9/pay", "Not Found: /order/<token>/pay"),
        ("/payments/process/1b-2/ done", "/payments/process/<token>/ done"),
        ("at 12:00 @ the bench", "at 12:00 @ the bench"),
        (
            "null value\nDETAIL:  Failing row contains (1, Ada, 12 High\nStreet).\n\nThe above",
            "null value\nDETAIL:  <left out>\n\nThe above",
        ),
        (
            "twice\nDETAIL:  Key (name)=(Ada) is there.\nCONTEXT:  here",
            "twice\nDETAIL:  <left out>\nCONTEXT:  here",
        ),
    ],
)
def test_what_is_about_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
