"""The page that publishes a recipe, and the one that puts an older version on sale again."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from configurator.models import Component, Recipe, RecipeVersion, Rule, Size
from configurator.publishing import preview_publish
from configurator.versions import newest_version
from tests.configurator import catalogue_judge as judge
from tests.configurator.admin.forms import errors, open_form
from tests.configurator.drafts import make_bicycle, make_rule, publish, shampoo

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def publish_url(recipe: Recipe | None = None) -> str:
    return f"/admin/configurator/recipe/{(recipe or shampoo()).pk}/publish/"


def again_url(version: RecipeVersion) -> str:
    return f"/admin/configurator/recipeversion/{version.pk}/publish-again/"


def test_the_page_shows_what_is_gained_and_lost_before_anything_is_published(owners_browser: Client) -> None:
    make_rule("lift-calm", left=["lift"], right=["calm"], reason="Flat")
    Size.objects.filter(slug="50ml").update(price=500)
    lost = [mix for mix in judge.makeable() if set(mix[1:]) == {"lift", "calm"}]

    form = open_form(owners_browser, publish_url())

    assert f"183 makeable mixes become {183 - len(lost)}: 0 gained, {len(lost)} lost." in form.html
    assert "50ml: £4.50 → £5.00" in form.html
    assert '<th scope="row">lift-calm</th><td>Flat</td><td>8</td><td>8</td>' in form.html
    base, main, second = (Component.objects.get(slug=part).name for part in lost[0])
    assert f"Base blend: {base}, Main shot: {main}, Second shot: {second}" in form.html
    assert RecipeVersion.objects.count() == 1


def test_confirming_publishes_with_name_and_reason(owners_browser: Client, owner: User) -> None:
    make_rule("lift-calm", left=["lift"], right=["calm"])
    form = open_form(owners_browser, publish_url())

    response = owners_browser.post(form.url, {**form.values, "note": "They weigh hair down"}, follow=True)

    version = newest_version("shampoo")
    assert (version.number, version.mixes, version.note) == (2, 175, "They weigh hair down")
    assert version.published_by == owner
    assert "Shampoo, version 2 is on sale now." in response.content.decode()


def test_a_reason_must_be_given(owners_browser: Client) -> None:
    make_rule(left=["lift"], right=["calm"])
    form = open_form(owners_browser, publish_url())

    for note in ("", "   "):
        assert errors(form.fill(note=note).post(owners_browser)) == [
            "Say in a few words why, so that others understand it later."
        ]

    assert RecipeVersion.objects.count() == 1


def test_a_preview_that_somebody_overtook_is_shown_anew_and_nothing_is_published(
    owners_browser: Client,
) -> None:
    make_rule(left=["lift"], right=["calm"])
    form = open_form(owners_browser, publish_url()).fill(note="Mine & yours")
    Component.objects.filter(slug="lift").update(surcharge=150)

    response = form.post(owners_browser)

    assert response.status_code == 409
    assert "Somebody changed the draft after you opened this page." in response.content.decode()
    assert "Mine &amp; yours" in response.content.decode()
    assert RecipeVersion.objects.count() == 1
    again = type(form)(form.url, response.content.decode())
    again.save(owners_browser)
    assert newest_version("shampoo").note == "Mine & yours"


def test_what_cannot_be_sold_has_reasons_and_no_button(owners_browser: Client) -> None:
    make_rule("dry", kind=Rule.Kind.CAP, substances=["Aqua"], max_percent="5")

    form = open_form(owners_browser, publish_url())

    assert "This cannot be sold yet" in form.html
    assert "no mix can be made under dry. Loosen one." in form.html
    assert "note" not in form.values


def test_what_cannot_be_sold_is_not_published_by_a_form_made_up_either(owners_browser: Client) -> None:
    Size.objects.all().delete()
    sha256 = preview_publish(shampoo()).sha256

    response = owners_browser.post(publish_url(), {"note": "Go", "sha256": sha256})

    assert response.status_code == 200
    assert "a recipe needs at least one size" in response.content.decode()
    assert RecipeVersion.objects.count() == 1


def test_a_draft_that_is_on_sale_has_nothing_to_publish(owners_browser: Client) -> None:
    form = open_form(owners_browser, publish_url())
    response = owners_browser.post(publish_url(), {"note": "Go", "sha256": newest_version("shampoo").sha256})

    assert "there is nothing to publish, and nothing is touched." in form.html
    assert 'desk/">Back to the desk</a>' in form.html
    assert "What changes" not in form.html
    assert "note" not in form.values
    assert response.status_code == 200
    assert RecipeVersion.objects.count() == 1


def test_what_is_left_out_is_told(owners_browser: Client) -> None:
    Component.objects.filter(slug="gleam").update(is_offered=False)

    html = open_form(owners_browser, publish_url()).html

    assert "starter Cold Swim: gleam is not offered" in html
    assert "rule lactic-cap: what it speaks of is not offered" in html


def test_words_of_staff_are_escaped(owners_browser: Client) -> None:
    make_rule(left=["lift"], right=["calm"], reason="<script>alert(1)</script>")

    html = open_form(owners_browser, publish_url()).html

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_first_version_is_said_to_be_one(owners_browser: Client) -> None:
    html = open_form(owners_browser, publish_url(make_bicycle())).html

    assert "First version" in html
    assert "8 of 8 mixes can be made." in html


def test_a_recipe_that_is_not_there_is_not_found(owners_browser: Client) -> None:
    url = publish_url().replace(str(shampoo().pk), "99999")

    assert owners_browser.get(url).status_code == 404


def test_only_who_may_publish_sees_and_uses_the_pages(client: Client, formulator: User) -> None:
    make_rule(left=["lift"], right=["calm"])
    first = newest_version("shampoo")
    client.force_login(formulator)
    data = {"note": "Go", "sha256": preview_publish(shampoo()).sha256}

    for url in (publish_url(), again_url(first)):
        assert client.get(url).status_code == 403
        assert client.post(url, data).status_code == 403

    assert RecipeVersion.objects.count() == 1
    change = client.get(f"/admin/configurator/recipe/{shampoo().pk}/change/")
    assert b"Preview and publish" not in change.content


def test_the_permission_to_publish_is_enough(client: Client, formulator: User) -> None:
    make_rule(left=["lift"], right=["calm"])
    formulator.user_permissions.add(Permission.objects.get(codename="publish_recipe"))
    client.force_login(formulator)

    open_form(client, publish_url()).fill(note="Go").save(client)

    assert newest_version("shampoo").published_by == formulator


def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    for url in (publish_url(), again_url(newest_version("shampoo"))):
        response = client.post(url, {"note": "Go"})
        assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={url}")

    assert RecipeVersion.objects.count() == 1


# The way back -------------------------------------------------------------------------------------------------------


def test_an_older_version_is_put_on_sale_again_on_its_own_page(owners_browser: Client, owner: User) -> None:
    first = newest_version("shampoo")
    make_rule(left=["lift"], right=["calm"])
    publish()

    form = open_form(owners_browser, again_url(first))
    form.fill(note="Too strict").save(owners_browser)

    assert "Going back turns 175 makeable mixes into 183: 8 gained, 0 lost." in form.html
    third = newest_version("shampoo")
    assert (third.number, third.sha256, third.mixes) == (3, first.sha256, 183)
    assert (third.note, third.published_by) == ("Too strict", owner)


def test_going_back_needs_a_reason(owners_browser: Client) -> None:
    first = newest_version("shampoo")
    make_rule(left=["lift"], right=["calm"])
    publish()

    assert errors(open_form(owners_browser, again_url(first)).post(owners_browser)) == [
        "Say in a few words why, so that others understand it later."
    ]

    assert newest_version("shampoo").number == 2


def test_going_back_to_what_is_on_sale_changes_nothing(owners_browser: Client) -> None:
    form = open_form(owners_browser, again_url(newest_version("shampoo"))).fill(note="Go")

    response = owners_browser.post(form.url, form.values, follow=True)

    assert "This is what is on sale already; nothing was changed." in response.content.decode()
    assert RecipeVersion.objects.count() == 1


def test_a_version_can_be_read_but_not_edited_or_deleted(owners_browser: Client) -> None:
    version = newest_version("shampoo")
    url = f"/admin/configurator/recipeversion/{version.pk}"

    form = open_form(owners_browser, f"{url}/change/")

    assert version.sha256 in form.html
    assert "Put on sale again" in form.html
    assert owners_browser.post(f"{url}/change/", {"mixes": "1"}).status_code == 403
    assert owners_browser.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    assert owners_browser.get("/admin/configurator/recipeversion/add/").status_code == 403
    assert newest_version("shampoo") == version
