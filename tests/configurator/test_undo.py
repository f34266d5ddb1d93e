"""One click back to the state before, with htmx and without."""

import random
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.undo import offer_undo, read_before
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_bicycle, publish
from tests.configurator.make import make_size, make_spec
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
MIXER = "/mix/shampoo/"


def opened(client: Client, path: str, *, before: str, by_htmx: bool = False) -> Page:
    headers: dict[str, Any] = {"Referer": before}
    if by_htmx:
        headers = {"HX-Request": "true", "HX-Current-URL": before, "Referer": f"{HOST}{MIXER}?main=coil"}
    response = client.get(MIXER + path, headers=headers)
    assert response.status_code == 200, response.get("Location")
    return read_page(response)


def undo(page: Page) -> tuple[str, str] | None:
    """Its words and its address."""
    (found,) = page.by_class.get("undo", [""])
    return (found, page.links[found]) if found else None


@pytest.mark.parametrize("by_htmx", [True, False], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("warm-hearth/lift/coil", "warm-hearth/calm/coil", "Undo: Main shot back to Lift"),
        ("warm-hearth/lift/coil", "?base=warm-hearth&main=lift", "Undo: Second shot back to Coil"),
        ("?base=warm-hearth", "?base=warm-hearth&main=lift", "Undo: Main shot open again"),
        ("?size=50ml", "", "Undo: size back to 50 ml"),
        ("", "?size=500ml", "Undo: size back to 250 ml"),
        ("?label=Ada", "?label=Eve", "Undo: name on the label back to “Ada”"),
        ("", "?label=Eve", "Undo: no name on the label"),
        ("?size=50ml", "?main=lift", "Undo the last change"),
        ("warm-hearth/lift/coil", "salt-meadow/calm/coil", "Undo the last change"),
    ],
)
def test_the_state_before_is_one_click_away(
    client: Client, before: str, after: str, words: str, *, by_htmx: bool
) -> None:
    page = opened(client, after, before=f"{HOST}{MIXER}{before}", by_htmx=by_htmx)

    assert undo(page) == (words, MIXER + before)
    assert words in page.by_id["answer"]


def test_a_choice_that_does_not_work_can_be_undone_too(client: Client) -> None:
    page = opened(client, "warm-hearth/mend/gleam", before=f"{HOST}{MIXER}warm-hearth/mend/quench")

    assert undo(page) == ("Undo: Second shot back to Quench", f"{MIXER}warm-hearth/mend/quench")
    assert page.repairs


def test_going_back_keeps_her_list_and_the_line_of_her_basket(client: Client) -> None:
    page = opened(
        client,
        "warm-hearth/lift/coil?avoid=nuts&line=7",
        before=f"{HOST}{MIXER}warm-hearth/calm/coil?label=Ada&avoid=wheat&line=8",
    )

    assert undo(page) == (
        "Undo the last change",
        f"{MIXER}warm-hearth/calm/coil?label=Ada&avoid=nuts&line=7",
    )


@pytest.mark.parametrize("by_htmx", [True, False], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    "before",
    [
        "",
        f"{HOST}{MIXER}warm-hearth/lift/coil",
        f"{HOST}{MIXER}warm-hearth/lift/coil?avoid=nuts&line=3",
        f"{HOST}{MIXER}?second=coil&main=lift&base=warm-hearth&open=nowhere",
        f"{HOST}/",
        f"{HOST}/mix/bicycle/",
        f"{HOST}{MIXER}compare?a=warm-hearth/calm/coil",
        f"{HOST}{MIXER}surprise",
        f"https://elsewhere.example{MIXER}warm-hearth/calm/coil",
        f"http://testserver:81{MIXER}warm-hearth/calm/coil",
        "http://[",
        "javascript:alert(1)",
        "not an address",
        "//",
    ],
)
def test_what_is_no_other_state_of_this_mixer_is_not_gone_back_to(
    client: Client, before: str, *, by_htmx: bool
) -> None:
    publish(make_bicycle())

    page = opened(client, "warm-hearth/lift/coil", before=before, by_htmx=by_htmx)

    assert undo(page) is None
    assert "Undo" not in page.by_id["answer"]


def test_coming_by_a_link_or_opening_an_address_offers_nothing_to_undo(client: Client) -> None:
    response = client.get(MIXER + "warm-hearth/lift/coil")

    assert b"Undo" not in response.content


def test_a_name_in_the_address_before_is_never_markup(client: Client) -> None:
    before = f"{HOST}{MIXER}?label=%3Cscript%3Ealert(1)%3C/script%3E"
    headers = {"Referer": before}

    body = client.get(MIXER, headers=headers).content.decode()

    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


def test_a_plain_form_too_leaves_alone_what_was_just_chosen(client: Client) -> None:
    by_shot = opened(client, "quiet-linen/gleam/calm", before=f"{HOST}{MIXER}quiet-linen/lift/calm")
    by_base = opened(client, "quiet-linen/gleam/calm", before=f"{HOST}{MIXER}warm-hearth/gleam/calm")

    assert [href.split("/")[4] for _, href in by_shot.repairs] == ["gleam"] * 3
    assert [href.split("/")[3] for _, href in by_base.repairs] == ["quiet-linen"] * 3


def test_from_any_state_to_any_other_the_way_back_leads_to_the_first(shampoo: Mixer) -> None:
    rng = random.Random(5)

    def some_state() -> MixState:
        mix = {
            slot: part
            for slot, part in judge.named(rng.choice(judge.all_mixes())).items()
            if rng.random() < 0.7
        }
        size = rng.choice(shampoo.spec.sizes)
        return MixState(recipe="shampoo", mix=mix, size=size, label_name=rng.choice(["", "Ada & Bob", "É"]))

    for _ in range(300):
        before, after = some_state(), some_state()

        offered = offer_undo(shampoo, before, after)

        if (before.mix, before.size, before.label_name) == (after.mix, after.size, after.label_name):
            assert offered is None
        else:
            assert offered is not None
            assert read_before(shampoo, offered.address) == before


def test_a_size_without_a_volume_is_named_by_its_short_name() -> None:
    sizes = (make_size("small", volume_ml=None), make_size("large", volume_ml=None, price=2000))
    mixer = Mixer(make_spec(sizes=sizes))
    before, after = (MixState(recipe="tea", mix={}, size=size) for size in mixer.spec.sizes)

    offered = offer_undo(mixer, before, after)

    assert offered is not None
    assert offered.text == "Undo: size back to small"
    assert urlsplit(offered.address).path == "/mix/tea/"
