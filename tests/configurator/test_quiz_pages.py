"""The questions of the quiz over HTTP: one a page, all answers in the address, none lost."""

from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.models import Component, Flag, Need, RecipeVersion
from configurator.versions import mixer_for
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_bicycle, publish, shampoo
from tests.configurator.pages import read_page
from tests.configurator.quiz_reading import QUIZ, address, buttons, fields, html, ids_of, links, opened

pytestmark = pytest.mark.django_db

SHOTS = {need["slug"]: need["shot"] for need in judge.catalogue()["needs"]}


# The questions ------------------------------------------------------------------------------------------------------


def test_the_quiz_of_the_first_recipe_that_has_one_is_at_find(client: Client) -> None:
    page = opened(client, "/find")

    assert page.by_tag["h1"] == ["What would you like more of?"]
    assert list(ids_of(client, "/find", "need")) == list(SHOTS)
    assert 'action="/find/shampoo"' in html(client, "/find")


def test_a_walk_of_five_pages_leads_to_the_mix_with_every_answer_kept(client: Client) -> None:
    loads = ["/find"]
    heads = []
    for name, values, at in [
        ("need", ["strength", "moisture"], "hair"),
        ("hair", ["thick"], "leave-out"),
        ("avoid", ["oat", "Lactic Acid"], "scent"),
        ("scent", ["warm-hearth"], "result"),
    ]:
        page = opened(client, loads[-1])
        heads.append((page.by_tag["h1"][0], page.by_class["soft"][0]))
        assert (len(page.by_tag["fieldset"]), len(page.by_tag["legend"])) == (1, 1)
        assert at in buttons(client, loads[-1]).values()
        sent = [pair for pair in fields(client, loads[-1]) if pair[0] not in (name, "find", "searched")]
        sent += [(name, value) for value in values]
        loads.append(f"{QUIZ}?{urlencode([*sent, ('at', at)])}")

    result = opened(client, loads[-1])

    assert len(loads) == 5
    assert heads == [
        ("What would you like more of?", "Question 1 of 4"),
        ("What is your hair like?", "Question 2 of 4"),
        ("Is there anything we must leave out?", "Question 3 of 4"),
        ("Which scent would you like?", "Question 4 of 4"),
    ]
    assert result.by_tag["h1"] == ["Your mix: Warm Hearth with Mend and Quench"]
    assert "sessionid" not in client.cookies
    assert not client.cookies


@pytest.mark.parametrize(
    ("at", "before", "after"),
    [
        ("needs", None, "hair"),
        ("hair", "needs", "leave-out"),
        ("leave-out", "hair", "scent"),
        ("scent", "leave-out", "result"),
    ],
)
def test_every_question_leads_on_and_back_with_the_other_answers(
    client: Client, at: str, before: str | None, after: str
) -> None:
    answers = {"need": ["shine", "colour"], "hair": "fine", "avoid": ["wheat", "Panthenol"], "scent": "any"}
    url = address(at, **answers)

    kept = [pair for pair in fields(client, url) if pair[0] not in ("find", "searched")]
    leads = buttons(client, url)

    assert sorted(kept) == sorted(parse_qsl(urlsplit(address(at, **answers)).query)[:-1])
    assert leads.get("Back") == before
    assert leads["Show my mix" if after == "result" else "Next"] == after


@pytest.mark.parametrize(
    ("at", "field", "after"),
    [("needs", "need", "hair"), ("hair", "hair", "leave-out"), ("scent", "scent", "result")],
)
def test_a_question_can_be_skipped_and_what_it_held_is_taken_back(
    client: Client, at: str, field: str, after: str
) -> None:
    answers = {"need": ["shine"], "hair": "fine", "avoid": ["wheat"], "scent": "any"}

    skip = links(client, address(at, **answers))["Skip this question"]

    query = parse_qsl(urlsplit(skip).query)
    left = {name: value for name, value in answers.items() if name != field}
    assert sorted(query) == sorted(parse_qsl(urlsplit(address(after, **left)).query))
    assert client.get(skip).status_code == 200


def test_skipping_never_drops_what_must_be_left_out(client: Client) -> None:
    skip = links(client, address("leave-out", avoid=["wheat"]))["Skip this question"]

    assert parse_qsl(urlsplit(skip).query) == [("avoid", "wheat"), ("at", "scent")]


