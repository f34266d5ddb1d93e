"""Lists in and out: an import is a dry run with a row diff first, an export runs in no spreadsheet (A7)."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from configurator.exchanging.exporting import export_list
from configurator.exchanging.importing import preview_import
from configurator.exchanging.lists import COMPONENTS, COMPOSITIONS, RULES, STOCK, ListKind
from configurator.exchanging.table import decode
from configurator.models import Component, CompositionPart, Rule
from staff.models import AuditEntry
from tests.configurator.drafts import make_component, make_rule

pytestmark = pytest.mark.usefixtures("catalogue")

ALL = [COMPONENTS, COMPOSITIONS, STOCK, RULES]
each_list = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.slug)


def page_of(kind: ListKind, verb: str = "import") -> str:
    return f"/admin/configurator/{'rule' if kind is RULES else 'component'}/lists/{kind.slug}/{verb}/"


def choose(browser: Client, kind: ListKind, content: str | bytes, *, why: str = "A new supplier") -> Any:
    """Choose a file; what comes back shows what would change."""
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("list.csv", raw)
    return browser.post(page_of(kind), {"file": file, "change_reason": why})


def confirm(browser: Client, kind: ListKind, shown: Any, *, why: str = "A new supplier") -> Any:
    """Press the button of the page that has shown it."""
    html = shown.content.decode()
    hidden = {name: re.findall(f'name="{name}" value="([^"]+)"', html)[0] for name in ("kept", "shown")}
    return browser.post(page_of(kind), {**hidden, "change_reason": why})


def read(page: Any) -> str:
    """The words of a page."""
    text = re.sub(r"<[^>]+>", " ", page.content.decode().partition('id="content"')[2])
    return re.sub(r"\s+", " ", text).replace("&quot;", '"').replace("&#x27;", "'")


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def count_records() -> int:
    """How much history there is."""
    kinds: list[Any] = [Component, CompositionPart, Rule]
    return sum(kind.history.count() for kind in kinds)


def state() -> list[Any]:
    """All that lists are about, with how much history there is."""
    return [
        list(Component.objects.order_by("pk").values()),
        list(CompositionPart.objects.order_by("pk").values()),
        list(Rule.objects.order_by("pk").values()),
        count_records(),
    ]


@each_list
def test_what_was_taken_out_changes_nothing_when_it_comes_back(kind: ListKind) -> None:
    make_component("odd", name="=1+1", tagline='\'quoted; and, "so"', surcharge=5)
    make_component("tab", name="\t=1+1", tagline="+1|2", shares={"1,2-Hexanediol": 40, "A|B": 60})
    make_rule("sum", kind="cap", substances=["A|B", "1,2-Hexanediol"], max_percent=5)
    make_rule("odd", left=["gleam"], right=["mend"], reason="@home", left_slots=["main"])

    preview = preview_import(kind, decode(export_list(kind)))

    assert {line.outcome.value for line in preview.lines} == {"unchanged"}
    assert not preview.changed


@each_list
def test_no_cell_of_a_file_is_run_by_a_spreadsheet(owners_browser: Client, kind: ListKind) -> None:
    for number, start in enumerate("=+-@\t\r"):
        make_component(f"odd-{number}", name=f"{start}cmd|'/c calc'!A0", shares={f"{start}Aqua": 100})
        make_rule(f"odd-{number}", left=["gleam"], right=["mend"], reason=f"{start}cmd")

    answer = owners_browser.get(page_of(kind, "export"))

    found = [cell for row in cells(answer.content) for cell in row]
    assert [cell for cell in found if cell.startswith(tuple("=+-@\t\r"))] == []
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.EXPORTED)
    assert (entry.who, entry.about) == ("olive", kind.slug)


def test_a_dry_run_shows_each_row_and_changes_nothing(owners_browser: Client) -> None:
    before = state()

    shown = choose(
        owners_browser,
        COMPONENTS,
        "component,family,name,surcharge\nmend,super-shots,Mend,250\ngleam,super-shots,Gleam,0\n"
        "glow,super-shots,Glow,100\n",
    )

    said = read(shown)
    assert shown.status_code == 200
    assert "Nothing is changed yet. This is what would change:" in said
    assert "1 new" in said
    assert "2 changed mend surcharge : " in said
    assert "→ 250" in said
    assert "4 new glow component : glow family : super-shots name : Glow surcharge : 100" in said
    assert state() == before


def test_what_was_shown_is_brought_in_with_the_reason(owners_browser: Client) -> None:
    text = "component,family,name,surcharge,flags\nmend,super-shots,Mend,250,\nglow,super-shots,Glow,1,nuts | wheat\n"
    shown = choose(owners_browser, COMPONENTS, text)

    done = confirm(owners_browser, COMPONENTS, shown)

    assert done.status_code == 302
    mend, glow = Component.objects.get(slug="mend"), Component.objects.get(slug="glow")
    assert (mend.surcharge, glow.name) == (250, "Glow")
    assert sorted(flag.slug for flag in glow.flags.all()) == ["nuts", "wheat"]
    records: Any = mend.history
    record = records.first()
    assert record is not None
    assert (record.history_user.username, record.history_change_reason) == ("olive", "A new supplier")
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.IMPORTED)
    assert (entry.who, entry.about) == ("olive", "components")
    assert "A new supplier" in entry.note


def test_rows_that_changed_meanwhile_are_shown_anew_and_not_overwritten(owners_browser: Client) -> None:
    shown = choose(owners_browser, STOCK, "component,stock ml\nmend,500\n")
    Component.objects.filter(slug="mend").update(stock_ml=77)

    refused = confirm(owners_browser, STOCK, shown)

    assert refused.status_code == 409
    assert "somebody has changed these rows since they were shown" in read(refused)
    assert "77 → 500" in read(refused)
    assert Component.objects.get(slug="mend").stock_ml == 77
    assert confirm(owners_browser, STOCK, refused).status_code == 302
    assert Component.objects.get(slug="mend").stock_ml == 500


def test_a_file_that_was_tampered_with_between_the_steps_is_asked_for_again(owners_browser: Client) -> None:
    before = state()
    choose(owners_browser, STOCK, "component,stock ml\nmend,500\n")

    answer = owners_browser.post(page_of(STOCK), {"kept": "forged:text", "shown": "x"})

    assert "Choose a file." in read(answer)
    assert state() == before


def test_stock_is_counted_without_a_history_and_leaves_what_is_reserved(owners_browser: Client) -> None:
    Component.objects.filter(slug="mend").update(stock_ml=10, reserved_ml=4)
    records = count_records()
    shown = choose(
        owners_browser, STOCK, "component;stock ml\nmend;12,5\ngleam;\n".encode("utf-8-sig"), why=""
    )

    assert confirm(owners_browser, STOCK, shown, why="").status_code == 302

    mend = Component.objects.get(slug="mend")
    assert (str(mend.stock_ml), str(mend.reserved_ml)) == ("12.500", "4.000")
    assert Component.objects.get(slug="gleam").stock_ml is None
    assert count_records() == records


def test_a_composition_of_the_file_takes_the_place_of_the_old_one(owners_browser: Client) -> None:
    make_component("glow", shares={"Aqua": 90, "Menthol": 10})
    text = "component,substance,percent\nglow,Aqua,95.5\nglow,Lactic Acid,4.5\n"
    shown = choose(owners_browser, COMPOSITIONS, text)
    assert "- removed glow Menthol percent : 10 → -" in read(shown)

    confirm(owners_browser, COMPOSITIONS, shown)

    parts = Component.objects.get(slug="glow").composition.all()
    assert {part.substance.name: str(part.percent) for part in parts} == {
        "Aqua": "95.5000",
        "Lactic Acid": "4.5000",
    }


def test_a_rule_comes_in_with_its_components_and_slots(owners_browser: Client) -> None:
    text = (
        "recipe,rule,kind,force,reason,left,left only in,right\n"
        "shampoo,law,never-together,hard,Because,gleam | mend,second,quench\n"
    )

    confirm(owners_browser, RULES, choose(owners_browser, RULES, text))

    rule = Rule.objects.get(slug="law")
    assert sorted(part.slug for part in rule.left.all()) == ["gleam", "mend"]
    assert [slot.slug for slot in rule.left_slots.all()] == ["second"]
    assert rule.is_active


def test_the_last_record_of_a_rule_knows_what_it_speaks_of(owners_browser: Client) -> None:
    rule = make_rule("law", left=["gleam"], right=["mend"])
    text = "recipe,rule,left\nshampoo,law,quench\n"

    confirm(owners_browser, RULES, choose(owners_browser, RULES, text))

    history = owners_browser.get(f"/admin/configurator/rule/{rule.pk}/history/").content.decode()
    assert "Gleam → Quench" in history
    assert "A new supplier" in history
