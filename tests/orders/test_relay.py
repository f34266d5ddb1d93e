"""`manage.py relay --once`: one round of all that the relay does, and no harm when run again or without a database."""

import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from configurator.versions import newest_version
from orders.claiming import claim_jobs
from orders.management.commands import relay
from orders.models import Job, Order, OutboxEntry
from tests.configurator.plans import DAY, make_plan
from tests.orders.make import make_client, make_hand_off, make_job, make_order
from tests.orders.stored import reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue", "signals_kept")

LONG_AGO, HOUR = timedelta(days=2), timedelta(hours=1)


@pytest.fixture
def signals_kept() -> Iterator[None]:
    """The command sets handlers of its own for the process that it thinks is its own."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def run_once() -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("relay", "--once", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_one_round_hands_off_what_is_late_and_expires_what_nobody_paid() -> None:
    now = timezone.now()
    late = make_hand_off(now=now - timedelta(seconds=5)).order
    fresh = make_hand_off(now=now + timedelta(seconds=30)).order
    unpaid = make_order(now=now - LONG_AGO)

    out, err = run_once()

    assert (late.jobs.get().state, fresh.jobs.get().state) == (Job.State.READY, Job.State.PENDING)
    assert Order.objects.get(pk=unpaid.pk).state == Order.State.CANCELLED
    assert reserved() == {"mend": 20, "quench": 10, "warm-hearth": 470}
    assert out.splitlines() == ["relay: running", "relay: did 1 outbox entries that Celery had not"]
    assert err == ""


def test_a_second_round_changes_nothing() -> None:
    now = timezone.now()
    make_order(paid=True, now=now - LONG_AGO)
    make_order(now=now - LONG_AGO)
    run_once()
    before = stored_rows()

    assert run_once() == ("relay: running\n", "")

    assert stored_rows() == before


def test_one_round_says_that_the_database_does_not_answer_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    make_order(paid=True, now=timezone.now() - LONG_AGO)
    before = stored_rows()

    def fail(*, now: object) -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(relay, "relay_outbox", fail)

    with pytest.raises(CommandError, match="the database did not answer: gone"):
        run_once()

    assert stored_rows() == before


def run_loop(work: Callable[[], object], *, seconds: float = 0) -> tuple[relay.Loop, str]:
    """A loop that has ended by itself, or that was stopped by its work; and what was said on standard error."""
    err = StringIO()
    loop = relay.Loop(relay.Command(stderr=err), work, seconds=seconds, stop=threading.Event())
    loop.start()
    loop.join(30)
    assert not loop.is_alive()
    return loop, err.getvalue()


def test_a_loop_outlives_a_database_that_comes_and_goes() -> None:
    rounds: list[int] = []

    def work() -> None:
        rounds.append(1)
        if len(rounds) < 3:
            raise OperationalError("gone")
        threading.current_thread().stop.set()  # type: ignore[attr-defined]  # it is the loop

    loop, said = run_loop(work)

    assert (len(rounds), loop.error) == (3, None)
    assert said.count("relay: the database did not answer, trying again: gone") == 2


def test_a_loop_goes_on_at_once_while_there_is_more_to_do() -> None:
    rounds: list[int] = []

    def work() -> bool:
        rounds.append(1)
        if len(rounds) == 5:
            threading.current_thread().stop.set()  # type: ignore[attr-defined]  # it is the loop
        return True

    run_loop(work, seconds=3600)

    assert len(rounds) == 5


def test_any_other_error_stops_the_whole_relay_so_that_it_is_started_again() -> None:
    def work() -> None:
        raise ValueError("a bug")

    loop, said = run_loop(work)

    assert isinstance(loop.error, ValueError)
    assert loop.stop.is_set()
    assert said == ""


def test_the_relay_ends_with_the_error_of_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "relay_hand_offs", lambda *, now: 0)
    monkeypatch.setattr(relay, "do_periodic_work", lambda *, now: None)
    monkeypatch.setattr(relay, "do_each", lambda _works, *, now: None)

    def fail(*, now: object) -> int:
        raise ValueError("a bug")

    monkeypatch.setattr(relay, "relay_errands", fail)

    with pytest.raises(ValueError, match="a bug"):
        call_command("relay", stdout=StringIO())


def test_a_poisoned_order_does_not_stop_the_round() -> None:
    now = timezone.now() - timedelta(minutes=1)
    poisoned, sound = make_hand_off(now=now).order, make_hand_off(now=now).order
    poisoned.lines.update(mix={"base": "quiet-linen", "main": "gleam", "second": "mend"})

    run_once()

    assert (poisoned.jobs.get().state, sound.jobs.get().state) == (Job.State.PENDING, Job.State.READY)
    entry = OutboxEntry.objects.get(order=poisoned)
    assert (entry.state, entry.attempts) == (OutboxEntry.State.PENDING, 1)
    assert entry.error.startswith("NotReadyError: ")


def test_a_lease_that_ran_out_is_taken_back() -> None:
    job = make_job()
    claim_jobs(make_client().row, worker="Ada", max_jobs=1, lease_seconds=60, now=timezone.now() - HOUR)

    run_once()

    job.refresh_from_db()
    assert (job.state, job.lease_token) == (Job.State.READY, None)


def test_what_is_planned_goes_on_sale_when_its_time_has_come() -> None:
    due = make_plan(now=timezone.now() - 2 * DAY)
    run_once()

    due.refresh_from_db()
    assert due.version == newest_version("shampoo")
    assert due.version.number == 2
