"""Lint, judged by brute force."""

from hypothesis import given, settings

from configurator.mixing.compiling import compile_space
from configurator.mixing.linting import lint
from configurator.mixing.model import Limit, Model, Nogood, Table
from configurator.mixing.searching import Deadline
from tests.configurator.mixing.brute_force import all_mixes, models
from tests.length import long_or_short


@given(model=models())
@settings(max_examples=long_or_short(1500, 75))
def test_lint_finds_what_brute_force_finds(model: Model) -> None:
    makeable = all_mixes(model)

    found = lint(compile_space(model), deadline=Deadline())

    assert found.unsettled == ()
    if not makeable:
        assert found.contradiction is not None
        assert all_mixes(model, sources=found.contradiction) == []
        for spared in found.contradiction:
            assert all_mixes(model, sources=[source for source in found.contradiction if source != spared])
        return
    assert found.contradiction is None
    held = [{mix[slot] for mix in makeable} for slot in range(len(model.sizes))]
    sizes = model.sizes
    assert found.never == tuple(
        sum(1 << option for option in range(size) if option not in options)
        for size, options in zip(sizes, held, strict=True)
    )
    assert found.always == tuple(
        sum(1 << option for option in options) if len(options) == 1 < size else 0
        for size, options in zip(sizes, held, strict=True)
    )
    assert found.idle == tuple(
        source
        for source in model.sources
        if len(all_mixes(model, sources=[other for other in model.sources if other != source]))
        == len(makeable)
    )


def test_a_rule_that_another_one_covers_is_idle() -> None:
    model = Model(
        (3, 3),
        nogoods=(Nogood(((0, 0b1), (1, 0b11)), "wide"), Nogood(((0, 0b1), (1, 0b10)), "narrow")),
        limits=(Limit(((0, (0, 1, 2)), (1, (0, 1, 2))), None, 4, "never reached"),),
        tables=(Table((1,), frozenset({(0,), (1,), (2,)}), "allows all"),),
    )

    assert lint(compile_space(model)).idle == ("narrow", "never reached", "allows all")


def test_without_time_every_rule_is_unsettled_and_none_is_called_idle() -> None:
    pairs = tuple(
        Nogood(((slot, 1 << option), (slot + 1, 2 << option)), f"{slot} {option}")
        for slot in range(20)
        for option in range(3)
    )
    model = Model((4,) * 21, pairs)
    spent = iter(range(1_000_000))

    found = lint(compile_space(model), deadline=Deadline(-1.0, lambda: float(next(spent))))

    assert set(found.idle) <= set(model.sources) - set(found.unsettled)
    assert found.unsettled


@given(model=models(), before=models())
@settings(max_examples=long_or_short(1500, 75))
def test_witnesses_found_before_an_edit_change_no_answer(model: Model, before: Model) -> None:
    known = lint(compile_space(before), deadline=Deadline()).witnesses

    found = lint(compile_space(model), deadline=Deadline(), witnesses=known)

    assert found == lint(compile_space(model), deadline=Deadline())
    for source, mix in found.witnesses.items():
        assert model.violated(mix) == (source,)


def test_a_rule_with_a_witness_takes_no_search() -> None:
    model = Model((2, 2), nogoods=(Nogood(((0, 0b1), (1, 0b1)), "one"), Nogood(((0, 0b10),), "other")))
    known = lint(compile_space(model)).witnesses

    found = lint(compile_space(model), deadline=Deadline(0.0), witnesses=known)

    assert set(known) == {"one", "other"}
    assert (found.idle, found.unsettled) == ((), ())


def test_a_time_that_is_up_is_kept_to_even_by_searches_of_few_steps() -> None:
    model = Model((2, 2), nogoods=(Nogood(((0, 0b1), (1, 0b1)), "one"),))

    assert lint(compile_space(model), deadline=Deadline(0.0)).unsettled == ("one",)
