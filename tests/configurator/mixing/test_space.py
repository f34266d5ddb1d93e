"""Every question to the space, judged by brute force on random models and by known counts on published ones."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.compiling import compile_space
from configurator.mixing.model import Limit, Mix, Model, Nogood, Table
from tests.configurator.mixing.brute_force import Masks, all_mixes, holding, models, questions
from tests.configurator.mixing.instances import known_count, load_dimacs, published_space, tea_model
from tests.length import long_or_short

Question = tuple[Model, dict[int, int], Masks | None]


@given(question=questions())
@settings(max_examples=long_or_short(1000, 50))
def test_options_are_exactly_those_with_which_something_makeable_remains(question: Question) -> None:
    model, chosen, allowed = question
    makeable = all_mixes(model, allowed)

    found = compile_space(model).options(chosen, allowed)

    assert found == tuple(
        sum(1 << option for option in {mix[slot] for mix in holding(makeable, chosen, free=slot)})
        for slot in range(len(model.sizes))
    )


@given(question=questions())
@settings(max_examples=long_or_short(1000, 50))
def test_count_is_the_number_of_makeable_mixes_that_hold_the_choices(question: Question) -> None:
    model, chosen, allowed = question

    found = compile_space(model).count(chosen, allowed)

    assert found == len(holding(all_mixes(model, allowed), chosen))


@given(question=questions())
@settings(max_examples=long_or_short(1000, 50))
def test_counts_are_the_makeable_mixes_per_option_keeping_the_choices_of_the_other_slots(
    question: Question,
) -> None:
    model, chosen, allowed = question
    makeable = all_mixes(model, allowed)

    found = compile_space(model).counts(chosen, allowed)

    for slot, size in enumerate(model.sizes):
        times = Counter(mix[slot] for mix in holding(makeable, chosen, free=slot))
        assert found[slot] == tuple(times[option] for option in range(size))
    assert len(found) == len(model.sizes)


@given(question=questions(), data=st.data())
@settings(max_examples=long_or_short(1000, 50))
def test_best_is_the_highest_score_and_among_equals_the_first_mix(
    question: Question, data: st.DataObject
) -> None:
    model, chosen, allowed = question
    scores = [
        data.draw(st.lists(st.integers(-2, 2), min_size=size, max_size=size), label="scores")
        for size in model.sizes
    ]
    scored = [
        (sum(row[option] for row, option in zip(scores, mix, strict=True)), mix)
        for mix in holding(all_mixes(model, allowed), chosen)
    ]

    found = compile_space(model).best(scores, chosen, allowed)

    assert found == min(scored, key=lambda pair: (-pair[0], pair[1]), default=None)


@given(question=questions())
@settings(max_examples=long_or_short(1000, 50))
def test_mixes_come_complete_and_in_lexicographic_order(question: Question) -> None:
    model, chosen, allowed = question

    found = list(compile_space(model).mixes(chosen, allowed))

    assert found == holding(all_mixes(model, allowed), chosen)


class _Rigged(Random):
    """Draws a rank that the test sets, to see every one once."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.rank = rank
        self.stops: list[int] = []

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        assert stop is None
        assert step == 1
        self.stops.append(start)
        return self.rank


@given(question=questions(most_slots=4))
@settings(deadline=None)
def test_each_makeable_mix_is_drawn_by_exactly_one_equally_likely_rank(question: Question) -> None:
    model, chosen, allowed = question
    makeable = holding(all_mixes(model, allowed), chosen)
    space = compile_space(model)

    rigs = [_Rigged(rank) for rank in range(len(makeable))]
    drawn = [space.sample(rig, chosen, allowed) for rig in rigs]

    assert sorted(mix for mix in drawn if mix is not None) == makeable
    assert all(rig.stops == [len(makeable)] for rig in rigs)
    if not makeable:
        assert space.sample(Random(1), chosen, allowed) is None


def test_a_draw_can_be_repeated_and_draws_spread_evenly() -> None:
    space = compile_space(tea_model())

    first, again = ([space.sample(Random(seed)) for seed in range(50)] for _ in range(2))
    rng = Random(20)
    times = Counter(space.sample(rng) for _ in range(14_100))

    assert first == again
    assert len(times) == 141
    chi_square = sum((seen - 100) ** 2 / 100 for seen in times.values())
    assert chi_square < 200  # 140 degrees of freedom: about one seed in 1,500 is above


@given(model=models())
@settings(deadline=None)
def test_a_diagram_has_no_dead_and_no_equal_nodes(model: Model) -> None:
    space = compile_space(model)

    below_root = set(space.diagram.root)
    for layer in space.diagram.layers:
        assert set(layer.nodes) == below_root
        assert all(layer.arcs)
        assert len({frozenset(arcs) for arcs in layer.arcs}) == len(layer.nodes)
        assert all(len({child for _, child in arcs}) == len(arcs) for arcs in layer.arcs)
        below_root = {child for arcs in layer.arcs for _, child in arcs}
    assert space.arcs == sum(len(arcs) for layer in space.diagram.layers for arcs in layer.arcs)


def test_the_tea_has_141_mixes() -> None:
    space = compile_space(tea_model())

    assert space.count() == 141
    assert space.sizes == (4, 8, 8)
    assert (space.nodes, space.arcs) == (18, 34)
    assert [sum(counts) for counts in space.counts()] == [141, 141, 141]


