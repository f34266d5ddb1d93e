"""Search: a mix or the proof that there is none, judged by brute force."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.automata import groups_of
from configurator.mixing.model import Limit, Model
from configurator.mixing.searching import Deadline, Hint, OutOfTime, Search
from tests.configurator.mixing.brute_force import Masks, all_mixes, models, questions
from tests.length import long_or_short


@given(question=questions())
@settings(max_examples=long_or_short(1500, 75))
def test_a_mix_is_found_where_there_is_one_and_only_there(
    question: tuple[Model, dict[int, int], Masks | None],
) -> None:
    model, _, allowed = question
    makeable = all_mixes(model, allowed)

    found = Search(model.sizes, groups_of(model)).find(allowed or model.full)

    assert (found.mix in makeable) if makeable else found.mix is None


@given(model=models())
@settings(max_examples=long_or_short(1000, 50))
def test_the_groups_that_a_proof_used_suffice_for_it(model: Model) -> None:
    groups = groups_of(model, by_source=True)
    search = Search(model.sizes, groups)

    found = search.find(model.full)

    if found.mix is None:
        assert search.find(model.full, sorted(found.used)).mix is None


@given(model=models(most_slots=4).filter(lambda model: bool(model.sizes)), data=st.data())
@settings(deadline=None)
def test_only_the_named_groups_count(model: Model, data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(("rust", "moss", "salt", "fern")))
    groups = groups_of(model, by_source=True)
    named = [i for i, group in enumerate(groups) if group.sources == (source,)]

    found = Search(model.sizes, groups).find(model.full, named)

    assert (found.mix is not None) is bool(all_mixes(model, sources=[source]))


def test_preferred_options_are_taken_where_nothing_speaks_against_them() -> None:
    assert Search((3, 3), ()).find((0b111, 0b111), hint=Hint().preferring((0b100, 0b010))).mix == (2, 1)


def test_a_search_stops_at_its_deadline() -> None:
    """Odd sums of even weights: bounds alone never see that there is none."""
    weights = tuple((slot, (0, 2)) for slot in range(30))
    limit = Limit(weights, 29, 29, "odd")
    ticks = count()

    with pytest.raises(OutOfTime):
        Search((2,) * 30, groups_of(Model((2,) * 30, limits=(limit,)))).find(
            (3,) * 30, deadline=Deadline(100.0, lambda: float(next(ticks)))
        )
