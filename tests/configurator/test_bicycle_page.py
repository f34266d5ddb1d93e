"""The bicycle in the mixer: sections, progress, a drawn picture, small answers, no dead end."""

import gzip
import random
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from configurator.models import Recipe
from configurator.publishing import preview_publish
from configurator.versions import mixer_for, newest_version
from tests.configurator import bicycle_judge as judge

pytestmark = pytest.mark.django_db

MIXER = "/mix/bicycle/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{MIXER}"}


@pytest.fixture(scope="module", autouse=True)
def bicycle(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for this file, by the command, and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_catalogue", "bicycle", verbosity=0)
        yield
        transaction.set_rollback(True)


def read(client: Client, address: str, **extra: str) -> str:
    response = client.get(address, **extra)  # type: ignore[arg-type]  # headers, as the client takes them
    assert response.status_code == 200, (address, response.status_code, response.get("Location"))
    return response.content.decode()


def radios(html: str) -> set[str]:
    return set(re.findall(r'type="radio"\s+name="([^"]+)"', html))


def whys(html: str) -> list[str]:
    return re.findall(r'class="why"[^>]*>([^<]+)<', html)


def complete(name: str) -> str:
    return MIXER + "/".join(judge.starter(name).values())


def test_the_version_on_sale_is_the_file() -> None:
    spec = mixer_for(newest_version("bicycle")).spec

    assert spec == judge.spec()


def test_the_draft_that_was_loaded_is_what_is_on_sale() -> None:
    preview = preview_publish(Recipe.objects.get(slug="bicycle"))

    assert preview.is_unchanged
    assert preview.problems == ()


def test_only_the_open_section_is_sent_and_the_others_keep_their_choices(client: Client) -> None:
    html = read(
        client, MIXER + "?frame=curlew-gravel&colour=brick&gears=lane-single-11&open=wheels-and-brakes"
    )

    assert radios(html) == {"wheels", "rotors", "brakes", "tyres", "tubes", "mudguards"}
    kept = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', re.sub(r"\s+", " ", html))
    assert kept == [
        ("open", "wheels-and-brakes"),
        ("frame", "curlew-gravel"),
        ("colour", "brick"),
        ("gears", "lane-single-11"),
    ]
    assert "3 of 26 chosen" in html
    assert "2 of 5 chosen" in html


def test_the_first_section_with_something_left_is_open_by_itself(client: Client) -> None:
    frame = {"frame": "curlew-gravel", "colour": "brick", "fit": "fit-54", "fork": "carbon-lane-fork"}

    assert "frame" in radios(read(client, MIXER))
    assert "headset" in radios(read(client, f"{MIXER}?{urlencode(frame)}"))
    assert "wheels" in radios(read(client, f"{MIXER}?{urlencode(frame)}&headset=tapered-headset"))


def test_a_form_sent_by_a_section_s_button_leads_to_the_address_of_that_section(client: Client) -> None:
    response = client.get(MIXER + "?open=frame-and-fork&frame=heron-tourer&label=&open=drive")

    assert response["Location"] == MIXER + "?frame=heron-tourer&open=drive"


def test_a_section_that_is_not_there_is_no_fault_of_hers(client: Client) -> None:
    response = client.get(MIXER + "?open=engine")

    assert response["Location"] == MIXER


def test_what_is_still_open_leads_to_its_slot(client: Client) -> None:
    html = read(client, MIXER)

    targets = re.findall(r'value="([^"]+)"\s+formaction="/mix/bicycle/#title-([^"]+)"', html)
    assert [slot for _section, slot in targets] == [slot.slug for slot in judge.spec().slots]
    assert ("drive", "chain") in targets


@pytest.mark.parametrize("name", [each["name"] for each in judge.catalogue()["starters"]])
def test_a_starter_has_one_address_and_its_price_everywhere(client: Client, name: str) -> None:
    html = read(client, complete(name))
    bicycle = {"recipe": "bicycle", **judge.starter(name)}
    client.post("/basket/add", bicycle, headers={"Sec-Fetch-Site": "same-origin"})
    basket, checkout = read(client, "/basket"), read(client, "/checkout")

    pounds = f"£{judge.price(judge.starter(name)) / 100:,.2f}"
    assert f"Add to basket, {pounds}" in html
    assert pounds in basket
    assert pounds in checkout
    chosen = [part for part in judge.starter(name).values() if part != "none"]
    assert f"All {len(chosen)} parts" in checkout
    assert f'href="{complete(name)}"' in read(client, MIXER)


def test_the_picture_has_a_layer_for_each_part_that_is_drawn_and_the_frame_is_painted(client: Client) -> None:
    mix = judge.starter("Old school")
    html = read(client, MIXER + "/".join(mix.values()))
    empty = read(client, MIXER)

    colours = {part.slug: part.colour for family in judge.spec().families for part in family.components}
    frame = re.search(r'<path class="fill"\s+fill="([^"]+)"', html)
    assert frame is not None
    assert frame[1] == colours[mix["colour"]]
    assert 'class="ghost"' not in html
    assert empty.count('class="ghost"') > 15
    assert 'class="fill"' not in empty
    assert "<style nonce" not in html


def test_page_and_answer_are_small(client: Client) -> None:
    page = gzip.compress(read(client, complete("Far side of the map")).encode())
    answer = gzip.compress(read(client, complete("Far side of the map"), **HTMX).encode())

    assert len(page) <= 9_000
    assert len(answer) <= 4_000


def test_an_answer_brings_what_changed_and_no_cards(client: Client) -> None:
    html = read(client, MIXER + "?frame=swift-race&open=frame-and-fork", **HTMX)

    assert 'type="radio"' not in html
    assert "1 of 26 chosen" in html
    for id_ in ("answer", "picture", "progress-words", "still-open", "done-frame-and-fork", "facts"):
        assert f'id="{id_}"' in html
    assert set(re.findall(r'id="([a-z]+)-[a-z0-9-]+-why"', html)) == {
        "frame", "colour", "fit", "fork", "headset",
    }  # fmt: skip


def test_every_option_that_is_not_open_says_why_on_the_way_through_all_sections(client: Client) -> None:
    mixer = mixer_for(newest_version("bicycle"))
    full = judge.starter("Lanes and tracks")
    mix: dict[str, str] = {}
    for slot, component in full.items():
        mix[slot] = component
        if len(mix) % 6 != 1:
            continue
        html = read(
            client, f"{MIXER}?{urlencode(mix)}" if len(mix) < len(full) else complete("Lanes and tracks")
        )
        closed = [
            option
            for row in mixer.options(mix, size=mixer.spec.sizes[0]).slots
            if row.slot.slug in radios(html)
            for option in row.options
            if not option.is_open
        ]
        said = whys(html)
        assert len(said) == len(closed)
        assert all(0 < len(text) <= 90 for text in said)


def test_a_broken_mix_offers_at_most_three_ways_out_that_work(client: Client) -> None:
    rng = random.Random(4)
    mixer = mixer_for(newest_version("bicycle"))
    for _ in range(5):
        mix = judge.starter("Monday") | {
            "mudguards": rng.choice(["slim-guards", "clip-guards"]),
            "rack": "none",
        }
        html = read(client, MIXER + "/".join(mix.values()))

        ways = re.findall(r'class="repair"\s+href="([^"]+)"', html)
        assert "This one does not work" in html
        assert 1 <= len(ways) <= 3
        for way in ways:
            parts = way.removeprefix(MIXER).split("?")[0].split("/")
            assert mixer.is_makeable(dict(zip(mix, parts, strict=True)))


def test_the_list_of_products_says_how_many_in_words(client: Client) -> None:
    assert "More than 18 trillion mixes" in read(client, "/mix/")
    assert "183 mixes" in read(client, "/mix/")
