"""Reasons that are remembered: always true, always enough, none of their choices to spare."""

from collections.abc import Iterator
from itertools import product

from configurator.mixing.compiling import compile_space
from configurator.mixing.model import Limit, Mix, Model, Nogood
from configurator.mixing.reasons import Reasons
from configurator.mixing.space import Conflict, Space
from tests.configurator.mixing.brute_force import all_mixes

# Four slots of three options: a chain from slot 0 to slot 3, a limit over all, and a pair forbidden twice.
MODEL = Model(
    sizes=(3, 3, 3, 3),
    nogoods=(
        Nogood(((0, 0b001), (1, 0b011)), "chain"),
        Nogood(((1, 0b100), (2, 0b110)), "chain on"),
        Nogood(((2, 0b001), (3, 0b001)), "chain end"),
        Nogood(((1, 0b010), (3, 0b100)), "later"),
        Nogood(((1, 0b010), (3, 0b110)), "earlier"),
    ),
    limits=(Limit(tuple((slot, (0, 1, 3)) for slot in range(4)), None, 8, "load"),),
    order=("earlier", "chain", "chain on", "chain end", "later", "load"),
)


def refused(space: Space) -> Iterator[tuple[int, int, dict[int, int]]]:
    """Every option that is not open in every partial mix."""
    for picks in product(range(-1, 3), repeat=4):
        chosen = {slot: option for slot, option in enumerate(picks) if option >= 0}
        for slot, mask in enumerate(space.options(chosen)):
            for option in range(3):
                if not mask >> option & 1:
                    yield slot, option, {other: pick for other, pick in chosen.items() if other != slot}


def fits(mixes: list[Mix], wanted: dict[int, int]) -> bool:
    return any(all(mix[slot] == option for slot, option in wanted.items()) for mix in mixes)


def test_a_reason_s_choices_and_rules_leave_nothing_and_no_choice_can_be_spared() -> None:
    space = compile_space(MODEL)
    reasons = Reasons(space)
    makeable = all_mixes(MODEL)
    asked = 0
    for slot, option, chosen in refused(space):
        asked += 1
        conflict = reasons.conflict(slot, option, chosen, None)
        assert conflict is not None
        kept = {other: chosen[other] for other in conflict.choices}
        assert not fits(all_mixes(MODEL, sources=conflict.sources), {**kept, slot: option})
        for spared in kept:
            fewer = {other: pick for other, pick in kept.items() if other != spared}
            assert fits(makeable, {**fewer, slot: option})

    assert asked > 300


def test_what_was_asked_before_changes_no_answer() -> None:
    space = compile_space(MODEL)
    questions = list(refused(space))
    forwards, backwards = Reasons(space), Reasons(space)

    first = [forwards.conflict(*question, None) for question in questions]
    second = [backwards.conflict(*question, None) for question in reversed(questions)]

    assert first == second[::-1]


def test_the_earliest_rule_between_the_option_and_one_choice_is_named() -> None:
    reasons = Reasons(compile_space(MODEL))

    assert reasons.conflict(3, 2, {1: 1, 2: 1}, None) == Conflict((1,), ("earlier",), restricted=False)


def test_what_follows_from_one_choice_is_told_with_the_rules_it_takes() -> None:
    reasons = Reasons(compile_space(MODEL))

    conflict = reasons.conflict(3, 0, {0: 0, 2: 0}, None)
    chained = reasons.conflict(3, 0, {0: 0}, None)

    assert conflict == Conflict((2,), ("chain end",), restricted=False)
    assert chained is not None
    assert (chained.choices, set(chained.sources)) == ((0,), {"chain", "chain on", "chain end"})


def test_an_open_option_has_no_reason() -> None:
    assert Reasons(compile_space(MODEL)).conflict(0, 1, {}, None) is None


def test_an_avoid_list_is_asked_of_the_space_itself() -> None:
    space = compile_space(MODEL)

    conflict = Reasons(space).conflict(0, 0, {}, (0b111, 0b011, 0b111, 0b111))

    assert conflict == space.why_not(0, 0, {}, (0b111, 0b011, 0b111, 0b111))
    assert conflict is not None
    assert conflict.restricted


def test_what_the_rules_alone_refuse_is_told_the_same_whatever_else_is_left_out() -> None:
    space = compile_space(MODEL)
    reasons = Reasons(space)
    narrow = (0b111, 0b110, 0b101, 0b111)
    only_narrowed = 0
    for picks in product(range(-1, 3), repeat=4):
        chosen = {slot: option for slot, option in enumerate(picks) if option >= 0}
        by_rules, by_all = space.options(chosen), space.options(chosen, narrow)
        for slot, option in product(range(4), range(3)):
            if by_all[slot] >> option & 1:
                continue
            others = {other: pick for other, pick in chosen.items() if other != slot}
            conflict = reasons.conflict(slot, option, chosen, narrow)
            assert conflict is not None
            if by_rules[slot] >> option & 1:
                only_narrowed += 1
                assert conflict.restricted
            else:
                assert conflict == reasons.conflict(slot, option, others, None)

    assert only_narrowed > 100
