"""Slot orders: independent parts, candidates, and that no answer depends on the order inside the diagram."""

from itertools import pairwise, permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.automata import Automata
from configurator.mixing.compiling import compile_diagram, compile_space
from configurator.mixing.diffing import lost_mixes, shared_count
from configurator.mixing.model import Mix, Model, Nogood
from configurator.mixing.ordering import candidate_orders, drawn_together, fewest_open, independent_parts
from configurator.mixing.space import Space
from tests.configurator.mixing.brute_force import Masks, all_mixes, complete_questions, models, questions
from tests.length import long_or_short


def space_in(order: tuple[int, ...], model: Model) -> Space:
    return Space(model, compile_diagram(Automata(model), order=order))


@given(model=models(most_slots=4))
@settings(max_examples=long_or_short(1000, 50))
def test_the_count_is_the_same_under_every_slot_order(model: Model) -> None:
    count = len(all_mixes(model))

    for order in permutations(range(len(model.sizes))):
        space = space_in(order, model)

        assert space.count() == count
        assert all(sum(row) == count for row in space.counts())


@given(question=questions(), data=st.data())
@settings(max_examples=long_or_short(1500, 75))
def test_no_answer_depends_on_the_order(
    question: tuple[Model, dict[int, int], Masks | None], data: st.DataObject
) -> None:
    model, chosen, allowed = question
    order = tuple(data.draw(st.permutations(range(len(model.sizes))), label="order"))
    scores = [data.draw(st.tuples(*[st.integers(-2, 2)] * size), label="scores") for size in model.sizes]

    one, other = compile_space(model), space_in(order, model)

    assert other.options(chosen, allowed) == one.options(chosen, allowed)
    assert other.count(chosen, allowed) == one.count(chosen, allowed)
    assert other.counts(chosen, allowed) == one.counts(chosen, allowed)
    assert other.best(scores, chosen, allowed) == one.best(scores, chosen, allowed)
    assert list(other.mixes(chosen, allowed)) == list(one.mixes(chosen, allowed))
    drawn = other.sample(Random(1), chosen, allowed)
    assert (drawn is None) is (one.count(chosen, allowed) == 0)
    if drawn is not None:
        assert drawn in set(one.mixes(chosen, allowed))


@given(question=complete_questions(), data=st.data())
@settings(max_examples=long_or_short(1000, 50))
def test_repairs_do_not_depend_on_the_order(
    question: tuple[Model, Mix, Masks | None], data: st.DataObject
) -> None:
    model, mix, allowed = question
    order = tuple(data.draw(st.permutations(range(len(model.sizes))), label="order"))
    hold = data.draw(st.sets(st.sampled_from(range(len(model.sizes)))), label="hold")

    found = space_in(order, model).repairs(mix, allowed=allowed, hold=hold, limit=4)

    assert found == compile_space(model).repairs(mix, allowed=allowed, hold=hold, limit=4)


@given(a=models(most_slots=3), b=models(most_slots=3), data=st.data())
@settings(max_examples=long_or_short(1000, 50))
def test_spaces_of_different_orders_are_compared(a: Model, b: Model, data: st.DataObject) -> None:
    if a.sizes != b.sizes:
        b = Model(a.sizes)
    order = tuple(data.draw(st.permutations(range(len(a.sizes))), label="order"))
    maps = [[(option, option) for option in range(size)] for size in a.sizes]
    others = set(all_mixes(b))

    one, other = space_in(order, a), compile_space(b)

    assert list(lost_mixes(one, other, maps)) == [mix for mix in all_mixes(a) if mix not in others]
    assert shared_count(one, other, maps) == len(others & set(all_mixes(a)))


def test_slots_that_no_rule_connects_are_independent() -> None:
    assert independent_parts(6, [(4, 0), (2, 5), (5, 2), (3,)]) == ((0, 4), (1,), (2, 5), (3,))
    assert independent_parts(3, [(0, 1), (1, 2)]) == ((0, 1, 2),)


def test_the_orders_keep_the_slots_of_a_rule_close() -> None:
    """A chain of eight slots whose neighbours in the rules lie far apart in staff's order."""
    chain = (0, 4, 1, 5, 2, 6, 3, 7)
    scopes = list(pairwise(chain))
    slots = tuple(range(8))

    assert fewest_open(slots, scopes)[:6] == chain[:6]
    assert drawn_together(slots, scopes) in (chain, chain[::-1])
    assert slots in candidate_orders(slots, scopes)


@given(model=models().filter(lambda model: bool(model.sizes)))
@settings(deadline=None)
def test_every_candidate_holds_each_slot_once(model: Model) -> None:
    slots = tuple(range(len(model.sizes)))
    scopes = [nogood.scope for nogood in model.nogoods]

    orders = list(candidate_orders(slots, scopes))

    assert all(sorted(order) == list(slots) for order in orders)
    assert len(orders) == len(set(orders))


def test_many_independent_slots_cost_a_node_each() -> None:
    """Pairs of slots far apart: staff's order alone would carry 2^10 states across the middle."""
    nogoods = tuple(Nogood(((i, 0b01), (i + 10, 0b10)), f"pair {i}") for i in range(10))

    space = compile_space(Model((2,) * 20, nogoods), node_budget=100)

    assert space.count() == 3**10
    assert space.nodes == 31
