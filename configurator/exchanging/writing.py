"""Writing many rows at once, each with one record of its history, in as many statements as there are tables.

Saving rows one after the other costs some twenty statements for each, most of them for its records; and while an import
writes, nobody else can write on SQLite.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from configurator.records import BATCH, record_rows


@dataclass(frozen=True, slots=True)
class Pending:
    """A row that is checked and not written. `values` are its new ones, by field.

    `choices` are the rows that it refers to by fields of several, where these are others than before.
    """

    row: Any
    is_new: bool
    values: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def write_rows(model: type[Any], pending: Iterable[Pending]) -> None:
    """Write them, of one model, with a record of each. Call it inside a transaction and `history.one_change`.

    The rows that are there must be held, and what new ones are told apart by must be free: both were checked before.
    """
    pending = list(pending)
    new = [each.row for each in pending if each.is_new]
    changed = [each.row for each in pending if not each.is_new]
    model.objects.bulk_create(new, batch_size=BATCH)
    for each in pending:
        if not each.is_new and each.values:
            model.objects.filter(pk=each.row.pk).update(**each.values)
    for several in model._meta.many_to_many:
        _choose(several, [each for each in pending if several.name in each.choices])
    record_rows(model, new, is_new=True)
    record_rows(model, changed, is_new=False)


def _choose(several: Any, pending: list[Pending]) -> None:
    """Have each row refer to its choices by this field, and to nothing else."""
    through = several.remote_field.through
    mine, other = several.m2m_field_name(), several.m2m_reverse_field_name()
    there = [each.row.pk for each in pending if not each.is_new]
    through.objects.filter(**{f"{mine}_id__in": there}).delete()
    links = [
        through(**{f"{mine}_id": each.row.pk, f"{other}_id": chosen.pk})
        for each in pending
        for chosen in each.choices[several.name]
    ]
    through.objects.bulk_create(links, batch_size=BATCH)
