"""What we leave out for her: the list, the page that changes it, and the way back to where she was."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.leaving_out import avoided_in, make_form, without_avoided
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Word
from configurator.models import Component, Flag, RecipeVersion
from configurator.versions import mixer_for
from tests.configurator.drafts import make_bicycle, publish
from tests.configurator.make import make_component, make_family, make_spec
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

PAGE = "/leave-out"
MIX = "/mix/shampoo/warm-hearth/mend/quench?avoid=oat&label=Ada&avoid=wheat"
HERE = {"Origin": "http://testserver"}


def sent(client: Client, **values: Any) -> str:
    """The address that a post leads to."""
    response = client.post(PAGE, values, headers=HERE)
    assert response.status_code == 302, response.status_code
    return str(response["Location"])


def opened(client: Client, url: str = PAGE) -> Page:
    response = client.get(url)
    assert response.status_code == 200
    return read_page(response)


def remembered(client: Client) -> list[str]:
    found: list[str] = client.session.get("avoid", [])
    return found


def ticked(client: Client, url: str = PAGE) -> list[str]:
    form = make_form([], [])
    context = client.get(url).context["page"].form
    assert type(context) is type(form)
    return [tick.value for tick in (*context.flags, *context.chosen, *context.found) if tick.is_on]


def removable(client: Client, url: str = PAGE) -> list[str]:
    return [text for text in opened(client, url).by_tag.get("button", []) if text.startswith("Remove")]


def back(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("next", [""])[0]


# The list -----------------------------------------------------------------------------------------------------------


def test_at_first_nothing_is_left_out_and_looking_leaves_no_trace(client: Client) -> None:
    response = client.get(PAGE)

    page = read_page(response)
    assert page.by_tag["h1"] == ["What we leave out for you"]
    assert "Nothing so far." in page.by_tag["p"]
    assert ticked(client) == []
    assert not response.cookies
    assert not Session.objects.exists()


def test_what_is_remembered_is_shown_ticked_and_can_be_removed(client: Client) -> None:
    to = sent(client, avoid=["wheat", "Panthenol"])

    assert to == f"{PAGE}?said=remembered"
    assert remembered(client) == ["wheat", "Panthenol"]
    assert ticked(client) == ["wheat", "Panthenol"]
    assert removable(client, to) == ["Remove wheat", "Remove Panthenol"]
    assert opened(client, to).by_class["notice"] == [
        "Remembered. From now on we leave this out wherever you mix."
    ]


def test_the_page_says_where_it_is_kept_how_long_and_what_for(client: Client) -> None:
    said = " ".join(opened(client).by_tag["p"])

    assert "a session that only this browser can open, at this shop only, for 30 days" in said
    assert "We use it for one thing: to leave these out" in said


def test_the_cookie_that_keeps_it_lasts_30_days_and_scripts_cannot_read_it(client: Client) -> None:
    response = client.post(PAGE, {"avoid": "wheat"}, headers=HERE)

    (cookie,) = response.cookies.values()
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (30 * 24 * 60 * 60, True, "Lax")


def test_one_thing_is_removed_and_the_others_stay(client: Client) -> None:
    sent(client, avoid=["wheat", "oat"])

    to = sent(client, remove="wheat")

    assert remembered(client) == ["oat"]
    assert opened(client, to).by_class["notice"] == ["Taken off your list."]


@pytest.mark.parametrize(
    "way", [{"remove": "wheat"}, {"forget": "1"}, {}], ids=["remove", "forget", "untick"]
)
def test_with_the_last_thing_the_session_goes(client: Client, way: dict[str, str]) -> None:
    sent(client, avoid="wheat")
    assert Session.objects.count() == 1

    to = sent(client, **way)

    assert not Session.objects.exists()
    assert removable(client, to) == []
    assert not Session.objects.exists()


def test_forgetting_all_says_so(client: Client) -> None:
    sent(client, avoid=["wheat", "oat"])

    page = opened(client, sent(client, forget="1"))

    assert remembered(client) == []
    assert page.by_class["notice"] == ["Forgotten. Nothing of your list is kept."]


def test_what_is_removed_and_was_never_there_changes_nothing(client: Client) -> None:
    sent(client, avoid="wheat")

    sent(client, remove="oat")

    assert remembered(client) == ["wheat"]


def test_a_thing_that_nothing_on_sale_contains_stays_on_the_list(client: Client) -> None:
    sent(client, avoid=["rubber", "wheat"])

    assert removable(client) == ["Remove rubber", "Remove wheat"]
    assert ticked(client) == ["wheat", "rubber"]


def test_an_address_cannot_make_the_page_say_what_is_not_so(client: Client) -> None:
    assert "notice" not in opened(client, f"{PAGE}?said=paid").by_class


# Searching ----------------------------------------------------------------------------------------------------------


def test_a_search_shows_boxes_and_keeps_ticks_that_are_not_remembered_yet(client: Client) -> None:
    sent(client, avoid="oat")

    url = f"{PAGE}?avoid=wheat&find=panth&searched="

    assert ticked(client, url) == ["wheat"]
    assert "Panthenol" in opened(client, url).by_tag["label"]
    assert remembered(client) == ["oat"]


def test_a_search_that_was_not_sent_is_made_before_anything_is_remembered(client: Client) -> None:
    response = client.post(PAGE, {"avoid": "wheat", "find": "oil", "searched": ""}, headers=HERE)

    page = read_page(response)
    assert response.status_code == 422
    assert "You typed an ingredient to look for." in page.by_class["errors"][0]
    assert "Mentha Piperita Oil" in page.by_tag["label"]
    assert [tick.value for tick in response.context["page"].form.flags if tick.is_on] == ["wheat"]
    assert remembered(client) == []

    sent(client, avoid=["wheat", "Mentha Piperita Oil"], find="oil", searched="oil")

    assert remembered(client) == ["wheat", "Mentha Piperita Oil"]


def test_all_recipes_on_sale_are_looked_through(client: Client) -> None:
    bicycle = make_bicycle()
    Component.objects.get(slug="wide").flags.add(Flag.objects.create(slug="rubber", name="rubber"))
    assert "Rubber" not in opened(client).by_tag["label"]

    publish(bicycle)

    labels = opened(client).by_tag["label"]
    assert {"Rubber", "Nuts"} <= set(labels)
    assert removable(client, sent(client, avoid="rubber")) == ["Remove rubber"]


def pantry(*names: str, flags: tuple[str, ...] = ()) -> Mixer:
    share = 1_000_000 // len(names)
    part = make_component(
        composition=tuple((name, share) for name in names), flags=flags, fragrance_allergens=()
    )
    words = tuple(Word(slug=flag, name=flag.replace("-", " ")) for flag in flags)
    return Mixer(make_spec(families=(make_family(components=(part,)), make_family("shots")), flags=words))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("oil", ["Émulsion Oil", "Lemon Oil"]),
        ("OIL lemon", ["Lemon Oil"]),
        ("emulsion", ["Émulsion Oil"]),
        ("É", ["Émulsion Oil", "Fig Extract", "Lemon Oil"]),
        ("ﬁg", ["Fig Extract"]),
        ("tar", []),
        ("", []),
    ],
)
def test_a_search_finds_names_that_hold_every_word(search: str, found: list[str]) -> None:
    form = make_form([pantry("Lemon Oil", "Émulsion Oil", "Fig Extract", "Salt")], [], search=search)

    assert [tick.name for tick in form.found] == found
    assert form.is_nothing_found == (bool(search) and not found)


def test_the_first_twelve_are_shown_and_the_rest_counted() -> None:
    form = make_form([pantry(*(f"Salt {i:02}" for i in range(20)))], ["Salt 03"], search="salt")

    assert [tick.name for tick in form.found] == [f"Salt {i:02}" for i in range(13) if i != 3]
    assert (form.more, form.above) == (7, ("Salt 03",))


def test_flags_come_by_name_from_all_recipes_once_and_boxes_are_numbered() -> None:
    mixers = [pantry("Aqua", flags=("oat", "gluten-free")), pantry("Aqua", flags=("nuts", "oat"))]

    form = make_form(mixers, ["oat", "Tar"])

    assert [(tick.value, tick.name, tick.is_on) for tick in (*form.flags, *form.chosen)] == [
        ("gluten-free", "gluten free", False),
        ("nuts", "nuts", False),
        ("oat", "oat", True),
        ("Tar", "Tar", True),
    ]
    assert [tick.number for tick in (*form.flags, *form.chosen)] == [1, 2, 3, 4]


# The way back -------------------------------------------------------------------------------------------------------


def test_what_the_page_she_comes_from_leaves_out_is_shown_as_its_own(client: Client) -> None:
    sent(client, avoid="nuts")

    url = f"{PAGE}?next={quote(MIX)}"

    assert removable(client, url) == [
        "Remove nuts",
        "Remove oat (so far for this mix only)",
        "Remove wheat (so far for this mix only)",
    ]
    assert ticked(client, url) == ["nuts", "oat", "wheat"]
    assert f'href="{MIX.replace("&", "&amp;")}"' in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"remove": "oat"}, "?label=Ada&avoid=wheat"),
        ({"forget": "1"}, "?label=Ada"),
        ({"avoid": ["wheat"]}, "?label=Ada"),
    ],
)
def test_the_address_she_goes_back_to_no_longer_says_what_she_took_back(
    client: Client, values: dict[str, Any], kept: str
) -> None:
    to = sent(client, next=MIX, **values)

    assert back(to) == MIX.split("?", maxsplit=1)[0] + kept
    assert opened(client, to).by_class["chip"][0] == "Back to where you were"


def test_she_can_be_sent_straight_back(client: Client) -> None:
    assert sent(client, avoid="oat", next=MIX, straight="1") == MIX


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " /mix/",
        "mix/shampoo/",
        "/\t/evil.example",
        "\x01/mix/",
    ],
)
def test_nobody_is_sent_to_another_place(client: Client, elsewhere: str) -> None:
    page = client.get(PAGE, {"next": elsewhere}).content.decode()
    assert "Back to where you were" not in page

    assert sent(client, avoid="oat", next=elsewhere, straight="1") == f"{PAGE}?said=remembered"


@pytest.mark.parametrize(
    ("address", "items", "left"),
    [
        ("/a?avoid=x&avoid=y&b=", ["x"], "/a?avoid=y&b="),
        ("/a?avoid=x&avoid=y&b=1#c", None, "/a?b=1#c"),
        ("/a?avoid=Lactic+Acid", ["Lactic Acid"], "/a"),
        ("/a?avoids=x", None, "/a?avoids=x"),
        ("/a", None, "/a"),
        ("", None, ""),
    ],
)
def test_an_avoid_list_is_taken_out_of_an_address(address: str, items: list[str] | None, left: str) -> None:
    assert without_avoided(address, items) == left


def test_an_avoid_list_is_read_from_an_address() -> None:
    assert avoided_in("/a?avoid=x&b=1&avoid=Lactic+Acid") == ("x", "Lactic Acid")
    assert avoided_in("") == ()


# Who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"avoid": "wheat"}, {"remove": "oat"}, {"forget": "1"}])
def test_another_site_cannot_change_her_list(client: Client, values: dict[str, str]) -> None:
    sent(client, avoid="oat")

    response = client.post(PAGE, values, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert remembered(client) == ["oat"]


def test_a_browser_that_checks_for_forgery_needs_no_cookie_before() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(PAGE, {"avoid": "oat"}, headers=HERE).status_code == 302
    assert strict.put(PAGE, headers=HERE).status_code == 405


def test_the_page_takes_few_queries(
    client: Client, catalogue: RecipeVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mixer_for(catalogue)
    sent(client, avoid=["wheat", "Panthenol"])

    with django_assert_num_queries(2):
        response = client.get(f"{PAGE}?find=oil&next={quote(MIX)}")

    assert len(response.content) < 20_000
