"""Numbers as people read them."""

import pytest

from configurator.templatetags.shop import many


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0"),
        (183, "183"),
        (12_345, "12,345"),
        (10**9, "1,000,000,000"),
        (10**9 + 1, "more than 1 billion"),
        (2 * 10**9, "more than 1 billion"),
        (18_814_048_452_432, "more than 18 trillion"),
        (5 * 10**15 + 1, "more than 5 quadrillion"),
        (4_321 * 10**18 + 7, "more than 4,321 quintillion"),
    ],
)
def test_a_count_is_exact_up_to_a_billion_and_above_it_what_it_surely_exceeds(count: int, said: str) -> None:
    assert many(count) == said
