"""The Celery task: it passes the key of the row on, and nothing else."""

import pytest

from orders import tasks
from orders.models import Job, OutboxEntry
from orders.tasks import process_outbox_entries
from tests.orders.make import make_hand_off
from tests.orders.stored import stored_rows


def test_the_task_calls_the_one_function_with_each_key_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    monkeypatch.setattr(tasks, "process_outbox", called.append)

    assert process_outbox_entries.apply((42, 41)).get() is None

    assert called == [42, 41]


@pytest.mark.usefixtures("catalogue")
def test_a_task_that_is_delivered_three_times_works_once() -> None:
    entry = make_hand_off()

    process_outbox_entries.apply((entry.pk,))
    done = stored_rows()
    for _ in range(2):
        process_outbox_entries.apply((entry.pk,))

    assert Job.objects.get().state == Job.State.READY
    assert OutboxEntry.objects.get().state == OutboxEntry.State.DONE
    assert stored_rows() == done


@pytest.mark.usefixtures("catalogue")
def test_a_task_that_fails_is_not_an_error_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_hand_off().order
    order.lines.update(mix={"base": "quiet-linen", "main": "gleam", "second": "mend"})

    result = process_outbox_entries.apply((order.outbox_entries.get().pk,))

    assert result.successful()
    assert order.outbox_entries.get().attempts == 1