def test_an_empty_space_is_legal_and_answers_no_to_everything() -> None:
    never = (Nogood(((0, 0b11),), "never"),)
    space = compile_space(Model((2, 3), never))

    assert space.count() == 0
    assert space.options() == (0, 0)
    assert space.counts() == ((0, 0), (0, 0, 0))
    assert space.best([[1, 2], [3, 4, 5]]) is None
    assert space.sample(Random(1)) is None
    assert list(space.mixes()) == []
    assert space.repairs((0, 0)) == ()
    assert (space.nodes, space.arcs) == (0, 0)


@pytest.mark.parametrize(
    "model",
    [
        Model((2, 2), nogoods=(Nogood((), "nothing goes"),)),
        Model((2, 2), limits=(Limit((), 1, 2, "nothing goes"),)),
        Model((2, 2), tables=(Table((0,), frozenset(), "nothing goes"),)),
        Model((2, 2), tables=(Table((), frozenset(), "nothing goes"),)),
        Model((2, 0)),
    ],
)
def test_a_contradiction_or_a_slot_without_options_leaves_nothing(model: Model) -> None:
    assert compile_space(model).count() == 0


def test_a_single_slot_offers_what_its_rule_leaves() -> None:
    space = compile_space(Model((3,), (Nogood(((0, 0b010),), "not the middle one"),)))

    assert space.options() == (0b101,)
    assert space.options({0: 1}) == (0b101,)
    assert list(space.mixes()) == [(0,), (2,)]


def test_slots_with_one_option_keep_it_open() -> None:
    space = compile_space(Model((1, 2, 1), (Nogood(((0, 1), (1, 0b01)), "pair"),)))

    assert space.options({0: 0, 2: 0}) == (1, 0b10, 1)
    assert list(space.mixes()) == [(0, 1, 0)]


def test_a_model_without_slots_has_the_one_empty_mix() -> None:
    space = compile_space(Model(()))

    assert space.count() == 1
    assert list(space.mixes()) == [()]
    assert space.best([]) == (0, ())
    assert space.repairs(()) == ((),)


def _ask_all(model: Model, chosen: dict[int, int], allowed: tuple[int, ...] | None) -> None:
    space = compile_space(model)
    for ask in (space.options, space.count, space.counts, space.mixes):
        with pytest.raises(ValueError, match="option"):
            ask(chosen, allowed)
    with pytest.raises(ValueError, match="option"):
        space.sample(Random(1), chosen, allowed)
    with pytest.raises(ValueError, match="option"):
        space.best([[0] * size for size in model.sizes], chosen, allowed)


@pytest.mark.parametrize("chosen", [{0: 2}, {0: -1}, {2: 0}, {-1: 0}])
def test_a_choice_that_does_not_exist_is_refused(chosen: dict[int, int]) -> None:
    _ask_all(Model((2, 2)), chosen, None)


@pytest.mark.parametrize("allowed", [(1,), (1, 1, 1), (4, 1), (-1, 1)])
def test_masks_that_do_not_fit_are_refused(allowed: tuple[int, ...]) -> None:
    _ask_all(Model((2, 2)), {}, allowed)


def test_scores_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="Scores"):
        compile_space(Model((2, 2))).best([[1, 2], [3]])


@pytest.mark.parametrize(
    ("name", "mixes"),
    [
        ("syn_tea_4x8x8", 141),
        ("syn_local_20x12", 455_729_463_634_421_610_970),
        ("syn_local_20x12_lim3", 11_960_162_443_127_537_496),
        ("pc_clib", 2_729_160),
        ("renault_clib", 2_835_456_006_272),
        ("syn_local_60x12", None),  # in its own file
    ],
)
def test_a_published_problem_has_its_known_count(name: str, mixes: int | None) -> None:
    space = published_space(name)

    assert space.count() == (known_count(name) if mixes is None else mixes)
    if name == "syn_tea_4x8x8":
        assert list(space.mixes()) == list(compile_space(tea_model()).mixes())


@pytest.mark.parametrize(
    ("name", "mixes"),
    [
        ("fm_database_berkeleydb_Hierons2020", 32),
        ("fm_e_commerce_e_shop_Lau2006", 247_496_437_923_840),
        ("fm_navigation_routefinding_Mendonca2009", 1_777_705_574_400),
    ],
)
def test_a_published_feature_model_has_its_known_count(name: str, mixes: int) -> None:
    assert compile_space(load_dimacs(name)).count() == mixes


def test_answers_about_a_large_space_agree_with_one_another() -> None:
    space = published_space("syn_local_20x12")
    rng = Random(4)

    for _ in range(5):
        mix: Mix = space.sample(rng) or ()
        chosen = {slot: mix[slot] for slot in rng.sample(range(20), 8)}
        counts = space.counts(chosen)

        assert space.model.admits(mix)
        assert space.count(dict(enumerate(mix))) == 1
        assert space.options(chosen) == tuple(
            sum(1 << option for option, times in enumerate(row) if times) for row in counts
        )
        for slot in range(20):
            held = counts[slot][mix[slot]] if slot in chosen else sum(counts[slot])
            assert held == space.count(chosen)
