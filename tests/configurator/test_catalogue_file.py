"""Reading a catalogue file: every value knows its line and its path."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.catalogue_file import CatalogueError, FileProblem, Node, locate, read_file

TEXT = """{
  "name": "soap, {sort of}: \\"[1]\\"",
  "sizes": [
    {"slug": "s", "price": 100},
    {"slug": "m",
     "price": 12.50}
  ],

  "flags": ["nuts",
    "oat"], "empty": {}, "none": [],
  "deep": [[1, [2]],
    null]
}
"""


def told(node: Node) -> list[str]:
    return [str(problem) for problem in node.problems]


def test_every_value_of_a_file_has_the_line_that_it_starts_on() -> None:
    assert locate(TEXT, []) == {
        "": 1,
        "name": 2,
        "sizes": 3,
        "sizes[0]": 4,
        "sizes[0].slug": 4,
        "sizes[0].price": 4,
        "sizes[1]": 5,
        "sizes[1].slug": 5,
        "sizes[1].price": 6,
        "flags": 9,
        "flags[0]": 9,
        "flags[1]": 10,
        "empty": 10,
        "none": 10,
        "deep": 11,
        "deep[0]": 11,
        "deep[0][0]": 11,
        "deep[0][1]": 11,
        "deep[0][1][0]": 11,
        "deep[1]": 12,
    }


KEYS = st.text(st.characters(exclude_characters=".[", codec="utf-8"), min_size=1, max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(value=VALUES)
def test_every_value_of_any_json_is_found_where_it_stands(value: object) -> None:
    text = json.dumps(value, indent=0, ensure_ascii=False)
    lines = text.split("\n")

    twice: list[FileProblem] = []
    found = locate(text, twice)

    def walk(inner: object, path: str) -> int:
        head = json.dumps(inner, ensure_ascii=False)[0]
        assert head in lines[found[path] - 1]
        if isinstance(inner, dict):
            return 1 + sum(walk(each, f"{path}.{name}".lstrip(".")) for name, each in inner.items())
        if isinstance(inner, list):
            return 1 + sum(walk(each, f"{path}[{i}]") for i, each in enumerate(inner))
        return 1

    assert walk(value, "") == len(found)
    assert twice == []


def test_values_are_read_as_what_they_are() -> None:
    root = read_file('{"name": "Soap", "price": 1250, "dose": 2.50, "on": true, "flags": ["a", "b"]}')

    assert root.get("name").text() == "Soap"
    assert root.get("price").whole() == 1250
    assert root.get("dose").decimal() == Decimal("2.50")
    assert root.get("on").flag() is True
    assert [item.text() for item in root.get("flags").items()] == ["a", "b"]
    assert [name for name, _ in root.members()] == ["name", "price", "dose", "on", "flags"]
    assert root.problems == []


def test_what_is_missing_may_have_a_default() -> None:
    root = read_file("{}")

    assert root.get("name").text("Soap") == "Soap"
    assert root.get("price").whole(5) == 5
    assert root.get("dose").decimal() is None
    assert root.get("on").flag() is False
    assert root.get("flags").items() == []
    assert root.get("mix").members() == []
    assert root.problems == []


def test_values_of_another_kind_are_all_noted_and_reading_goes_on() -> None:
    root = read_file(
        """{"name": 5, "empty": "",
        "price": 12.5, "size": "250", "dose": "2.5", "on": 1,
        "flags": {"a": 1}, "mix": ["a"]}"""
    )

    assert root.get("name").text() == root.get("empty").text() == root.get("nothing").text() == ""
    assert root.get("price").whole() == root.get("size").whole() == root.get("nothing").whole() == 0
    assert root.get("dose").decimal() is None
    assert root.get("on").flag() is False
    assert root.get("flags").items() == []
    assert root.get("mix").members() == []
    assert told(root) == [
        "line 1, name: expected a text",
        "line 1, empty: expected a text",
        "line 1, nothing: is missing",
        "line 2, price: expected a whole number",
        "line 2, size: expected a whole number",
        "line 1, nothing: is missing",
        "line 2, dose: expected a number",
        "line 2, on: expected true or false",
        "line 3, flags: expected a list",
        "line 3, mix: expected an object",
    ]


def test_what_is_missing_stands_where_its_object_stands() -> None:
    root = read_file('{\n"sizes": [\n{"slug": "s"},\n{"slug": "m"}]}')

    root.get("sizes").items()[1].get("price").whole()

    assert told(root) == ["line 4, sizes[1].price: is missing"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, the file: not JSON: Expecting value"),
        ('{\n"name": "Soap",\n}', "line 3, the file: not JSON: "),
        ('\n\n{"a": 1} {', "line 3, the file: not JSON: Extra data"),
        ("[]", "line 1, the file: expected an object"),
        ("[" * 100_000, "line 1, the file: not JSON: it is nested too deeply"),
        ('{"a": 1,\n"b": {"c": 1,\n"c": 2}}', "line 3, b.c: stands there twice"),
        ('{"rules": [],\n"rules": []}', "line 2, rules: stands there twice"),
    ],
)
def test_a_file_that_is_no_json_object_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_file(text)

    assert str(caught.value).startswith(problem)


def test_the_error_tells_one_problem_a_line() -> None:
    error = CatalogueError([FileProblem(3, "name", "is missing"), FileProblem(9, "sizes[0]", "is odd")])

    assert str(error) == "line 3, name: is missing\nline 9, sizes[0]: is odd"
