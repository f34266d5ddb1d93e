"""The mixer over HTTP: one address for each state, with htmx and without."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_bicycle
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"
HTMX = {"HX-Request": "true"}


def address(mix: judge.Mix) -> str:
    return MIXER + "/".join(mix)


def opened(client: Client, url: str, *, status: int = 200) -> Page:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code, response.get("Location"))
    return read_page(response)


def money(pence: int) -> str:
    return f"£{pence / 100:.2f}"


# The state is in the address ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("?base=warm-hearth&main=mend&second=quench", "warm-hearth/mend/quench"),
        ("?second=quench&base=warm-hearth&main=mend&size=250ml&label=", "warm-hearth/mend/quench"),
        ("?main=mend&base=warm-hearth&second=", "?base=warm-hearth&main=mend"),
        ("?base=warm-hearth&size=500ml&label=", "?base=warm-hearth&size=500ml"),
        ("?label=++Ada++L+", "?label=Ada+L"),
        ("?base=&main=&second=&size=", ""),
        ("?utm_source=news&base=warm-hearth", "?base=warm-hearth"),
        ("warm-hearth/mend/quench?size=250ml", "warm-hearth/mend/quench"),
        ("warm-hearth/mend/quench?second=calm", "warm-hearth/mend/calm"),
        ("?base=quiet-linen&base=warm-hearth", "?base=warm-hearth"),
    ],
)
def test_a_plain_form_is_sent_to_the_one_address_of_its_state(client: Client, asked: str, kept: str) -> None:
    response = client.get(MIXER + asked)

    assert (response.status_code, response["Location"]) == (302, MIXER + kept)
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "path", ["warm-hearth/mend/quench?size=50ml&label=Ada", "?main=mend&size=500ml&label=%C3%89a", ""]
)
def test_an_address_opens_as_it_is_with_what_it_says(client: Client, path: str) -> None:
    page = opened(client, MIXER + path)

    assert page.checked.get("main") == ("mend" if "mend" in path else None)
    assert page.checked["size"] == ("50ml" if "50ml" in path else "500ml" if "500ml" in path else "250ml")
    label = "Ada" if "Ada" in path else "Éa" if path.startswith("?") else ""
    assert page.attributes["label"]["value"] == label
    assert page.by_id["bottle-label"] == label


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("warm-hearth/mend/soap", {"base": "warm-hearth", "main": "mend"}),
        ("warm-hearth/mend", {}),
        ("warm-hearth/mend/quench/calm", {}),
        ("warm-hearth/mend/quench/", {}),
        ("mend/mend/mend", {"main": "mend", "second": "mend"}),
        ("none/mend/quench", {"main": "mend", "second": "quench"}),
        ("?base=soap&main=mend", {"main": "mend"}),
        ("?size=1l", {}),
        ("WARM-HEARTH/mend/quench", {"main": "mend", "second": "quench"}),
        (quote("ä/<script>/λ"), {}),
    ],
)
def test_what_is_not_offered_is_not_found_on_a_page_that_keeps_the_rest(
    client: Client, path: str, kept: dict[str, str]
) -> None:
    response = client.get(MIXER + path)
    page = read_page(response)

    assert response.status_code == 404
    assert {slot: part for slot, part in page.checked.items() if slot != "size"} == kept
    (notice,) = page.by_class["notice"]
    assert notice.startswith("We do not offer “")
    assert "What we do offer of that mix is kept below; choose the rest anew." in notice
    assert b"<script>/" not in response.content
    assert page.attributes["mix-form"]["action"] == MIXER


@pytest.mark.parametrize("url", ["/mix/soap/", "/mix/soap/a/b/c"])
def test_a_recipe_that_is_not_on_sale_is_not_found(client: Client, url: str) -> None:
    make_bicycle()

    assert client.get(url).status_code == 404
    assert client.get("/mix/bicycle/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_mixer_is_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)(MIXER).status_code == 405


# Choosing -----------------------------------------------------------------------------------------------------------


def choose(client: Client, before: str = "", **fields: str) -> Any:
    query = urlencode(fields)
    return client.get(
        f"{MIXER}?{query}", headers={**HTMX, "HX-Current-URL": f"http://testserver{MIXER}{before}"}
    )


def test_a_choice_is_answered_by_what_changed_and_its_address(client: Client) -> None:
    response = choose(client, base="warm-hearth", main="mend", size="250ml", label="")
    page = read_page(response)

    assert response.status_code == 200
    assert response["HX-Push-Url"] == f"{MIXER}?base=warm-hearth&main=mend"
    assert "HX-Request" in response["Vary"]
    assert "<html" not in response.content.decode()
    assert page.by_id["answer"].startswith("£14.00 Still to choose: second shot.")
    assert page.by_id["second-gleam-why"] == "Not with Mend: Gleam's acid clouds Mend's wheat protein"
    assert page.by_id["second-quench-why"] == ""
    assert page.attributes["second-gleam-why"]["hx-swap-oob"] == "true"
    assert page.attributes["facts"]["hx-swap-oob"] == "true"


def test_a_choice_that_completes_a_mix_has_the_address_of_the_mix(client: Client) -> None:
    response = choose(client, base="warm-hearth", main="mend", second="quench", size="50ml", label="Ada")

    assert response["HX-Push-Url"] == f"{MIXER}warm-hearth/mend/quench?size=50ml&label=Ada"
    assert "Add to basket, £4.50" in read_page(response).by_id["answer"]


def test_going_back_in_the_browser_gets_the_whole_page(client: Client) -> None:
    headers = {**HTMX, "HX-History-Restore-Request": "true"}

    response = client.get(f"{MIXER}warm-hearth/mend/quench", headers=headers)

    assert b"<html" in response.content
    assert "HX-Push-Url" not in response


def test_repairs_leave_alone_what_was_just_chosen(client: Client) -> None:
    """Quiet Linen with Gleam: who came by Gleam keeps it and is offered other bases, and the other way round."""
    by_shot = choose(
        client, before="?base=quiet-linen&second=calm", base="quiet-linen", main="gleam", second="calm"
    )
    by_base = choose(
        client, before="?main=gleam&second=calm", base="quiet-linen", main="gleam", second="calm"
    )

    kept_shots = [href.split("/")[4] for _, href in read_page(by_shot).repairs]
    kept_bases = [href.split("/")[3] for _, href in read_page(by_base).repairs]
    assert kept_shots == ["gleam"] * 3
    assert kept_bases == ["quiet-linen"] * 3


@pytest.mark.parametrize(
    "current", ["", "http://[", "not an address", "http://x/mix/shampoo/a/b/c/d/e", "http://x/y"]
)
def test_an_odd_address_of_the_page_before_does_no_harm(client: Client, current: str) -> None:
    response = client.get(f"{MIXER}?base=quiet-linen&main=gleam", headers={**HTMX, "HX-Current-URL": current})

    assert response.status_code == 200
    assert read_page(response).repairs


def test_changing_the_base_keeps_the_shots(client: Client) -> None:
    response = choose(
        client, before="warm-hearth/mend/quench", base="salt-meadow", main="mend", second="quench"
    )

    assert response["HX-Push-Url"] == f"{MIXER}salt-meadow/mend/quench"
    assert "Add to basket" in read_page(response).by_id["answer"]


def test_advice_is_said_and_the_mix_can_be_ordered_all_the_same(client: Client) -> None:
    answer = opened(client, f"{MIXER}warm-hearth/lift/quench").by_id["answer"]

    assert "Good to know: Moisture weighs fine hair down. You can still have it." in answer
    assert "Add to basket, £14.00" in answer


# Cookies, queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "warm-hearth/mend/quench", "?main=mend", "a/b/c"])
def test_a_first_visit_gets_no_cookie(client: Client, path: str) -> None:
    assert not client.get(MIXER + path).cookies
    assert not client.get("/").cookies


@pytest.mark.parametrize("path", ["", "warm-hearth/mend/quench", "quiet-linen/gleam/gleam"])
def test_a_page_costs_at_most_two_queries(
    client: Client, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(MIXER)  # a process compiles a version once

    with django_assert_max_num_queries(2):
        assert client.get(MIXER + path).status_code == 200
