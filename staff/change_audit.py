"""Noting every change that is made through the admin: one entry of the audit for each that Django writes down itself.

Django's own `LogEntry` goes with its user and can be edited in SQL; the entry made of it here cannot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Group, User
from django.db.models.signals import post_save
from django.http import HttpRequest
from django.utils.translation import gettext as _

from staff.audit import Kind, record

_request: ContextVar[HttpRequest | None] = ContextVar("changing", default=None)
_why: ContextVar[str] = ContextVar("giving_reason", default="")


@contextmanager
def changing(request: HttpRequest, *, why: str) -> Iterator[None]:
    """What is changed inside is noted with where the request came from, and with this reason."""
    token = _request.set(request)
    try:
        with giving_reason(why):
            yield
    finally:
        _request.reset(token)


@contextmanager
def giving_reason(why: str) -> Iterator[None]:
    """What is changed inside is noted with this reason, in the words of who changes it."""
    token = _why.set(why)
    try:
        yield
    finally:
        _why.reset(token)


def listen() -> None:
    """Note every change that the admin writes down, of whatever row. Rows written in bulk say nothing: see `site`."""
    post_save.connect(_note_change, sender=LogEntry)


def _note_change(*, instance: Any, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    kind = instance.content_type
    # `staff.admin` says of people which roles they had before.
    is_of_people = kind is not None and kind.model_class() in (User, Group)
    is_noted_by_itself = is_of_people and instance.action_flag != DELETION
    if not created or raw or is_noted_by_itself:
        return
    about = instance.object_repr if kind is None else f"{kind.name}: {instance.object_repr}"
    said = _("Deleted.") if instance.action_flag == DELETION else str(instance.get_change_message())
    why = _why.get()
    note = said if not why or why in said else f"{said.removesuffix('.')}. {_('Why: %(why)s') % {'why': why}}"
    record(Kind.CHANGED, who=instance.user.get_username(), about=about, note=note, request=_request.get())
