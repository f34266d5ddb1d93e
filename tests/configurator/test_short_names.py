"""Short names that are made."""

from configurator.short_names import LONGEST, make_short_name


def test_words_are_joined_each_once_and_numbered_where_they_are_taken() -> None:
    assert make_short_name(["gleam", "mend", "gleam"], taken=[]) == "gleam-mend"
    assert make_short_name(["gleam", "mend"], taken=["gleam-mend", "gleam-mend-2"]) == "gleam-mend-3"


def test_a_long_name_leaves_room_for_its_number() -> None:
    name = make_short_name(["a" * 45, "b" * 45], taken=[])

    assert make_short_name(["a" * 45, "b" * 45], taken=[name]) == f"{'a' * 45}-2"
    assert len(name) <= LONGEST
