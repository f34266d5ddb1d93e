"""Surprise me: any mix that can be made, each as likely."""

import random
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from configurator.mix_address import MixState, read_state
from configurator.mixing.mixer import Mixer
from configurator.models import Component
from configurator.views import surprise
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_component, make_family, make_slot, make_spec
from tests.configurator.pages import read_page

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"


def drawn(client: Client, query: str = "") -> tuple[judge.Mix, QueryDict]:
    response = client.get(f"{MIXER}surprise{query}")
    assert response.status_code == 302
    parts = urlsplit(response["Location"])
    return tuple(parts.path.removeprefix(MIXER).split("/")), QueryDict(parts.query)


@pytest.mark.parametrize("query", ["", "?avoid=nuts", "?avoid=nuts&avoid=fragrance&size=50ml"])
def test_it_draws_what_the_mixer_samples(
    client: Client, shampoo: Mixer, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(surprise, "RNG", random.Random(11))
    rng = random.Random(11)
    avoid = QueryDict(query.removeprefix("?")).getlist("avoid")

    found = [judge.named(drawn(client, query)[0]) for _ in range(25)]

    assert found == [shampoo.sample(rng, avoid=avoid) for _ in range(25)]
    assert len({tuple(mix.values()) for mix in found}) > 5


def test_every_mix_that_can_be_made_comes_up_and_no_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a list that leaves few: all of them, within draws that miss one with odds of a billion to one."""
    avoid = frozenset(["nuts", "fragrance", "protein"])
    left = judge.makeable(avoid)
    assert 5 < len(left) < 15
    monkeypatch.setattr(surprise, "RNG", random.Random(1))

    found = {drawn(client, "?avoid=nuts&avoid=fragrance&avoid=protein")[0] for _ in range(30 * len(left))}

    assert found == set(left)


def test_what_is_out_of_stock_is_not_drawn(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surprise, "RNG", random.Random(2))
    Component.objects.exclude(slug__in=["warm-hearth", "coil", "calm"]).update(stock_ml=0)

    found = {drawn(client)[0] for _ in range(60)}

    assert found == {mix for mix in judge.makeable() if {"warm-hearth", "coil", "calm"} >= set(mix)}


def test_size_name_list_and_line_are_kept_and_the_choices_are_not(client: Client) -> None:
    mix, query = drawn(
        client, "?base=quiet-linen&main=calm&size=50ml&label=Ada&avoid=nuts&line=4&recipe=shampoo"
    )

    assert mix in judge.makeable(frozenset(["nuts"]))
    assert query.dict() == {"size": "50ml", "label": "Ada", "avoid": "nuts", "line": "4"}


def test_a_remembered_list_counts(client: Client, shampoo: Mixer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surprise, "RNG", random.Random(3))
    session = client.session
    session["avoid"] = ["fragrance"]
    session.save()

    assert {drawn(client)[0][0] for _ in range(30)} == {"quiet-linen"}


def test_where_nothing_is_left_the_mixer_says_why_and_keeps_what_was_chosen(client: Client) -> None:
    response = client.get(f"{MIXER}surprise?main=calm&label=Ada&avoid=coconut-derived")

    assert response["Location"] == f"{MIXER}?main=calm&label=Ada&avoid=coconut-derived"
    answer = read_page(client.get(response["Location"])).by_id["answer"]
    assert "Without coconut derived there is nothing that we can make." in answer


def test_no_cache_keeps_a_surprise_and_only_reading_draws_one(client: Client) -> None:
    response = client.get(f"{MIXER}surprise")

    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert client.post(f"{MIXER}surprise").status_code == 405
    assert client.get("/mix/soap/surprise").status_code == 404


def test_the_mixer_offers_it_with_all_that_its_form_says(client: Client) -> None:
    page = read_page(client.get(f"{MIXER}?main=calm&size=50ml"))

    button = page.buttons["Surprise me"]
    assert (button["formaction"], button["form"]) == (f"{MIXER}surprise", "mix-form")
    assert page.attributes["mix-form"]["method"] == "get"


def test_a_mix_of_one_slot_called_surprise_has_an_address_of_its_own() -> None:
    family = make_family("bases", (make_component("surprise"), make_component("oak")))
    mixer = Mixer(make_spec(slots=(make_slot(),), families=(family,)))
    state = MixState(recipe="tea", mix={"base": "surprise"}, size=mixer.spec.sizes[0])

    assert state.address(mixer) == "/mix/tea/?base=surprise"
    assert read_state(mixer, choices="", query=QueryDict("base=surprise")) == state
    assert state.address(mixer, {"base": "oak"}) == "/mix/tea/oak"