def test_all_skipped_gives_a_mix_that_says_it_was_left_to_us(client: Client) -> None:
    page = opened(client, address())

    assert page.by_tag["h1"] == ["Your mix: Orchard Rain with Lift and Vivid"]
    assert [line.split(", because ")[1] for line in page.by_tag["dd"]] == ["you left this one to us."] * 3


def test_three_needs_are_an_error_that_keeps_every_tick(client: Client) -> None:
    url = address("hair", need=["body", "shine", "colour"], hair="fine", avoid=["oat"])

    page = opened(client, url, status=422)

    assert page.by_tag["h1"] == ["What would you like more of?"]
    assert page.by_tag["title"][0].startswith("Error:")
    assert "Choose one or two of them" in page.by_class["errors"][0]
    assert [need for need, is_on in ids_of(client, url, "need").items() if is_on] == [
        "body",
        "colour",
        "shine",
    ]
    assert {("hair", "fine"), ("avoid", "oat")} <= set(fields(client, url))
    assert 'href="#need-1"' in client.get(url).content.decode()
    assert 'id="need-1"' in client.get(url).content.decode()


def test_the_boxes_are_ticked_as_answered(client: Client) -> None:
    assert ids_of(client, address("hair", hair="curly"), "hair") == {
        "curly": True, "fine": False, "medium": False, "thick": False, "any": False,
    }  # fmt: skip
    assert ids_of(client, address("hair", hair="any"), "hair")["any"]
    assert ids_of(client, address("scent", scent="quiet-linen"), "scent")["quiet-linen"]
    assert not any(ids_of(client, address("scent"), "scent").values())


def test_a_scent_that_she_leaves_out_or_that_is_out_of_stock_says_so(client: Client) -> None:
    Component.objects.filter(slug="salt-meadow").update(stock_ml=1, back_on=date(2030, 12, 3))

    page = opened(client, address("scent", avoid=["Ficus Carica Fruit Extract"]))

    assert page.by_class["why"] == [
        "Contains Ficus Carica Fruit Extract, which you asked us to leave out.",
        "Salt Meadow is out of stock, back about 3 December.",
    ]


# What must be left out ----------------------------------------------------------------------------------------------


def boxes(client: Client, url: str) -> dict[str, bool]:
    return ids_of(client, url, "avoid")


def test_every_flag_has_a_box(client: Client) -> None:
    assert boxes(client, address("leave-out", avoid=["wheat"])) == {
        flag: flag == "wheat" for flag in sorted(judge.catalogue()["flags"])
    }


def test_a_search_finds_substances_and_keeps_what_is_ticked(client: Client) -> None:
    found = boxes(client, address("leave-out", avoid=["wheat", "Panthenol"], find="  OIL ", searched=""))

    assert [name for name in found if name not in judge.catalogue()["flags"]] == [
        "Panthenol",
        "Citrus Limon Peel Oil",
        "Elettaria Cardamomum Seed Oil",
        "Lavandula Angustifolia Oil",
        "Mentha Piperita Oil",
        "Prunus Amygdalus Dulcis Oil",
    ]
    assert [name for name, is_on in found.items() if is_on] == ["wheat", "Panthenol"]


def test_a_search_that_was_typed_and_not_sent_is_made_before_going_on(client: Client) -> None:
    typed = address("scent", find="oil", searched="")
    sent = address("scent", find="oil", searched="oil")

    assert opened(client, typed).by_tag["h1"] == ["Is there anything we must leave out?"]
    assert "Mentha Piperita Oil" in boxes(client, typed)
    assert opened(client, sent).by_tag["h1"] == ["Which scent would you like?"]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("zzz", "No ingredient of ours has “zzz” in its name."),
        ("nuts", "For “nuts” there is a box above: nuts."),
        ("coconut", "For “coconut” there is a box above: coconut derived."),
        ("a", "more: type more letters"),
        ("<b>", "No ingredient of ours has “<b>” in its name."),
    ],
)
def test_a_search_says_what_it_found(client: Client, search: str, said: str) -> None:
    page = opened(client, address("leave-out", find=search))

    assert said in page.by_id["found"]
    assert ("No ingredient" in page.by_id["found"]) == said.startswith("No ingredient")


def test_what_is_ticked_already_counts_as_found(client: Client) -> None:
    page = opened(client, address("leave-out", avoid=["Panthenol"], find="panthenol"))

    assert page.by_id["found"] == "For “panthenol” there is a box above: Panthenol."


