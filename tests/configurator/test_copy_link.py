"""The link to a mix for others: absolute, the whole state, nothing that is hers alone."""

import pytest
from django.conf import LazySettings
from django.test import Client

from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from tests.configurator.make import make_slot, make_spec
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"
MIX = f"{MIXER}warm-hearth/mend/quench"


def opened(client: Client, address: str, **headers: str) -> Page:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.get("Location")
    return read_page(response)


def link(page: Page) -> str:
    field = page.attributes["copy-link"]
    assert "readonly" in field
    return field["value"]


@pytest.mark.parametrize(
    "path", ["", "?base=warm-hearth&size=50ml", "warm-hearth/mend/quench?label=Zo%C3%AB"]
)
def test_the_link_is_absolute_and_leads_to_the_same_state(
    client: Client, settings: LazySettings, path: str
) -> None:
    settings.BASE_URL = "https://shop.example"

    shown = link(opened(client, MIXER + path))

    assert shown == f"https://shop.example{MIXER}{path}"
    assert (
        opened(client, shown.removeprefix("https://shop.example")).checked
        == opened(client, MIXER + path).checked
    )


@pytest.mark.parametrize("by_htmx", [True, False], ids=["htmx", "plain"])
def test_her_list_and_her_basket_are_not_in_it(client: Client, *, by_htmx: bool) -> None:
    headers = {"HX-Request": "true"} if by_htmx else {}
    response = client.get(f"{MIX}?label=Ada&avoid=oat&avoid=menthol&line=12", headers=headers)

    assert link(read_page(response)).endswith("/mix/shampoo/warm-hearth/mend/quench?label=Ada")
    share = response.content.decode().split('action="/m/"')[1].split("</form>")[0]
    for private in ("oat", "menthol", "avoid", "line", "12", "Ada"):
        assert private not in share


def test_a_name_that_cannot_be_printed_is_not_handed_on(client: Client) -> None:
    assert link(opened(client, f"{MIX}?label=%E2%98%83")).endswith(MIX)


def test_an_open_section_is_not_handed_on_either() -> None:
    slots = (make_slot(group="One"), make_slot("shot", family="shots", dose_ul=10_000, group="Two"))
    mixer = Mixer(make_spec(slots=slots))
    state = MixState(recipe="tea", mix={}, size=mixer.spec.sizes[0], section="two")

    assert state.address(mixer) == "/mix/tea/?open=two"
    assert state.public_address(mixer) == "/mix/tea/"


def test_a_choice_brings_the_new_link(client: Client) -> None:
    page = opened(client, MIX, **{"HX-Request": "true"})

    assert page.attributes["copy-link"]["hx-swap-oob"] == "true"
    assert page.attributes["share"]["hx-swap-oob"] == "true"


def test_a_mix_that_can_be_made_can_be_shared_as_a_page(client: Client) -> None:
    page = opened(client, f"{MIX}?size=50ml")

    assert "Share it as a page" in page.buttons
    assert [pair for pair in page.hidden if pair[0] != "avoid"] == [
        ("recipe", "shampoo"),
        ("size", "50ml"),
        ("base", "warm-hearth"),
        ("main", "mend"),
        ("second", "quench"),
    ]


@pytest.mark.parametrize(
    "path", ["", "?base=warm-hearth", "warm-hearth/mend/gleam", "warm-hearth/mend/quench?avoid=wheat"]
)
def test_what_cannot_be_made_has_a_link_and_is_not_shared_as_a_page(client: Client, path: str) -> None:
    page = opened(client, MIXER + path)

    assert MIXER in link(page)
    assert "Share it as a page" not in page.buttons
    assert "recipe" not in dict(page.hidden)


def test_copying_needs_a_script_and_its_button_is_hidden_without(client: Client) -> None:
    page = opened(client, MIX)

    assert "hidden" in page.buttons["Copy"]
    assert page.attributes["copied"]["role"] == "status"
    assert page.by_id["copied"] == ""
