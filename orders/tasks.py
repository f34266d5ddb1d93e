"""Celery tasks: each loads a row by its key and calls one function."""

from celery import shared_task

from orders.outbox import process_outbox


@shared_task
def process_outbox_entries(*entry_ids: int) -> None:
    for entry_id in entry_ids:
        process_outbox(entry_id)