# What the address says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "gone"),
    [
        ("need=beauty&need=shine&at=hair", "beauty"),
        ("need=shine&hair=blue&at=hair", "blue"),
        ("need=shine&avoid=plutonium&avoid=wheat&at=scent", "plutonium"),
        ("need=shine&scent=mend&at=result", "mend"),
        ("need=shine&at=nowhere", "nowhere"),
        ("need=shine&avoid=%00&avoid=coconut-derived&at=result", "\x00"),
        ("need=shine&need=%F0%9F%92%A5&at=result", "💥"),
        ("need=%3Cscript%3E&need=shine&at=hair", "<script>"),
    ],
)
def test_what_is_not_offered_is_dropped_with_a_notice_and_the_rest_is_kept(
    client: Client, query: str, gone: str
) -> None:
    response = client.get(f"{QUIZ}?{query}")
    page = read_page(response)

    assert response.status_code == 200
    assert f"We do not know “{gone}” here" in page.by_class["notice"][0]
    assert "shine" in response.content.decode()
    assert "<script>" not in response.content.decode()


def test_a_long_list_of_odd_values_is_told_in_short(client: Client) -> None:
    response = client.get(f"{QUIZ}?{urlencode([('need', 'x' * 900 + str(i)) for i in range(50)])}")

    (said,) = read_page(response).by_class["notice"]
    assert response.status_code == 200
    assert len(said) < 600


def test_repeated_and_empty_values_are_no_answers(client: Client) -> None:
    url = f"{QUIZ}?need=shine&need=shine&need=&hair=&scent=&avoid=&avoid=oat&avoid=oat&at=hair"

    page = opened(client, url)

    assert page.by_tag["h1"] == ["What is your hair like?"]
    assert sorted(fields(client, url)) == [("avoid", "oat"), ("need", "shine")]
    assert "notice" not in page.by_class


# Other recipes ------------------------------------------------------------------------------------------------------


def test_a_recipe_without_needs_has_no_quiz(client: Client) -> None:
    publish(make_bicycle())

    assert client.get("/find/bicycle").status_code == 404
    assert client.get("/find/nowhere").status_code == 404
    assert opened(client, "/find").by_tag["h1"] == ["What would you like more of?"]


def test_without_any_quiz_there_is_nothing_at_find(client: Client) -> None:
    Need.objects.all().delete()
    publish()

    page = opened(client, "/find", status=404)

    assert page.by_tag["h1"] == ["There is nothing at this address"]


def test_a_question_without_choices_is_not_asked(client: Client) -> None:
    for component in Component.objects.all():
        component.suits.clear()
    Component.objects.filter(family__slug="base-blends").exclude(slug="salt-meadow").update(is_offered=False)
    publish()

    first = opened(client, "/find")

    assert first.by_class["soft"][0] == "Question 1 of 2"
    assert buttons(client, "/find") == {"Next": "leave-out"}
    assert buttons(client, address("leave-out"))["Show my mix"] == "result"


def test_a_flag_that_a_new_version_brings_has_a_box(client: Client) -> None:
    silk = Flag.objects.create(slug="silk", name="silk")
    Component.objects.get(slug="lift").flags.add(silk)
    publish(shampoo())

    assert "silk" in boxes(client, address("leave-out"))


# Cost ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "queries"),
    [
        ("/find", 1),
        (address("hair", need=["shine"]), 1),
        (address("leave-out", find="oil"), 1),
        (address("scent", need=["shine"]), 2),
        (address(need=["strength", "shine"], hair="thick", avoid=["oat"]), 2),
        (address(avoid=["coconut-derived"]), 2),
    ],
)
def test_a_page_takes_few_queries_and_sets_no_cookie(
    client: Client,
    catalogue: RecipeVersion,
    django_assert_num_queries: DjangoAssertNumQueries,
    url: str,
    queries: int,
) -> None:
    mixer_for(catalogue)

    with django_assert_num_queries(queries):
        response = client.get(url)

    assert response.status_code == 200
    assert not response.cookies
    assert len(response.content) < 20_000


@pytest.mark.parametrize("url", ["/find", QUIZ])
def test_the_quiz_is_only_looked_at(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405
    assert client.head(url).status_code == 200
