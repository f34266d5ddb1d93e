"""Why an option is not open: judged by trying all sets of choices and of rules."""

from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.compiling import compile_space
from configurator.mixing.explaining import Conflict
from configurator.mixing.model import Limit, Model, Nogood, Table
from tests.configurator.mixing.brute_force import (
    Masks,
    all_mixes,
    choices,
    fewest,
    holding,
    keeps,
    masks,
    models,
    rules_of,
)
from tests.configurator.mixing.instances import tea_model
from tests.length import long_or_short


class Judge:
    """What some choices, some rules and the masks leave of an option, by trying all combinations."""

    def __init__(self, model: Model, slot: int, option: int, chosen: dict[int, int], allowed: Masks) -> None:
        self.model, self.slot, self.option, self.allowed = model, slot, option, allowed
        self.chosen = {other: choice for other, choice in chosen.items() if other != slot}
        self.combinations = [mix for mix in all_mixes(model, sources=()) if mix[slot] == option]

    def forbids(
        self, slots: tuple[int, ...], rules: list[Nogood | Limit | Table], *, restricted: bool
    ) -> bool:
        kept = {slot: self.chosen[slot] for slot in slots}
        return not any(
            all(keeps(mix, rule) for rule in rules)
            and (not restricted or all(mask & 1 << o for mask, o in zip(self.allowed, mix, strict=True)))
            for mix in holding(self.combinations, kept)
        )

    def fewest_beside(self, rules: list[Nogood | Limit | Table], *, restricted: bool) -> int | None:
        return fewest(sorted(self.chosen), lambda slots: self.forbids(slots, rules, restricted=restricted))

    def fewest_beside_one_rule(self) -> int | None:
        """Beside a single constraint, or the masks alone."""
        sizes = [self.fewest_beside([], restricted=True)]
        for rule in rules_of(self.model):
            sizes += [
                self.fewest_beside([rule], restricted=False),
                self.fewest_beside([rule], restricted=True),
            ]
        return min((size for size in sizes if size is not None), default=None)


@given(model=models(most_slots=4).filter(lambda model: bool(model.sizes)), data=st.data())
@settings(max_examples=long_or_short(3000, 150))
def test_a_conflict_has_the_fewest_choices_and_no_rule_that_can_be_spared(
    model: Model, data: st.DataObject
) -> None:
    slot = data.draw(st.sampled_from(range(len(model.sizes))), label="slot")
    option = data.draw(st.integers(0, model.sizes[slot] - 1), label="option")
    chosen, allowed = data.draw(choices(model), label="chosen"), data.draw(masks(model), label="allowed")
    judge = Judge(model, slot, option, chosen, allowed or model.full)
    rules = rules_of(model)

    conflict = compile_space(model).why_not(slot, option, chosen, allowed)

    if conflict is None:
        assert not judge.forbids(tuple(judge.chosen), rules, restricted=True)
        return
    named = rules_of(model, conflict.sources)
    assert judge.forbids(conflict.choices, named, restricted=conflict.restricted)
    single = judge.fewest_beside_one_rule()
    if single is None:
        assert len(conflict.choices) == judge.fewest_beside(rules, restricted=True)
        assert conflict.restricted is not judge.forbids(conflict.choices, rules, restricted=False)
    else:
        assert len(conflict.choices) == single
        assert len(conflict.sources) <= 1
    for spared in conflict.sources:
        fewer = rules_of(model, [source for source in conflict.sources if source != spared])
        assert not judge.forbids(conflict.choices, fewer, restricted=conflict.restricted)


def _pair(slot: int, option: int, other: int, choice: int, source: str) -> Nogood:
    return Nogood(((slot, 1 << option), (other, 1 << choice)), source)


def test_an_open_option_has_no_conflict() -> None:
    assert compile_space(tea_model()).why_not(1, 0, {0: 0, 2: 0}) is None


def test_one_rule_and_one_choice_explain_a_forbidden_pair() -> None:
    conflict = compile_space(tea_model()).why_not(1, 2, {0: 1, 2: 0})

    assert conflict == Conflict((0,), ("pair 0",), restricted=False)


def test_the_present_choice_of_the_asked_slot_takes_no_part() -> None:
    space = compile_space(Model((2, 2), (_pair(0, 0, 1, 0, "pair"),)))

    assert space.why_not(0, 1, {0: 0, 1: 0}) is None
    assert space.why_not(0, 0, {0: 1, 1: 0}) == Conflict((1,), ("pair",), restricted=False)


def test_a_limit_takes_the_heaviest_choices_only() -> None:
    weights = tuple((slot, (0, weight)) for slot, weight in enumerate((2, 5, 1, 4)))
    space = compile_space(Model((2, 2, 2, 2), limits=(Limit(weights, None, 6, "weight"),)))

    assert space.why_not(0, 1, {1: 1, 2: 1, 3: 0}) == Conflict((1,), ("weight",), restricted=False)


