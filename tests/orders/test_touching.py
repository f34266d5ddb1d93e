"""What of shared mixes, baskets, orders and jobs another version of a recipe touches."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from configurator.mixing.mixer import Mixer
from configurator.models import Recipe, Rule, Size
from configurator.publishing import preview_publish
from configurator.touched import HOLDINGS, Fate, count_touched, fate_of
from configurator.versions import mixer_for, newest_version
from orders.models import Basket, BasketLine, Job
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_rule, shampoo
from tests.configurator.shared_mixes import make_shared
from tests.orders.make import MIX, make_client, make_job, make_order

pytestmark = pytest.mark.usefixtures("catalogue")

OTHER = {"base": "cold-swim", "main": "lift", "second": "calm"}
NOTHING = {"shared-mixes": (0, 0), "baskets": (0, 0), "unpaid-orders": (0, 0), "open-jobs": (0, 0)}


def forbid_mix() -> None:
    """In the draft: never Mend with Quench."""
    make_rule("no-mix", left=["mend"], right=["quench"])


def raise_price() -> None:
    Size.objects.filter(slug="250ml").update(price=1500)


def mixers(recipe: Recipe) -> dict[str, Mixer]:
    new = preview_publish(recipe).mixer
    assert new is not None
    return {"old": mixer_for(newest_version(recipe.slug)), "new": new}


def touched() -> dict[str, tuple[int, int]]:
    found = count_touched(shampoo(), **mixers(shampoo()))
    return {each.holding.slug: (each.stopped, each.repriced) for each in found}


def make_basket(*mixes: Mapping[str, str], **values: Any) -> Basket:
    now = timezone.now()
    basket = Basket.objects.create(created_at=now, touched_at=now)
    for mix in mixes:
        usual = {"version": newest_version("shampoo"), "mix": dict(mix), "size": "250ml", "unit_price": 1400}
        BasketLine.objects.create(basket=basket, **{**usual, **values})
    return basket


def test_an_unchanged_draft_touches_nothing() -> None:
    make_basket(MIX)
    make_shared()

    assert touched() == NOTHING


def test_baskets_shared_mixes_orders_and_jobs_whose_mix_stops_are_counted() -> None:
    make_basket(MIX)
    make_basket(OTHER)
    make_shared()
    make_order()
    for state in (Job.State.PENDING, Job.State.READY, Job.State.PRODUCED):
        make_job(state)
    forbid_mix()

    assert touched() == {
        "shared-mixes": (1, 0), "baskets": (1, 0), "unpaid-orders": (1, 0), "open-jobs": (3, 0)
    }  # fmt: skip


def test_what_is_sent_cancelled_taken_back_or_paid_is_not_touched() -> None:
    make_shared(revoked_at=timezone.now())
    make_job(Job.State.SHIPPED, client=make_client().row)
    make_job(Job.State.CANCELLED)
    forbid_mix()

    assert touched() == NOTHING


def test_a_basket_with_two_such_mixes_is_one_basket() -> None:
    make_basket(MIX, {**MIX, "base": "cold-swim"}, OTHER)
    forbid_mix()

    assert touched()["baskets"] == (1, 0)


def test_other_prices_touch_baskets_and_shared_mixes_but_not_what_was_ordered() -> None:
    make_basket(MIX)
    make_basket(MIX, size="50ml")
    make_shared()
    make_order()
    make_job()
    raise_price()

    assert touched() == {**NOTHING, "shared-mixes": (0, 1), "baskets": (0, 1)}


def test_a_basket_of_which_one_mix_stops_and_another_is_repriced_counts_once() -> None:
    make_basket(MIX, OTHER)
    forbid_mix()
    raise_price()

    assert touched()["baskets"] == (1, 0)


def test_a_mix_that_could_not_be_made_before_is_not_touched() -> None:
    make_basket({**MIX, "second": "gleam"})
    make_rule("again", left=["mend"], right=["gleam"])
    Rule.objects.filter(slug="gleam-mend").update(is_active=False)

    assert touched() == NOTHING


def test_a_size_that_goes_stops_what_has_it() -> None:
    make_basket(MIX, size="50ml")
    Size.objects.filter(slug="50ml").delete()

    assert touched()["baskets"] == (1, 0)


def test_any_number_of_baskets_costs_two_queries_a_holding(django_assert_num_queries: Any) -> None:
    now, version = timezone.now(), newest_version("shampoo")
    baskets = Basket.objects.bulk_create(Basket(created_at=now, touched_at=now) for _ in range(3000))
    mixes = judge.all_mixes()
    BasketLine.objects.bulk_create(
        BasketLine(
            basket=basket,
            version=version,
            mix=judge.named(mixes[i % len(mixes)]),
            size="250ml",
            unit_price=1400,
        )
        for i, basket in enumerate(baskets)
    )
    forbid_mix()
    recipe = shampoo()
    both = mixers(recipe)

    with django_assert_num_queries(2 * len(HOLDINGS)):
        found = {each.holding.slug: each for each in count_touched(recipe, **both)}

    assert found["baskets"].stopped == sum(
        fate_of(judge.named(mixes[i % len(mixes)]), "250ml", **both) is Fate.STOPS for i in range(3000)
    )
    assert found["baskets"].stopped > 50
    assert not found["baskets"].is_least
    assert found["baskets"].words == f"{found['baskets'].stopped} baskets"
