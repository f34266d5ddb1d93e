"""Telling Celery about an outbox entry once its transaction has committed: quickly or not at all.

Nothing depends on the message: the relay finds what was never sent. So a Redis that is down, or that hangs, costs a
checkout a fraction of a second and is logged.
"""

import logging
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

from orders.models import OutboxEntry
from orders.tasks import process_outbox_entry

logger = logging.getLogger(__name__)


def send_after_commit(entry: OutboxEntry) -> None:
    """Send the entry's id to the worker when the running transaction commits."""
    transaction.on_commit(lambda: send(entry.pk))


def send(entry_id: int) -> bool:
    """Publish an entry's id; False, and a line in the log, when the broker does not take it in time."""
    try:
        with producers[_connection()].acquire(
            block=True, timeout=settings.PUBLISH_TIMEOUT_SECONDS
        ) as producer:
            process_outbox_entry.apply_async((entry_id,), producer=producer, retry=False)
    except Exception as error:  # noqa: BLE001  # whatever a broker client may raise, the order stands
        logger.warning("outbox entry %s not sent, the relay will take it: %s", entry_id, error)
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
