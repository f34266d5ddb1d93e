"""Publishing what is too large for its diagram: sold without counts, or refused, with the rules that cost it named."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from configurator import compiled_drafts
from configurator.mixing import storing
from configurator.mixing.budget import Budget
from configurator.mixing.filtering import FilteredSpace, SpaceUndecided, make_space
from configurator.mixing.validation import InvalidSpecError
from configurator.models import RecipeVersion, Size
from configurator.publishing import preview_publish
from configurator.versions import mixer_for
from tests.configurator.drafts import make_owner, publish, shampoo

pytestmark = pytest.mark.django_db

TINY = Budget(nodes=8)


@pytest.fixture
def tiny_budget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shampoo is too large for this shop."""
    compiled_drafts.compiled.cache_clear()
    monkeypatch.setattr(storing, "make_space", partial(make_space, budget=TINY, filter_budget=TINY))
    Size.objects.filter(slug="250ml").update(price=1500)
    yield
    compiled_drafts.compiled.cache_clear()


@pytest.mark.usefixtures("tiny_budget")
def test_it_is_sold_without_a_count_and_answers_all_the_same(client: Client) -> None:
    preview = preview_publish(shampoo())
    version = publish()

    mixer = mixer_for(version)
    assert isinstance(mixer.space, FilteredSpace)
    assert preview.costly == mixer.costly_rules != ()
    assert (version.mixes, mixer.count()) == (None, None)
    assert sum(1 for _mix in mixer.mixes()) == 183
    page = client.get("/mix/shampoo/warm-hearth/mend/gleam").content.decode()
    assert "Gleam&#x27;s acid clouds Mend&#x27;s wheat protein" in page
    assert "mixes we can make well" not in page
    answer = client.post(
        "/api/shop/v1/recipes/shampoo/options", data={"mix": {}}, content_type="application/json"
    ).json()
    assert (answer["count"], answer["recipe"]["mixes"]) == (None, None)
    assert "More mixes than can be counted" in client.get("/").content.decode()


@pytest.mark.usefixtures("tiny_budget")
def test_the_publish_page_names_the_rules_that_cost_it(client: Client) -> None:
    client.force_login(make_owner())

    page = client.get(f"/admin/configurator/recipe/{shampoo().pk}/publish/").content.decode()

    assert "Rules that cost speed" in page
    assert all(rule in page for rule in preview_publish(shampoo()).costly)


def test_what_cannot_be_answered_in_time_is_refused_with_the_rules_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_out(spec: object) -> None:
        raise SpaceUndecided(2.0, ("gleam-mend", "protein-cap"))

    monkeypatch.setattr(compiled_drafts, "Mixer", run_out)
    Size.objects.filter(slug="250ml").update(price=1501)
    before = RecipeVersion.objects.count()

    with pytest.raises(InvalidSpecError, match="what costs it: gleam-mend, protein-cap"):
        publish()

    assert RecipeVersion.objects.count() == before
