"""The mixer with an avoid list: what she asked to leave out is said as hers, and changed only by her."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.bench import Bench
from configurator.mix_address import MixState
from configurator.mixer_page import build_page
from configurator.mixing.mixer import Mixer
from configurator.remembering import remember_avoid
from configurator.restrictions import Restrictions
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_component, make_family, make_rule, make_slot, make_spec
from tests.configurator.pages import Page, read_page
from tests.configurator.test_mixer_page import BENCH, TODAY, every_state

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"
HTMX = {"HX-Request": "true"}


def remember(client: Client, *items: str) -> None:
    session = client.session
    remember_avoid(session, items)
    session.save()


def opened(client: Client, path: str, **headers: Any) -> Page:
    response = client.get(MIXER + path, headers=headers)
    assert response.status_code == 200, response.get("Location")
    return read_page(response)


# What is left out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["remembered", "in the address"])
def test_an_option_that_contains_it_says_that_she_asked_and_stays_choosable(
    client: Client, where: str
) -> None:
    if where == "remembered":
        remember(client, "wheat")

    page = opened(client, "" if where == "remembered" else "?avoid=wheat")

    for slot in ("main", "second"):
        assert page.by_id[f"{slot}-mend-why"] == "You asked us to leave out wheat."
        assert "disabled" not in page.attributes[f"{slot}-mend"]
        assert page.by_id[f"{slot}-lift-why"] == ""
    assert "Leaving out: wheat" in page.by_id["left-out"]
    assert f"{len(judge.makeable(frozenset(['wheat'])))} mixes are open to you." in page.by_id["answer"]


def test_what_is_remembered_and_what_the_address_says_count_together_and_once(client: Client) -> None:
    remember(client, "nuts", "wheat")

    page = opened(client, "?avoid=wheat&avoid=shea")

    assert "Leaving out: nuts, wheat, shea Change" in page.by_id["left-out"]
    left = judge.makeable(frozenset(["nuts", "wheat", "shea"]))
    assert f"{len(left)} mixes are open to you." in page.by_id["answer"]
    assert [value for name, value in page.hidden if name == "avoid"] == ["wheat", "shea"]


def test_a_substance_can_be_left_out_as_well_as_a_flag(client: Client) -> None:
    page = opened(client, "?avoid=Panthenol")

    assert page.by_id["base-warm-hearth-why"] == "You asked us to leave out Panthenol."
    assert "Without Panthenol there is nothing that we can make." in page.by_id["answer"]


def test_what_no_component_of_this_recipe_contains_is_passed_over(client: Client) -> None:
    remember(client, "lanolin", "wheat", "'; drop table")

    page = opened(client, "")

    assert "Leaving out: wheat Change" in page.by_id["left-out"]
    response = client.get(MIXER + "?avoid=lanolin&avoid=nuts")
    assert response["Location"] == MIXER + "?avoid=nuts"


def test_nothing_is_left_out_until_she_says_so(client: Client) -> None:
    page = opened(client, "warm-hearth/mend/quench")

    assert page.by_id["left-out"] == "Anything we must leave out?"
    assert page.links["Anything we must leave out?"] == (
        f"/leave-out?next={quote(MIXER + 'warm-hearth/mend/quench', safe='')}"
    )


def test_a_product_that_declares_nothing_does_not_ask() -> None:
    mixer = Mixer(make_spec(families=(family("bases", "oak"), family("shots", "mint"))))

    page = build_page(mixer, state_of(mixer), bench=Bench(), today=TODAY, within=Restrictions())

    assert not page.can_leave_out


def family(slug: str, *names: str) -> Any:
    return make_family(slug, tuple(make_component(name, composition=()) for name in names))


def state_of(mixer: Mixer, **mix: str) -> MixState:
    return MixState(recipe="tea", mix=mix, size=mixer.spec.sizes[0])


# Choosing it --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["warm-hearth/mend/quench?avoid=wheat", "?base=warm-hearth&main=mend&avoid=wheat"]
)
def test_choosing_it_says_why_offers_repairs_and_the_change_of_her_list(client: Client, path: str) -> None:
    page = opened(client, path)

    assert "Mend contains what you asked us to leave out: wheat." in page.by_id["answer"]
    assert 1 <= len(page.repairs) <= 3
    for _, href in page.repairs:
        assert "mend" not in href
        assert parse_qs(urlsplit(href).query)["avoid"] == ["wheat"]
        assert "Mend contains" not in read_page(client.get(href)).by_id["answer"]
    assert not [text for text in page.buttons if "basket" in text]
    assert "Change what we leave out" in page.by_id["answer"]
    assert page.links["Change what we leave out"] == f"/leave-out?next={quote(MIXER + path, safe='')}"


def test_a_mix_that_breaks_only_a_rule_does_not_send_her_to_her_list(client: Client) -> None:
    page = opened(client, "warm-hearth/mend/gleam?avoid=nuts")

    assert "Gleam's acid clouds Mend's wheat protein." in page.by_id["answer"]
    assert "leave out" not in page.by_id["answer"]


def test_her_list_is_changed_by_no_page_of_the_mixer(client: Client) -> None:
    remember(client, "wheat")

    for path in ("warm-hearth/mend/quench", "?avoid=nuts", "surprise", "compare?a=warm-hearth/lift/coil"):
        client.get(MIXER + path)

    assert client.session["avoid"] == ["wheat"]


def test_a_choice_brings_what_depends_on_her_list(client: Client) -> None:
    page = opened(
        client,
        "?base=warm-hearth&main=calm&avoid=nuts",
        **HTMX,
        **{"HX-Current-URL": f"http://testserver{MIXER}?base=warm-hearth&avoid=nuts"},
    )

    assert page.attributes["left-out"]["hx-swap-oob"] == "true"
    assert page.links["Change what we leave out"] == (
        f"/leave-out?next={quote(MIXER + '?base=warm-hearth&main=calm&avoid=nuts', safe='')}"
    )
    assert page.by_id["second-quench-why"] == "You asked us to leave out nuts."


def test_the_address_after_a_choice_keeps_the_list_and_the_plain_form_too(client: Client) -> None:
    query = "?avoid=nuts&avoid=wheat&base=warm-hearth&size=250ml&label="

    by_choice = client.get(MIXER + query, headers=HTMX)
    by_form = client.get(MIXER + query)

    kept = f"{MIXER}?base=warm-hearth&avoid=nuts&avoid=wheat"
    assert (by_choice["HX-Push-Url"], by_form["Location"]) == (kept, kept)


# In every state -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("avoid", [("nuts",), ("fragrance",), ("wheat", "protein"), ("coconut-derived",)])
def test_in_every_state_options_count_and_ways_out_are_those_of_the_mixes_without_it(
    shampoo: Mixer, avoid: tuple[str, ...]
) -> None:
    makeable = judge.makeable(frozenset(avoid))
    for mix in every_state():
        state = MixState(recipe="shampoo", mix=mix, size=shampoo.spec.sizes[0])
        page = build_page(shampoo, state, bench=BENCH, today=TODAY, within=Restrictions(avoid))

        left = [full for full in makeable if mix.items() <= judge.named(full).items()]
        assert page.count == len(left)
        assert bool(page.problems) == (not left)
        assert bool(page.repairs) == (not left and bool(makeable))
        assert page.is_orderable == (len(mix) == 3 and bool(left))
        for card in (card for group in page.groups for card in group.cards):
            assert len(card.why) <= 90
            assert not (card.why and card.option.is_open)
            contains = judge.contents(card.option.slug) & set(avoid)
            assert card.why.startswith("You asked us to leave out") == bool(contains)
        if (
            page.problems
            and page.ways_out
            and any(judge.contents(part) & set(avoid) for part in mix.values())
        ):
            assert page.ways_out.is_avoided


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Sour", "Of what is left for you, nothing goes with it: Sour"),
        ("r" * 80, "Of what is left for you, nothing goes with it."),
    ],
)
def test_an_option_beside_which_her_list_leaves_nothing_says_so_without_blame(reason: str, said: str) -> None:
    rule = make_rule(left=("oak",), right=("mint", "sage"), reason=reason)
    shots = make_family(
        "shots", (make_component("mint"), make_component("sage"), make_component("rue", flags=("herbs",)))
    )
    mixer = Mixer(make_spec(families=(make_family(), shots), rules=(rule,)))

    for within in (Restrictions(("herbs",)), Restrictions((), {("shot", "rue"): None})):
        page = build_page(mixer, state_of(mixer), bench=Bench(), today=TODAY, within=within)

        assert {card.option.slug: card.why for card in page.groups[0].cards} == {"oak": said, "elm": ""}

        chosen = build_page(mixer, state_of(mixer, base="oak"), bench=Bench(), today=TODAY, within=within)

        assert chosen.problems == (said,)
        assert chosen.ways_out is not None
        assert chosen.ways_out.is_avoided == bool(within.avoid)
        assert [repair.address for repair in chosen.repairs] == ["/mix/tea/?base=elm"]


def test_choices_beside_which_her_list_leaves_nothing_are_named() -> None:
    rules = (
        make_rule("oak-mint", left=("oak",), right=("mint",)),
        make_rule("cola-sage", left=("cola",), right=("sage",)),
    )
    shots = make_family(
        "shots", (make_component("mint"), make_component("sage"), make_component("rue", flags=("herbs",)))
    )
    extras = make_family("extras", (make_component("cola"), make_component("tonic")))
    slots = (
        make_slot(),
        make_slot("shot", family="shots", dose_ul=5_000),
        make_slot("extra", family="extras", dose_ul=5_000),
    )
    mixer = Mixer(make_spec(slots=slots, families=(make_family(), shots, extras), rules=rules))

    page = build_page(
        mixer, state_of(mixer, base="oak"), bench=Bench(), today=TODAY, within=Restrictions(("herbs",))
    )

    assert page.groups[2].cards[0].why == "Beside Oak, nothing that is left for you goes with it."


# Cookies, queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["?avoid=wheat", "warm-hearth/mend/quench?avoid=wheat"])
def test_reading_the_list_makes_no_session_and_no_cookie(client: Client, path: str) -> None:
    assert not client.get(MIXER + path).cookies


def test_a_page_and_a_choice_cost_two_queries_and_one_more_for_a_session(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(MIXER)  # a process compiles a version once

    for headers in ({}, HTMX):
        with django_assert_num_queries(2):
            client.get(MIXER + "warm-hearth/mend/quench?avoid=wheat", headers=headers)
    remember(client, "wheat")
    with django_assert_num_queries(3):
        client.get(MIXER + "warm-hearth/mend/quench")
