"""What the publish page says in detail, the name it wants typed, and the way back from its message."""

import re

import pytest
from django.test import Client

from configurator.models import Component, Recipe, RecipeVersion, Rule, Size
from configurator.publishing import preview_publish
from configurator.versions import newest_version
from tests.configurator.admin.forms import errors, open_form
from tests.configurator.drafts import make_bicycle, make_rule, publish, shampoo
from tests.configurator.shared_mixes import make_shared

pytestmark = pytest.mark.django_db


def publish_url(recipe: Recipe | None = None) -> str:
    return f"/admin/configurator/recipe/{(recipe or shampoo()).pk}/publish/"


def kill_base() -> None:
    shots = Component.objects.filter(family__slug="super-shots").values_list("slug", flat=True)
    make_rule("wrong", left=["warm-hearth"], right=list(shots))


def squeezed(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def test_one_sentence_and_tables_say_what_is_gained_lost_touched_and_left(owners_browser: Client) -> None:
    make_rule("flat", left=["mend"], right=["quench"])
    Rule.objects.filter(slug="lactic-cap").delete()
    Component.objects.filter(slug="coil").update(is_offered=False)
    Size.objects.filter(slug="50ml").update(price=500)
    make_shared()

    html = squeezed(open_form(owners_browser, publish_url()).html)

    assert re.search(
        r"Removes 8 of 196 mixes, \d+ not already removed; \d+ go with what is no longer offered; \d+ stay; "
        r"\d+ come; touches 1 shared mix, \d starters?;",
        html,
    )
    assert re.search(r'<th scope="row">flat</th> <td> new </td> <td>0</td> <td>\d+</td>', html)
    assert re.search(r'<th scope="row">lactic-cap</th> <td> removed </td> <td>\d+</td> <td>0</td>', html)
    assert '<th scope="row">1 shared mix</th> <td>1</td> <td>0</td>' in html
    assert "<h3>Rules</h3>" in html
    assert "<li>New: Mend never together with Quench, because “Because”.</li>" in html
    assert "<li>Removed: Coil.</li>" in html


def test_what_is_not_touched_is_said_once_and_not_counted(owners_browser: Client) -> None:
    Component.objects.filter(slug="mend").update(tagline="Mends")

    html = squeezed(open_form(owners_browser, publish_url()).html)

    assert "183 stay; touches nothing that shoppers hold, and no starter." in html
    assert "The same 183 mixes can be made as before." in html
    assert "Nothing that shoppers hold already is touched." in html
    assert not re.search(r"\b0 (of|gained|lost|baskets|shared)", html)


def test_what_kills_a_base_is_stopped_and_nothing_typed_is_lost(owners_browser: Client) -> None:
    kill_base()
    form = open_form(owners_browser, publish_url())
    assert "Warm Hearth: no mix can be made with it any more." in form.html
    assert "type “Shampoo” below" in form.html

    response = form.fill(note="Tidy & neat", confirmed="Shampo").post(owners_browser)

    assert errors(response) == ["Type “Shampoo” to confirm; nothing was published."]
    page = response.content.decode()
    assert 'value="Shampo"' in page
    assert "Tidy &amp; neat" in page
    assert RecipeVersion.objects.count() == 1
    type(form)(form.url, page).fill(confirmed="shampoo").save(owners_browser)
    assert newest_version("shampoo").note == "Tidy & neat"


def test_a_form_made_up_without_the_name_is_refused_too(owners_browser: Client) -> None:
    kill_base()

    response = owners_browser.post(publish_url(), {"note": "Go", "sha256": preview_publish(shampoo()).sha256})

    assert errors(response) == ["Type “Shampoo” to confirm; nothing was published."]
    assert RecipeVersion.objects.count() == 1


def test_nothing_has_to_be_typed_where_nothing_dies(owners_browser: Client) -> None:
    make_rule(left=["lift"], right=["calm"])

    assert "confirmed" not in open_form(owners_browser, publish_url()).values


def test_the_page_costs_a_bounded_number_of_queries(
    owners_browser: Client, django_assert_max_num_queries: object
) -> None:
    make_rule(left=["lift"], right=["calm"])
    open_form(owners_browser, publish_url())

    with django_assert_max_num_queries(48):  # type: ignore[operator]
        open_form(owners_browser, publish_url())


def test_the_message_after_publishing_leads_to_the_shop_and_back(owners_browser: Client) -> None:
    first = newest_version("shampoo")
    make_rule(left=["lift"], right=["calm"])
    form = open_form(owners_browser, publish_url()).fill(note="Flat")

    page = owners_browser.post(form.url, {**form.values, "action": "now"}, follow=True).content.decode()

    back = f"/admin/configurator/recipeversion/{first.pk}/publish-again/?take-back=2"
    assert f'<a href="{back}">Take it back</a>' in page
    assert '<a href="/mix/shampoo/">See it in the shop</a>' in page
    again = open_form(owners_browser, back)
    assert again["note"] == "Takes back version 2."
    again.save(owners_browser)
    assert newest_version("shampoo").sha256 == first.sha256
    assert newest_version("shampoo").note == "Takes back version 2."


def test_a_way_back_that_somebody_overtook_asks_why_again(owners_browser: Client) -> None:
    first = newest_version("shampoo")
    make_rule(left=["lift"], right=["calm"])
    publish()
    make_rule("other", left=["lift"], right=["mend"])
    publish()

    form = open_form(
        owners_browser, f"/admin/configurator/recipeversion/{first.pk}/publish-again/?take-back=2"
    )

    assert form["note"] == ""


def test_a_first_version_has_no_way_back(owners_browser: Client) -> None:
    form = open_form(owners_browser, publish_url(make_bicycle())).fill(note="First")

    page = owners_browser.post(form.url, form.values, follow=True).content.decode()

    assert "Bicycle, version 1 is on sale now." in page
    assert "Take it back" not in page


# Two versions ---------------------------------------------------------------------------------------------------------


def compare_url(query: str = "") -> str:
    return f"/admin/configurator/recipe/{shampoo().pk}/compare/{query}"


def three_versions() -> None:
    Size.objects.filter(slug="50ml").update(price=500)
    publish(note="Dearer")
    make_rule("flat", left=["lift"], right=["calm"])
    publish(note="Less flat")


def test_the_newest_version_is_compared_with_the_one_before(owners_browser: Client) -> None:
    three_versions()

    html = owners_browser.get(compare_url()).content.decode()

    assert "From version 2 to version 3" in html
    assert "183 makeable mixes became 175: 0 gained, 8 lost." in html
    assert "New: Lift never together with Calm, because “Because”." in html
    assert "price was" not in html


def test_any_two_versions_are_compared_either_way(owners_browser: Client) -> None:
    three_versions()

    html = owners_browser.get(compare_url("?old=3&new=1")).content.decode()

    assert "From version 3 to version 1" in html
    assert "Removed: Lift never together with Calm" in html
    assert "50ml: price was £5.00 and is now £4.50." in html
    assert "Nothing differs." in owners_browser.get(compare_url("?old=2&new=2")).content.decode()


@pytest.mark.parametrize("query", ["?old=9&new=1", "?old=a&new=1", "?old=1&new="])
def test_a_version_that_is_not_there_is_said_to_be_none(owners_browser: Client, query: str) -> None:
    response = owners_browser.get(compare_url(query))

    assert len(errors(response)) == 1
    assert "From version" not in response.content.decode()


def test_a_recipe_without_versions_has_nothing_to_compare(owners_browser: Client) -> None:
    url = f"/admin/configurator/recipe/{make_bicycle().pk}/compare/"

    assert "Nothing was published yet" in owners_browser.get(url).content.decode()


def test_who_may_not_see_versions_compares_none(client: Client, stranger: object) -> None:
    client.force_login(stranger)  # type: ignore[arg-type]

    assert client.get(compare_url()).status_code == 403


def test_the_list_of_versions_leads_to_what_changed_and_back(owners_browser: Client) -> None:
    three_versions()
    versions = {version.number: version.pk for version in RecipeVersion.objects.all()}

    html = owners_browser.get("/admin/configurator/recipeversion/").content.decode()

    assert f'href="{compare_url()}?old=2&amp;new=3" aria-label="What changed with Shampoo, version 3"' in html
    assert f'href="/admin/configurator/recipeversion/{versions[1]}/publish-again/"' in html
    assert f'href="/admin/configurator/recipeversion/{versions[3]}/publish-again/"' not in html
