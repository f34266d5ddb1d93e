"""Every complete mix by its own address: choices restored, no percentage, then the button or a reason and a way out."""

import random
import re
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from tests.configurator import catalogue_judge as judge
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"


def opened(client: Client, url: str) -> Page:
    """A page that tells no share of anything."""
    response = client.get(url)
    assert response.status_code == 200
    said = re.sub(r'(href|content|nonce)="[^"]*"', "", response.content.decode())
    assert "%" not in said
    assert "ppm" not in said.lower()
    return read_page(response)


def buttons(page: Page) -> list[str]:
    return [text for text in page.buttons if text.startswith("Add to basket")]


def parts(address: str) -> judge.Mix:
    return tuple(urlsplit(address).path.removeprefix(MIXER).split("/"))


def assert_leads_on(page: Page, mix: judge.Mix, avoid: frozenset[str]) -> None:
    """A short reason, and one to three makeable mixes as near as there are."""
    assert buttons(page) == []
    reasons = [text for text in page.by_class["why"] if text and text in page.by_id["answer"]]
    assert reasons
    assert all(len(text) <= 90 for text in page.by_class["why"])
    found = [parts(href) for _, href in page.repairs]
    assert 1 <= len(found) == len(set(found)) <= 3
    assert set(found) <= set(judge.makeable(avoid))
    for other in found:
        assert sum(a != b for a, b in zip(mix, other, strict=True)) == judge.fewest_changes(mix, avoid)


def test_each_address_restores_its_choices_and_offers_the_basket_or_a_way_out(client: Client) -> None:
    makeable = set(judge.makeable())
    offered = 0
    for mix in judge.all_mixes():
        page = opened(client, MIXER + "/".join(mix))

        assert page.checked == {**judge.named(mix), "size": "250ml"}
        if mix in makeable:
            offered += 1
            assert page.by_class["ingredients"] == [", ".join(judge.ingredients(mix))]
            assert buttons(page) == [f"Add to basket, £{judge.price(mix) / 100:.2f}"]
            assert page.repairs == []
        else:
            assert_leads_on(page, mix, frozenset())
            assert "ingredients" not in page.by_class
            assert page.by_id["answer"].count(".") >= len(judge.met_rules(mix))

    assert offered == 183


def test_before_a_mix_is_whole_no_percentage_is_told_either(client: Client) -> None:
    for query in ("", "?main=mend"):
        assert buttons(opened(client, MIXER + query)) == []


def test_with_something_to_leave_out_too(client: Client) -> None:
    rng = random.Random(256)
    flags = judge.catalogue()["flags"]
    nothing_left = 0
    for mix in judge.all_mixes():
        flag = rng.choice(flags)
        avoid = frozenset([flag])
        page = opened(client, f"{MIXER}{'/'.join(mix)}?avoid={flag}")

        assert page.checked == {**judge.named(mix), "size": "250ml"}
        assert page.hidden[0] == ("avoid", flag)
        if mix in judge.makeable(avoid):
            assert buttons(page) == [f"Add to basket, £{judge.price(mix) / 100:.2f}"]
        elif judge.makeable(avoid):
            assert_leads_on(page, mix, avoid)
            assert all(QueryDict(urlsplit(href).query).getlist("avoid") == [flag] for _, href in page.repairs)
        else:
            nothing_left += 1
            assert buttons(page) == []
            assert "Without coconut derived there is nothing that we can make." in page.by_id["answer"]
            assert "Change what we leave out" in page.by_id["answer"]

    assert nothing_left > 5
