"""Records of many rows at once: of what a migration or a file found there, and of what an import writes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps

from configurator.history import TRACKED, current_change

BATCH = 500  # rows in a statement


def record_rows(kind: type[Any], rows: list[Any], *, is_new: bool) -> None:
    """Write a record of each row as it is now, for rows that were written past `save`.

    Call it inside `one_change`, when what refers to several rows is written, too.
    """
    moment = current_change()
    if moment is None:
        raise LookupError("Records are written inside `one_change`.")
    manager: Any = kind.history
    manager.bulk_history_create(
        rows,
        batch_size=BATCH,
        update=not is_new,
        default_user=moment.by,
        default_change_reason=moment.why or None,
        default_date=moment.at,
    )
    mine = manager.filter(id__in=[row.pk for row in rows], history_date=moment.at)
    record_of = dict(mine.values_list("id", "history_id"))
    for each in kind._meta.many_to_many:
        _record_choices(_choices_model(apps.get_model, kind.__name__, each), each, record_of)


def begin_records(get_model: Callable[[str, str], type[Any]], *, at: datetime, why: str) -> None:
    """Write how each tracked row is that has no record yet, in bulk; with the models of a migration, too."""
    for kind in TRACKED:
        name = kind.__name__
        try:
            model, record = get_model("configurator", name), get_model("configurator", f"Historical{name}")
        except LookupError:  # a migration that is older than this one
            continue
        rows = list(model.objects.exclude(pk__in=record.objects.values("id")))
        kept = [each.attname for each in model._meta.concrete_fields if each.name != "reserved_ml"]
        record.objects.bulk_create(
            (
                record(
                    **{each: getattr(row, each) for each in kept},
                    history_date=at,
                    history_type="+",
                    history_change_reason=why[:100],
                )
                for row in rows
            ),
            batch_size=BATCH,
        )
        pks = [row.pk for row in rows]
        first = record.objects.filter(id__in=pks, history_type="+")
        for each in model._meta.many_to_many:
            choice = _choices_model(get_model, name, each)
            _record_choices(choice, each, dict(first.values_list("id", "history_id")))


def _choices_model(get_model: Callable[[str, str], type[Any]], name: str, each: Any) -> type[Any]:
    return get_model("configurator", f"Historical{name}_{each.name}")


def _record_choices(choice: type[Any], each: Any, record_of: Mapping[Any, Any]) -> None:
    """What rows refer to by a field of several, into their records (row -> record)."""
    mine, other = each.m2m_field_name(), each.m2m_reverse_field_name()
    links = each.remote_field.through.objects.filter(**{f"{mine}_id__in": list(record_of)})
    choice.objects.bulk_create(
        (
            choice(
                id=link.pk,
                history_id=record_of[getattr(link, f"{mine}_id")],
                **{f"{mine}_id": getattr(link, f"{mine}_id"), f"{other}_id": getattr(link, f"{other}_id")},
            )
            for link in links
        ),
        batch_size=BATCH,
    )
