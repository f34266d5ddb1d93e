"""The picture of a space: tables of a small one, counts and a sample of a large one."""

from dataclasses import replace

from configurator.mixing.mixer import Mixer
from configurator.space_picture import MOST_CELLS, SAMPLED, draw_sheets, sketch
from tests.configurator.make import make_component, make_family, make_rule, make_slot, make_spec


def test_two_slots_are_one_table() -> None:
    rule = make_rule(left=("oak",), right=("mint",))
    advice = make_rule("chill", left=("elm",), right=("sage",), advice=True, reason="Cold")

    (sheet,) = draw_sheets(Mixer(make_spec(rules=(rule, advice))), numbers={"oak-mint": 1, "chill": 2})

    assert (sheet.title, sheet.down, sheet.across, sheet.columns) == (
        "Tea",
        "Base",
        "Shot",
        ("Mint", "Sage", "Rue"),
    )
    assert [(name, [cell.mark for cell in cells]) for name, cells in sheet.rows] == [
        ("Oak", ["✕ 1", "✓", "✓"]),
        ("Elm", ["✓", "! 2", "✓"]),
    ]
    assert sheet.rows[0][1][0].text == "Forbidden. They curdle."
    assert sheet.rows[1][1][1].text == "With advice. Cold."
    assert (sheet.makeable, sheet.total) == (5, 6)


def test_recipes_of_more_slots_or_mixes_have_no_tables() -> None:
    base = make_spec()
    many = tuple(make_component(f"part-{i}") for i in range(MOST_CELLS // 2))
    wide = replace(base, families=(base.families[0], make_family("shots", many)))
    one = replace(base, slots=base.slots[:1])
    four = replace(base, slots=(*base.slots, make_slot("third"), make_slot("fourth")))

    assert len(draw_sheets(Mixer(wide), numbers={})) == 1
    wider = replace(wide, families=(base.families[0], make_family("shots", (*many, make_component("last")))))
    for spec in (wider, one, four):
        assert draw_sheets(Mixer(spec), numbers={}) == ()


def test_a_sketch_counts_per_component_and_draws_the_same_mixes_again() -> None:
    rule = make_rule(left=("oak",), right=("mint", "sage", "rue"))
    mixer = Mixer(
        make_spec(rules=(rule,), slots=(make_slot(), make_slot("shot", family="shots", optional=True)))
    )

    drawn = sketch(mixer, seed="a")

    assert [[(held.name, held.mixes, held.is_open) for held in parts] for _slot, parts in drawn.slots] == [
        [("Oak", 1, True), ("Elm", 4, True)],
        [("Mint", 1, True), ("Sage", 1, True), ("Rue", 1, True), ("nothing", 2, True)],
    ]
    assert len(drawn.sample) == SAMPLED
    assert sketch(mixer, seed="a") == drawn
    assert sketch(mixer, seed="b") != drawn


def test_nothing_that_can_be_made_is_nothing_to_draw() -> None:
    rule = make_rule(left=("oak", "elm"), right=("mint", "sage", "rue"))

    drawn = sketch(Mixer(make_spec(rules=(rule,))), seed="a")

    assert drawn.sample == ()
    assert not any(held.is_open for _slot, parts in drawn.slots for held in parts)
