"""Telling Celery about outbox entries once their transaction has committed: quickly or not at all.

Nothing depends on the message: the relay finds what was never sent. So a Redis that is down, or that hangs, costs a
checkout a fraction of a second, is logged and counted.
"""

import logging
from functools import lru_cache

from celery import Task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu import Connection
from kombu.pools import producers

from configurator import tallying
from orders.models import DailyCount, OutboxEntry
from orders.tasks import process_outbox_entries

logger = logging.getLogger(__name__)


def send_after_commit(*entries: OutboxEntry) -> None:
    """Send the ids of those entries that are still to be done, in one message, when the running transaction commits.

    The worker does them one after another: what others wait for comes first.
    """
    entry_ids = [entry.pk for entry in entries if entry.state == OutboxEntry.State.PENDING]
    if entry_ids:
        transaction.on_commit(lambda: send(*entry_ids))


def send(*entry_ids: int) -> bool:
    """Publish the ids of entries; whether the broker took them."""
    return publish(process_outbox_entries, *entry_ids)


def publish(task: Task[..., None], *arguments: int) -> bool:
    """Have the worker do a task; False, logged and counted, when the broker does not take it in half a second."""
    try:
        with producers[_connection()].acquire(
            block=True, timeout=settings.PUBLISH_TIMEOUT_SECONDS
        ) as producer:
            task.apply_async(arguments, producer=producer, retry=False)
    except Exception as error:  # noqa: BLE001  # whatever a broker client may raise, what it is about stands
        logger.warning("%s%s not sent, the relay will see to it: %s", task.__name__, arguments, error)
        tallying.tally.count_later(DailyCount.UNSENT, day=timezone.localdate())
        return False
    return True


@lru_cache
def _connection() -> Connection:
    timeout = settings.PUBLISH_TIMEOUT_SECONDS
    options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    return Connection(settings.CELERY_BROKER_URL, connect_timeout=timeout, transport_options=options)
