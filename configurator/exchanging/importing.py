"""Bringing a list in: first what it would do, then exactly that, or nothing at all."""

from datetime import datetime
from typing import Any

import tablib
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from import_export.results import RowResult

from configurator.exchanging.lists import ListKind
from configurator.exchanging.preview import Line, Outcome, Preview, Problem
from configurator.exchanging.resource import ListResource
from configurator.exchanging.table import Table, read_table
from configurator.history import one_change

OUTCOMES = {
    RowResult.IMPORT_TYPE_NEW: Outcome.NEW,
    RowResult.IMPORT_TYPE_UPDATE: Outcome.CHANGED,
    RowResult.IMPORT_TYPE_SKIP: Outcome.UNCHANGED,
    RowResult.IMPORT_TYPE_INVALID: Outcome.REFUSED,
}


class NotAsShownError(Exception):
    """Rows have changed since they were shown, so nothing was done; `preview` says what it would do now."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__("not as shown")


def preview_import(kind: ListKind, text: str) -> Preview:
    """What bringing this file in would do; nothing is written. Raises UnreadableFileError."""
    table = read_table(text, known=kind.columns, needed=kind.needed)
    preview, _resource = _check(kind, table, is_real=False)
    return preview


def import_list(kind: ListKind, text: str, *, shown: str, by: User, why: str, now: datetime) -> Preview:
    """Do what a preview with the fingerprint `shown` said, as one change of the history.

    All or nothing, in one transaction that holds the rows of the list; all of them are checked before the first is
    written. Raises UnreadableFileError, and NotAsShownError where it would do something else by now or where a row is
    refused; then nothing was changed.
    """
    table = read_table(text, known=kind.columns, needed=kind.needed)
    with transaction.atomic(), one_change(at=now, by=by, why=why):
        preview, resource = _check(kind, table, is_real=True)
        if preview.fingerprint != shown or not preview.may_be_done:
            raise NotAsShownError(preview)
        resource.write()
        return preview


def _check(kind: ListKind, table: Table, *, is_real: bool) -> tuple[Preview, ListResource]:
    """What the file would do, and the list that can do it; a real one holds its rows."""
    resource = kind.resource(
        numbers=table.numbers, has_decimal_comma=table.has_decimal_comma, is_real=is_real
    )
    dataset = tablib.Dataset(*table.rows, headers=list(table.columns))
    # "Real" to the library, which would take back what a dry run holds; only `write` writes.
    result = resource.import_data(dataset, dry_run=False, use_transactions=False)
    for unexpected in (*result.base_errors, *(error for row in result.error_rows for error in row.errors)):
        raise unexpected.error
    names = [_name(kind, table, row) for row in table.rows]
    columns = {field.attribute: field.column_name for field in resource.get_import_fields()}
    lines = [
        _line(number, name, found, columns)
        for number, name, found in zip(table.numbers, names, result.rows, strict=True)
    ]
    return Preview(kind.slug, tuple(lines + resource.more_lines)), resource


def _name(kind: ListKind, table: Table, row: tuple[str, ...]) -> str:
    return " ".join(row[table.columns.index(column)] for column in kind.key)


def _line(number: int, name: str, found: Any, columns: dict[str, str]) -> Line:
    outcome = OUTCOMES[found.import_type]
    if outcome is Outcome.REFUSED:
        return Line(number, name, outcome, problems=tuple(_problems(found.validation_error, columns)))
    changes = () if outcome is Outcome.UNCHANGED else tuple(found.diff)
    return Line(number, name, outcome, changes=changes)


def _problems(error: ValidationError, columns: dict[str, str]) -> list[Problem]:
    """In words of the file: of a column, or of the row where it is about several."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    return [
        Problem(columns.get(attribute, ""), says)
        for attribute, messages in by_field.items()
        for says in messages
    ]
