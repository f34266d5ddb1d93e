"""The past changes of a row in words, read in a number of queries that does not grow with them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from configurator.history import PARTS, TRACKED, fields_of

Row = models.Model
Kind = type[Any]

MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Change:
    """What one change did to a row, in words; `others` is what it did to other rows, and goes back with it.

    `is_first`: it only says how things were when records began, so there is no way back, and `others` is left empty.
    """

    at: datetime
    by: str
    why: str
    lines: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    is_first: bool = False

    @property
    def does_something(self) -> bool:
        return bool(self.lines or self.others)


@dataclass(frozen=True, slots=True)
class _Step:
    """What a change did to one row: its records before and after, None where it was not there."""

    kind: Kind
    at: datetime
    before: Any
    after: Any

    @property
    def pk(self) -> Any:
        return (self.after or self.before).id


def changes_of(row: Row) -> list[Change]:
    """The MOST_CHANGES newest changes of a row and of what belongs to it, newest first."""
    own = list(_own(type(row), [row.pk]))
    moments: set[datetime] = set()
    for _kind, records in own:
        newest = records.order_by("-history_date", "-history_id")
        moments |= set(newest.values_list("history_date", flat=True)[: MOST_CHANGES * 4])
    newest_moments = sorted(moments, reverse=True)[:MOST_CHANGES]
    records_at: dict[datetime, list[tuple[Kind, Any]]] = defaultdict(list)
    for kind, records in own:
        found = records.filter(history_date__in=newest_moments).select_related("history_user")
        for record in found.order_by("history_id"):
            records_at[record.history_date].append((kind, record))
    changes = {at: _begin_change(at, [record for _, record in records_at[at]]) for at in newest_moments}
    _fill(changes, records_at)
    return list(changes.values())


def _own(kind: Kind, ids: Any) -> Iterator[tuple[Kind, Any]]:
    """(kind, its records) of these rows and of all that belongs to them."""
    yield kind, kind.history.filter(id__in=ids)
    for part, name in PARTS.get(kind, {}).items():
        yield from _own(part, part.history.filter(**{f"{name}_id__in": ids}).values("id"))


def _begin_change(at: datetime, records: list[Any]) -> Change:
    users = (record.history_user.get_username() for record in records if record.history_user)
    whys = (record.history_change_reason for record in records if record.history_change_reason)
    is_first = all(record.history_type == "+" and record.history_user is None for record in records)
    return Change(at, next(users, _("the shop itself")), next(whys, ""), is_first=is_first)


def _fill(changes: Mapping[datetime, Change], own: Mapping[datetime, list[tuple[Kind, Any]]]) -> None:
    """Add the lines; of a first moment, which is one for a whole catalogue, only those of the row itself."""
    touched = {(at, kind, record.id) for at, found in own.items() for kind, record in found}
    whole = [at for at, change in changes.items() if not change.is_first]
    firsts = [pair for at, change in changes.items() if change.is_first for pair in own[at]]
    steps = []
    for kind in TRACKED:
        records = [record for each, record in firsts if each is kind]
        records += kind.history.filter(history_date__in=whole).order_by("history_id")
        steps += _steps(kind, records)
    words = _Words(steps)
    for step in steps:
        change = changes[step.at]
        lines = change.lines if (step.at, step.kind, step.pk) in touched else change.others
        lines += words.of(step)


def _steps(kind: Kind, records: list[Any]) -> list[_Step]:
    last = {(record.history_date, record.id): record for record in records}
    if not last:
        return []
    newest = max(at for at, _pk in last)
    earlier: dict[Any, list[Any]] = defaultdict(list)
    known = kind.history.filter(id__in={pk for _at, pk in last}, history_date__lt=newest)
    for record in known.order_by("history_date", "history_id"):
        earlier[record.id].append(record)
    steps = []
    for (at, pk), record in last.items():
        place = bisect_left(earlier[pk], at, key=lambda each: each.history_date)
        before = earlier[pk][place - 1] if place else None
        steps.append(_Step(kind, at, before=_there(before), after=_there(record)))
    return [step for step in steps if step.before is not None or step.after is not None]


def _there(record: Any) -> Any:
    return None if record is None or record.history_type == "-" else record


class _Words:
    """Steps in words. What their rows refer to is read once for all of them."""

    def __init__(self, steps: list[_Step]) -> None:
        by_kind: dict[Kind, list[Any]] = defaultdict(list)
        for step in steps:
            by_kind[step.kind] += [each for each in (step.before, step.after) if each is not None]
        self._chosen = {
            (kind, each.name): _choices(kind, each, records)
            for kind, records in by_kind.items()
            for each in kind._meta.many_to_many
        }
        wanted: dict[Kind, set[Any]] = defaultdict(set)
        for kind, records in by_kind.items():
            for each in fields_of(kind):
                if each.many_to_many:
                    wanted[each.related_model] |= {
                        pk for pks in self._chosen[kind, each.name].values() for pk in pks
                    }
                elif each.is_relation:
                    wanted[each.related_model] |= {getattr(record, each.attname) for record in records}
        self._rows = {kind: _find_rows(kind, pks - {None}) for kind, pks in wanted.items()}

    def of(self, step: _Step) -> list[str]:
        kind, before, after = step.kind, step.before, step.after
        what = {"kind": str(kind._meta.verbose_name), "name": self._name(kind, after or before)}
        if after is None:
            return [_("%(kind)s %(name)s: removed") % what]
        if before is None:
            return [_("%(kind)s %(name)s: added") % what]
        lines = []
        for each in fields_of(kind):
            old, new = self._shown(kind, before, each), self._shown(kind, after, each)
            if old != new:
                values = {"field": str(each.verbose_name), "old": old or "-", "new": new or "-"}
                lines.append(_("%(kind)s %(name)s: %(field)s: %(old)s → %(new)s") % {**what, **values})
        return lines

    def _name(self, kind: Kind, record: Any) -> str:
        row = _as_row(kind, record)
        for each in kind._meta.fields:
            if each.is_relation and (found := self._rows[each.related_model].get(getattr(row, each.attname))):
                setattr(row, each.name, found)
        try:
            return str(row)
        except models.ObjectDoesNotExist:  # what its name is made of is gone
            return f"{record.id}"

    def _shown(self, kind: Kind, record: Any, each: Any) -> str:
        if each.many_to_many:
            rows = self._rows[each.related_model]
            pks = self._chosen[kind, each.name].get(record.history_id, [])
            return ", ".join(sorted(str(rows.get(pk, pk)) for pk in pks))
        value = getattr(record, each.attname)
        if value is None or value == "":
            return ""
        if each.is_relation:
            return str(self._rows[each.related_model].get(value, value))
        if each.choices:
            return str(dict(each.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _as_row(kind: Kind, record: Any) -> Any:
    """The row that a record is of, without asking for the fields that records leave out."""
    names = [each.attname for each in kind._meta.concrete_fields]
    return kind(**{name: getattr(record, name) for name in names if hasattr(record, name)})


def _choices(kind: Kind, each: Any, records: list[Any]) -> dict[Any, list[Any]]:
    """What each record refers to by a field of several, by its number."""
    links = getattr(kind.history.model, each.name).model.objects  # the table of links that records have
    found: dict[Any, list[Any]] = defaultdict(list)
    numbers = {record.history_id for record in records}
    other = f"{each.m2m_reverse_field_name()}_id"
    for number, pk in links.filter(history_id__in=numbers).values_list("history_id", other):
        found[number].append(pk)
    return found


def _find_rows(kind: Kind, pks: set[Any]) -> dict[Any, Any]:
    """Rows by key; those that are gone as their last record says they were."""
    rows = {row.pk: row for row in kind.objects.select_related().filter(pk__in=pks)}
    if kind in TRACKED and (gone := pks - set(rows)):
        for record in kind.history.filter(id__in=gone).order_by("history_date", "history_id"):
            rows[record.id] = _as_row(kind, record)
    return rows
