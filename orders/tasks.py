"""Celery tasks: each calls one function, the outbox with the key of each entry."""

from celery import shared_task
from django.utils import timezone

from orders.outbox import process_outbox
from orders.pulse import show_life


@shared_task
def process_outbox_entries(*entry_ids: int) -> None:
    for entry_id in entry_ids:
        process_outbox(entry_id)


@shared_task
def answer_pulse() -> None:
    show_life("worker", now=timezone.now())
