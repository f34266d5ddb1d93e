"""What an import refuses, by row and column, and who is refused: nothing is brought in by halves."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from configurator.exchanging.importing import NotAsShownError, import_list, preview_import
from configurator.exchanging.lists import COMPONENTS, COMPOSITIONS, RULES, STOCK, ListKind
from configurator.exchanging.preview import MOST_CHANGES
from configurator.exchanging.table import MOST_BYTES, MOST_ROWS
from configurator.models import Component
from staff.roles import CARE, FORMULATOR, MIXOLOGIST
from tests.configurator.admin.test_exchanging import choose, confirm, each_list, page_of, read, state
from tests.configurator.drafts import make_component
from tests.staff.people import sign_in_as

pytestmark = pytest.mark.usefixtures("catalogue")

SUMS = "substances, or a number that components carry"
RULE = "recipe,rule,kind,reason,left,right,at most percent\nshampoo,law,"


def problems(kind: ListKind, text: str) -> list[tuple[int | None, str, str]]:
    """(row, column, what is said) of all that is refused."""
    return [
        (line.number, problem.column, problem.says)
        for line in preview_import(kind, text).lines
        for problem in line.problems
    ]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (
            COMPONENTS,
            "component,surcharge\nmend,2.50\n",
            [(2, "surcharge", "Write a whole number, without a point or comma.")],
        ),
        (
            COMPONENTS,
            "component,family,name\n\nmend,shots,Mend\n",
            [(3, "family", "There is no family “shots”. Mend the spelling, or add it in the admin first.")],
        ),
        (
            COMPONENTS,
            "component,name\nMend,Mend\n",
            [
                (2, "family", "This field cannot be null."),
                (2, "component", "Use small letters, digits and single hyphens."),
            ],
        ),
        (COMPONENTS, "component,offered\nmend,perhaps\n", [(2, "offered", "Write yes or no.")]),
        (COMPONENTS, "component,name\nmend,\n", [(2, "name", "This field is required.")]),
        (
            COMPONENTS,
            "component,surcharge\nmend,1\nmend,2\n",
            [(3, "", "Row 2 is about the same. Leave one of them out.")],
        ),
        (
            STOCK,
            "component,stock ml\nmend,-1\ngleam,NaN\nmedn,5\n",
            [
                (2, "stock ml", "Ensure this value is greater than or equal to 0."),
                (3, "stock ml", "Enter a number."),
                (
                    4,
                    "component",
                    "There is no component “medn”. Mend the spelling, or add it in the admin first.",
                ),
            ],
        ),
        (
            STOCK,
            'component,stock ml\nmend,"1,500"\n',
            [(2, "stock ml", "Write the number with one point and no comma, as in 12.5.")],
        ),
        (
            COMPOSITIONS,
            "component,substance,percent\nmend,Aqua,90\nmend,Menthol,9.5\n",
            [
                (
                    3,
                    "percent",
                    "The composition adds up to 99.5 %. Change a share by +0.5 % to make it 100 %.",
                )
            ],
        ),
        (
            RULES,
            f"{RULE}cap,Because,,,5\n",
            [
                (2, "", "This rule has no limit."),
                (2, "", f"This rule does not say what to sum up: {SUMS}."),
                (2, "", "This rule does not use “At most, % w/w”; empty this."),
            ],
        ),
        (
            RULES,
            "recipe,rule,left only in\nshampoo,gleam-mend,lid\n",
            [(2, "left only in", "The recipe “shampoo” has no slot “lid”. Mend the spelling.")],
        ),
    ],
)
def test_a_refused_row_is_named_with_its_column(
    kind: ListKind, text: str, said: list[tuple[int, str, str]]
) -> None:
    before = state()

    assert problems(kind, text) == said

    assert state() == before


def test_one_refused_row_keeps_all_others_out(owners_browser: Client) -> None:
    before = state()

    shown = choose(owners_browser, COMPONENTS, "component,surcharge\nmend,7\ngleam,many\n")

    assert "Nothing is brought in while a row is refused" in read(shown)
    assert "3 refused gleam surcharge : Enter a whole number." in read(shown)
    assert 'name="kept"' not in shown.content.decode()
    assert state() == before


def test_what_is_refused_is_not_brought_in_past_the_page_either(owner: User) -> None:
    text = "component,surcharge\nmend,7\ngleam,many\n"
    before, shown = state(), preview_import(COMPONENTS, text).fingerprint

    with pytest.raises(NotAsShownError):
        import_list(COMPONENTS, text, shown=shown, by=owner, why="x", now=timezone.now())

    assert state() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty. Choose another one."),
        (b"PK\x03\x04rest", "This is a file of a spreadsheet program. Save it there as “CSV UTF-8”"),
        ("component,stock ml\nmend,5 µl\n".encode("latin-1"), "This file is not written in UTF-8."),
        (b"component,stock ml\nm\0end,5\n", "This file is not a text."),
        (
            b"name,stock\nmend,5\n",
            "It says “stock”; this list knows: component, name, stock ml, reserved ml.",
        ),
        (b"component,name\nmend,5\n", "this list needs: component, stock ml."),
        (b"component,stock ml\n", "has a heading and no row below it."),
        (b'component,stock ml\n"mend,5\n', "a quotation mark is opened and not closed"),
        (b"component,stock ml\nmend,1,5\n", "Row 2 has 3 cells, and the heading has 2."),
        (b"component,stock ml\n" + b"mend,5\n" * (MOST_ROWS + 1), f"{MOST_ROWS} at most are taken at once"),
        (b"component,stock ml\n" + b" " * MOST_BYTES, "This file is larger than 500 kB."),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    owners_browser: Client, content: bytes, said: str
) -> None:
    before = state()

    shown = choose(owners_browser, STOCK, content)

    assert said in read(shown)
    assert state() == before


def test_too_many_changes_at_once_are_not_begun(owners_browser: Client) -> None:
    for number in range(MOST_CHANGES + 1):
        make_component(f"c-{number}", shares={})
    text = "component,stock ml\n" + "".join(f"c-{number},5\n" for number in range(MOST_CHANGES + 1))

    shown = choose(owners_browser, STOCK, text)

    assert "this file changes 501 rows, and at most 500 are changed at once" in read(shown)
    assert 'name="kept"' not in shown.content.decode()


@pytest.mark.parametrize("kind", [COMPONENTS, COMPOSITIONS, RULES], ids=lambda kind: kind.slug)
def test_what_has_a_history_is_not_brought_in_without_a_reason(
    owners_browser: Client, kind: ListKind
) -> None:
    shown = choose(owners_browser, kind, ",".join(kind.needed) + "\nmend,7\n", why=" ")

    assert "Say in a few words why, so that others understand it later." in read(shown)
    assert 'name="kept"' not in shown.content.decode()


def test_a_reason_that_is_taken_out_of_the_second_step_is_asked_for_again(owners_browser: Client) -> None:
    shown = choose(owners_browser, COMPONENTS, "component,surcharge\nmend,7\n")

    again = confirm(owners_browser, COMPONENTS, shown, why="")

    assert "Say in a few words why" in read(again)
    assert Component.objects.get(slug="mend").surcharge != 7
    assert confirm(owners_browser, COMPONENTS, again).status_code == 302
    assert Component.objects.get(slug="mend").surcharge == 7


@each_list
def test_who_may_only_look_takes_lists_out_and_brings_none_in(kind: ListKind) -> None:
    care, before = sign_in_as(CARE), state()
    sees = kind in (COMPONENTS, STOCK)

    assert care.get(page_of(kind, "export")).status_code == (200 if sees else 403)
    assert care.get(page_of(kind)).status_code == 403
    assert choose(care, kind, ",".join(kind.needed) + "\nmend,7\n").status_code == 403

    assert state() == before


@each_list
def test_a_formulator_may_do_both_and_a_mixologist_neither(kind: ListKind) -> None:
    formulator, mixologist = sign_in_as(FORMULATOR), sign_in_as(MIXOLOGIST)

    for verb in ("export", "import"):
        assert formulator.get(page_of(kind, verb)).status_code == 200
        assert mixologist.get(page_of(kind, verb)).status_code == 403