def test_a_gap_in_the_sums_of_a_limit_is_seen() -> None:
    space = compile_space(Model((2, 2), limits=(Limit(((0, (0, 3)), (1, (0, 5))), 4, 7, "weight"),)))

    assert space.why_not(0, 1) == Conflict((), ("weight",), restricted=False)


def test_the_rule_that_needs_fewer_choices_wins_over_an_earlier_one() -> None:
    triple = Nogood(((0, 1), (1, 1), (2, 1)), "triple")
    space = compile_space(Model((2, 2, 2), (triple, _pair(0, 0, 2, 0, "pair"))))

    assert space.why_not(0, 0, {1: 0, 2: 0}) == Conflict((2,), ("pair",), restricted=False)


def test_a_table_explains_by_the_choices_that_leave_no_row() -> None:
    table = Table((0, 1, 2), frozenset({(0, 0, 0), (1, 1, 0), (1, 1, 1)}), "models")
    space = compile_space(Model((2, 2, 2), tables=(table,)))

    assert space.why_not(0, 0, {1: 1, 2: 0}) == Conflict((1,), ("models",), restricted=False)


def test_rules_that_forbid_only_together_are_all_named_and_no_others() -> None:
    nogoods = (
        _pair(0, 1, 3, 1, "idle"),
        _pair(0, 0, 1, 0, "first"),
        _pair(1, 1, 2, 0, "second"),
        _pair(0, 1, 2, 1, "idle too"),
    )
    space = compile_space(Model((2, 2, 2, 2), nogoods))

    assert space.why_not(0, 0, {2: 0, 3: 0}) == Conflict((2,), ("first", "second"), restricted=False)


def test_one_rule_that_explains_alone_wins_over_two_that_need_fewer_choices() -> None:
    triple = Nogood(((0, 1), (2, 1), (3, 1)), "triple")
    space = compile_space(
        Model((2, 2, 2, 2), (triple, _pair(0, 0, 1, 0, "first"), _pair(1, 1, 2, 0, "second"))),
    )

    assert space.why_not(0, 0, {2: 0, 3: 0}) == Conflict((2, 3), ("triple",), restricted=False)
    assert space.why_not(0, 0, {2: 0, 3: 1}) == Conflict((2,), ("first", "second"), restricted=False)


def test_fewer_choices_are_found_where_leaving_out_one_by_one_would_keep_more() -> None:
    """Option 0 of slot 0 asks for 1 in slot 1; that clashes with slots 2 and 3 together, or with slot 4 alone."""
    nogoods = (
        _pair(0, 0, 1, 0, "asks"),
        Nogood(((1, 0b10), (2, 1), (3, 1)), "both"),
        _pair(1, 1, 4, 0, "alone"),
    )
    space = compile_space(Model((2, 2, 2, 2, 2), nogoods))

    assert space.why_not(0, 0, {2: 0, 3: 0, 4: 0}) == Conflict((4,), ("asks", "alone"), restricted=False)


def test_rules_that_suffice_without_the_avoid_list_are_named_without_it() -> None:
    """The avoid list would spare the rule that leads from slot 1 to slot 2."""
    nogoods = (_pair(0, 0, 1, 0, "first"), _pair(1, 1, 2, 0, "second"), _pair(1, 2, 2, 0, "third"))
    space = compile_space(Model((2, 3, 2), nogoods))

    conflict = space.why_not(0, 0, {2: 0}, (0b11, 0b011, 0b11))

    assert conflict == Conflict((2,), ("first", "second", "third"), restricted=False)


def test_an_avoided_option_is_explained_by_the_restriction_alone() -> None:
    space = compile_space(tea_model())

    assert space.why_not(1, 2, {0: 1}, (0b1111, 0xFF & ~0b100, 0xFF)) == Conflict((), (), restricted=True)


def test_a_rule_that_bites_only_on_what_the_avoid_list_leaves_is_named_as_restricted() -> None:
    space = compile_space(Model((2, 2), (_pair(0, 0, 1, 0, "pair"),)))

    assert space.why_not(0, 0, {}, (0b11, 0b01)) == Conflict((), ("pair",), restricted=True)
    assert space.why_not(0, 0, {1: 1}, (0b11, 0b01)) == Conflict((), ("pair",), restricted=True)


def test_a_choice_that_is_no_longer_allowed_is_named_without_rules() -> None:
    space = compile_space(Model((2, 2)))

    assert space.why_not(0, 0, {1: 1}, (0b11, 0b01)) == Conflict((1,), (), restricted=True)
