"""A long import: all rows are checked before the first is written, and many are written as quickly as one."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from configurator.exchanging.importing import NotAsShownError, import_list, preview_import
from configurator.exchanging.lists import COMPONENTS, COMPOSITIONS, RULES, ListKind
from configurator.history import take_back
from configurator.models import Component, CompositionPart, Rule
from configurator.past_changes import changes_of
from tests.configurator.drafts import make_component, make_rule

pytestmark = pytest.mark.usefixtures("catalogue")

HEADING = "component,family,name,flags\n"
WRITES = ("INSERT", "UPDATE", "DELETE")


def bring_in(kind: ListKind, text: str, *, shown: str = "") -> list[str]:
    """Bring a list in as it was shown; the statements that wrote something."""
    by, _made = User.objects.get_or_create(username="olive")
    shown = shown or preview_import(kind, text).fingerprint
    with CaptureQueriesContext(connection) as queries:
        import_list(kind, text, shown=shown, by=by, why="A new supplier", now=timezone.now())
    return [query["sql"] for query in queries if query["sql"].startswith(WRITES)]


def new_rows(prefix: str, count: int) -> str:
    return "".join(f"{prefix}-{n},super-shots,New {n},nuts | wheat\n" for n in range(count))


def test_many_new_rows_take_as_many_statements_as_one() -> None:
    one = bring_in(COMPONENTS, HEADING + new_rows("one", 1))
    many = bring_in(COMPONENTS, HEADING + new_rows("many", 30))

    assert len(many) == len(one)
    assert Component.objects.filter(slug__startswith="many", flags__slug="nuts").count() == 30


def test_a_row_has_one_record_with_what_it_refers_to() -> None:
    bring_in(COMPONENTS, HEADING + new_rows("new", 2))

    for component in Component.objects.filter(slug__startswith="new"):
        records: Any = component.history
        record = records.get()
        assert (record.history_type, record.history_user.username) == ("+", "olive")
        assert record.history_change_reason == "A new supplier"
        assert sorted(record.flags.values_list("flag__slug", flat=True)) == ["nuts", "wheat"]


def test_what_was_brought_in_is_taken_back_as_one_change() -> None:
    mend = Component.objects.get(slug="mend")
    before = set(mend.flags.all()), mend.name
    bring_in(COMPONENTS, f"{HEADING}mend,super-shots,Mended,nuts\n{new_rows('new', 1)}")
    mend.refresh_from_db()
    assert ({flag.slug for flag in mend.flags.all()}, mend.name) == ({"nuts"}, "Mended")

    change = changes_of(mend)[0]
    take_back(change.at, by=User.objects.get(), why="Wrong file", now=timezone.now())

    mend.refresh_from_db()
    assert (set(mend.flags.all()), mend.name) == before
    assert not Component.objects.filter(slug="new-0").exists()


def test_a_record_of_a_change_keeps_what_was_not_in_the_file() -> None:
    make_rule("law", left=["gleam"], right=["mend"], reason="Because")

    bring_in(RULES, "recipe,rule,kind,reason\nshampoo,law,never-together,Another reason\n")

    rules: Any = Rule.history
    record = rules.filter(slug="law").first()
    assert (record.history_type, record.reason) == ("~", "Another reason")
    assert list(record.left.values_list("component__slug", flat=True)) == ["gleam"]


def test_nothing_is_written_before_all_is_as_it_was_shown() -> None:
    text = HEADING + new_rows("new", 3)
    shown = preview_import(COMPONENTS, text).fingerprint
    make_component("new-2")
    before = Component.objects.count()

    with CaptureQueriesContext(connection) as queries, pytest.raises(NotAsShownError):
        import_list(
            COMPONENTS, text, shown=shown, by=User.objects.create(username="o"), why="x", now=timezone.now()
        )

    assert Component.objects.count() == before
    assert not [query for query in queries if query["sql"].startswith('INSERT INTO "configurator_component')]


def test_a_look_at_what_would_change_writes_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        preview_import(COMPONENTS, HEADING + new_rows("new", 3))

    assert not [query["sql"] for query in queries if query["sql"].startswith(WRITES)]


def test_shares_that_a_file_leaves_out_go_with_a_record() -> None:
    make_component("glow", shares={"Aqua": 90, "Menthol": 10})

    bring_in(COMPOSITIONS, "component,substance,percent\nglow,Aqua,95.5\nglow,Lactic Acid,4.5\n")

    parts: Any = CompositionPart.history
    kinds = {
        record.substance.name: record.history_type for record in parts.filter(component__slug="glow")[:3]
    }
    assert kinds == {"Menthol": "-", "Aqua": "~", "Lactic Acid": "+"}
