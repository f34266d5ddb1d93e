"""From the mixer into the basket, and back to a line of it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from orders.models import BasketLine
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"
MIX = f"{MIXER}warm-hearth/mend/quench"


def opened(client: Client, address: str, **headers: str) -> Page:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.get("Location")
    return read_page(response)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "choice"])
def test_the_button_posts_the_form_and_says_the_price(client: Client, headers: dict[str, str]) -> None:
    button = opened(client, f"{MIX}?size=50ml", **headers).buttons["Add to basket, £4.50"]

    assert button == {
        "form": "mix-form",
        "formmethod": "post",
        "formaction": "/basket/add",
        "name": "recipe",
        "value": "shampoo",
    }


def test_the_form_holds_the_list_of_the_address_and_the_line_and_no_token(client: Client) -> None:
    response = client.get(f"{MIX}?avoid=oat&avoid=menthol&line=12")
    form = response.content.decode().split('id="mix-form"')[1].split("</form>")[0]

    assert read_page(response).hidden[:3] == [("avoid", "oat"), ("avoid", "menthol"), ("line", "12")]
    assert 'name="line"' in form
    assert b"csrf" not in response.content


def test_what_the_button_posts_is_in_the_basket(client: Client) -> None:
    fields = {
        "recipe": "shampoo",
        "base": "warm-hearth",
        "main": "mend",
        "second": "quench",
        "size": "50ml",
        "label": "Ada",
    }

    response = client.post("/basket/add", fields, headers={"Origin": "http://testserver"})

    added = BasketLine.objects.get().pk
    assert (response.status_code, response["Location"]) == (302, f"/basket?added={added}")
    said = client.get("/basket").content.decode()
    assert "Warm Hearth with Mend and Quench" in said
    assert "Ada" in said


def test_a_name_that_cannot_be_printed_is_to_be_changed_first(client: Client) -> None:
    page = opened(client, f"{MIX}?label=%E2%98%83")

    assert not [text for text in page.buttons if "basket" in text]
    assert "We cannot print “☃” on a label." in page.by_id["answer"]
    assert page.links["Change the name on the label"] == "#label"


# Changing a line ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "choice"])
def test_changing_a_line_is_saved_or_left_as_it_is(client: Client, headers: dict[str, str]) -> None:
    page = opened(client, f"{MIX}?line=12", **headers)

    assert page.buttons["Save the change, £14.00"]["formaction"] == "/basket/add"
    assert page.links["Back to the basket, change nothing"] == "/basket"
    assert not [text for text in page.buttons if text.startswith("Add")]


def test_back_to_the_basket_shows_in_every_state_of_a_line_and_never_else(client: Client) -> None:
    for path in ("?base=warm-hearth&line=12", "warm-hearth/mend/gleam?line=12"):
        assert "Back to the basket, change nothing" in opened(client, MIXER + path).links
    assert "Back to the basket, change nothing" not in opened(client, MIX).links


def test_the_line_stays_in_every_address_on_the_way(client: Client) -> None:
    page = opened(
        client,
        "/mix/shampoo/warm-hearth/mend/gleam?avoid=oat&line=12",
        Referer="http://testserver/mix/shampoo/warm-hearth/mend/quench?line=12",
    )
    whole = opened(client, f"{MIX}?line=12")

    addresses = [href for _, href in page.repairs] + [
        page.links[page.by_class["undo"][0]],
        whole.links["Compare"],
    ]
    assert len(addresses) == 5
    for address in addresses:
        assert parse_qs(urlsplit(address).query)["line"] == ["12"]
    assert client.get(f"{MIXER}?main=mend&line=12&size=")["Location"] == f"{MIXER}?main=mend&line=12"


@pytest.mark.parametrize("line", ["", "x", "-1", "1.5", "٣", "²", "9" * 19, "1 "])
def test_what_names_no_line_is_left_out_without_a_word(client: Client, line: str) -> None:
    response = client.get(MIX, {"line": line})

    assert (response.status_code, response["Location"]) == (302, MIX)
