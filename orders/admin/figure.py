"""A figure on a page of the staff, and the list that it counts."""

from dataclasses import dataclass

from django.db.models import Model
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in words with the list that is behind it; `ways_on` are (text, address) of what to do about it."""

    name: str
    value: str
    address: str = ""
    hint: str = ""
    is_alarm: bool = False
    ways_on: tuple[tuple[str, str], ...] = ()


def list_of(model: type[Model], **query: object) -> str:
    """Where the admin lists these rows; empty for what it has no list of."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    try:
        return reverse(name, query={key: str(value) for key, value in query.items()})
    except NoReverseMatch:
        return ""
