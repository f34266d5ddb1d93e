"""Slots in groups: the sections of a page, and which of them is open."""

import pytest

from configurator.mixing.spec import Spec
from configurator.sections import open_section, sections_of, usual_section
from configurator.wording import mix_name
from tests.configurator.make import make_component, make_family, make_slot, make_spec


def spec_of(*groups: str) -> Spec:
    slots = tuple(make_slot(f"slot-{i}", group=group) for i, group in enumerate(groups))
    return make_spec(slots=slots, families=(make_family(),))


def test_slots_without_groups_are_one_section_without_a_name() -> None:
    (section,) = sections_of(make_spec())

    assert (section.slug, section.name) == ("", "")
    assert section.slots == make_spec().slots


def test_sections_stand_where_their_group_first_appears() -> None:
    sections = sections_of(spec_of("Frame", "Wheels", "Frame"))

    assert [(s.slug, s.name, [slot.slug for slot in s.slots]) for s in sections] == [
        ("frame", "Frame", ["slot-0", "slot-2"]),
        ("wheels", "Wheels", ["slot-1"]),
    ]


def test_a_name_without_latin_letters_or_taken_twice_gives_a_number() -> None:
    assert [s.slug for s in sections_of(spec_of("Räder", "轮子", "Rader"))] == ["part-1", "part-2", "part-3"]


@pytest.mark.parametrize(
    ("mix", "asked", "found"),
    [
        ({}, "", "frame"),
        ({"slot-0": "oak"}, "", "wheels"),
        ({"slot-0": "oak", "slot-1": "oak"}, "", "frame"),
        ({"slot-0": "oak"}, "frame", "frame"),
        ({}, "engine", "frame"),
    ],
)
def test_the_section_asked_for_is_open_else_the_first_with_something_left(
    mix: dict[str, str], asked: str, found: str
) -> None:
    spec = spec_of("Frame", "Wheels")

    assert open_section(spec, mix, asked).slug == found
    if not asked:
        assert usual_section(spec, mix) == found


def test_of_many_components_the_name_of_a_mix_says_the_first_few() -> None:
    slots = tuple(make_slot(f"slot-{i}", family=f"family-{i}") for i in range(7))
    families = tuple(
        make_family(f"family-{i}", (make_component(f"part-{i}", name=f"Part {i}"),)) for i in range(7)
    )
    spec = make_spec(slots=slots, families=families)
    mix = {f"slot-{i}": f"part-{i}" for i in range(7)}

    assert mix_name(spec, mix) == "Part 0 with Part 1, Part 2, Part 3 and 3 more"
    del mix["slot-6"], mix["slot-5"]
    assert mix_name(spec, mix) == "Part 0 with Part 1, Part 2, Part 3 and Part 4"
