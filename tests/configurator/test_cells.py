"""Cells that no spreadsheet takes for a formula, and what they were before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.exchanging.cells import escape_cell, unescape_cell

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@SUM(1)", "|calc", "\t=1", "\r=1", "\n=1", " =1", "  |calc", "\uff1d1", "'=1"]
)
def test_what_would_be_run_gets_a_mark(text: str) -> None:
    assert escape_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Mend", "O'Brien", "1-2", " Mend", "a=b"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert escape_cell(text) == text
    assert unescape_cell(text) == text


@given(st.text(alphabet="'=|- \ta\uff1d"))
def test_what_was_written_is_read_back(text: str) -> None:
    assert unescape_cell(escape_cell(text)) == text
