"""Every change of the draft says who, when, why and what in words, and one click takes it back (A3)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from configurator.history import one_change
from configurator.models import Component, Flag, Rule
from tests.configurator.admin.forms import errors, open_form
from tests.configurator.drafts import shampoo

pytestmark = pytest.mark.usefixtures("catalogue")

COMPONENT, RULE, RECIPE = (f"/admin/configurator/{name}/" for name in ("component", "rule", "recipe"))


def mend() -> Component:
    return Component.objects.get(slug="mend")


def shares() -> dict[str, Decimal]:
    return {part.substance.name: part.percent for part in mend().composition.all()}


def read_history(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", client.get(f"{path}history/").content.decode())


def take_back_newest(client: Client, path: str) -> None:
    found = re.search(r'name="at" value="([^"]+)"', read_history(client, path))
    assert found is not None
    answer = client.post(f"{path}history/take-back/", {"at": found[1].replace("&#x2B;", "+")})
    assert answer.status_code == 302


def change_composition(client: Client, *, why: str) -> dict[str, Decimal]:
    """Move one percent between the two largest shares; what it was before."""
    before = shares()
    form = open_form(client, f"{COMPONENT}{mend().pk}/change/")
    first, second = (Decimal(form[f"composition-{row}-percent"]) for row in (0, 1))
    form.fill(
        **{"composition-0-percent": first - 1, "composition-1-percent": second + 1, "change_reason": why}
    )
    form.save(client)
    return before


def test_a_change_of_a_composition_says_who_and_why_in_words(owners_browser: Client, owner: User) -> None:
    before = change_composition(owners_browser, why="The supplier changed")

    page = read_history(owners_browser, f"{COMPONENT}{mend().pk}/")

    assert f", {owner.username}</h2> <p>The supplier changed</p>" in page
    name, share = next(iter(before.items()))
    assert f"{name}" in page
    assert f"% w/w: {share.normalize():f} → {(share - 1).normalize():f}" in page


def test_one_click_takes_all_shares_back_and_leaves_the_stock(owners_browser: Client) -> None:
    before = change_composition(owners_browser, why="The supplier changed")
    Component.objects.filter(slug="mend").update(stock_ml=123, reserved_ml=45)

    take_back_newest(owners_browser, f"{COMPONENT}{mend().pk}/")

    assert shares() == before
    assert (mend().stock_ml, mend().reserved_ml) == (Decimal(123), Decimal(45))
    assert "Taken back: the change of" in read_history(owners_browser, f"{COMPONENT}{mend().pk}/")


def test_what_was_taken_back_can_be_taken_back(owners_browser: Client) -> None:
    before = change_composition(owners_browser, why="The supplier changed")
    after = shares()
    take_back_newest(owners_browser, f"{COMPONENT}{mend().pk}/")
    assert shares() == before

    take_back_newest(owners_browser, f"{COMPONENT}{mend().pk}/")

    assert shares() == after


def test_a_composition_is_not_changed_without_a_reason(owners_browser: Client) -> None:
    form = open_form(owners_browser, f"{COMPONENT}{mend().pk}/change/")
    first, second = (Decimal(form[f"composition-{row}-percent"]) for row in (0, 1))
    form.fill(
        **{"composition-0-percent": first - 1, "composition-1-percent": second + 1, "change_reason": ""}
    )
    before = shares()

    refused = form.post(owners_browser)

    assert "Say below why the composition changes, so that others understand it later." in errors(refused)
    assert shares() == before


def test_a_rule_is_not_changed_without_a_reason_and_comes_back_with_its_components(
    owners_browser: Client,
) -> None:
    rule = Rule.objects.get(slug="gleam-mend")
    sides = {row.slug for row in rule.left.all()}
    path = f"{RULE}{rule.pk}/"
    form = open_form(owners_browser, f"{path}change/")
    form.fill(left=[Component.objects.get(slug="lift").pk], reason="Otherwise", change_reason="")
    assert "Say in a few words why, so that others understand it later." in errors(form.post(owners_browser))
    form.fill(change_reason="We tried it").save(owners_browser)
    assert {row.slug for row in rule.left.all()} == {"lift"}

    page = read_history(owners_browser, path)
    assert "Gleam → Lift" in page
    take_back_newest(owners_browser, path)

    rule.refresh_from_db()
    assert {row.slug for row in rule.left.all()} == sides
    assert rule.reason != "Otherwise"


def test_a_deleted_rule_comes_back_from_the_history_of_its_recipe(owners_browser: Client) -> None:
    rule = Rule.objects.get(slug="gleam-mend")
    sides = {row.slug for row in rule.left.all()}
    owners_browser.post(f"{RULE}{rule.pk}/delete/", {"post": "yes", "change_reason": "Tried out"})
    assert not Rule.objects.filter(pk=rule.pk).exists()

    take_back_newest(owners_browser, f"{RECIPE}{shampoo().pk}/")

    assert {row.slug for row in Rule.objects.get(slug="gleam-mend").left.all()} == sides


def test_stock_that_orders_take_makes_no_history(owners_browser: Client) -> None:
    count = apps.get_model("configurator", "HistoricalComponent").objects.count()

    Component.objects.filter(slug="mend").update(stock_ml=1)

    assert apps.get_model("configurator", "HistoricalComponent").objects.count() == count


def test_who_may_only_look_takes_nothing_back(client: Client, owners_browser: Client, stranger: User) -> None:
    change_composition(owners_browser, why="The supplier changed")
    after = shares()
    other = Client()
    other.force_login(stranger)

    assert other.get(f"{COMPONENT}{mend().pk}/history/").status_code == 403
    assert other.post(f"{COMPONENT}{mend().pk}/history/take-back/", {"at": "2026-01-01"}).status_code == 403

    assert shares() == after


def test_the_load_of_the_catalogue_is_folded_and_tells_of_this_row_alone(owners_browser: Client) -> None:
    page = read_history(owners_browser, f"{COMPONENT}{mend().pk}/")

    assert f'<a href="{COMPONENT}{mend().pk}/change/">Mend</a>' in page
    assert "<p> Loaded with the catalogue. </p>" in page
    lines = re.findall("<li>([^<]+: added)</li>", page)
    assert f"<summary>What there was of it ({len(lines)})</summary>" in page
    assert lines[0] == "component Mend: added"
    assert len(lines) == 1 + len(shares()) + mend().fragrance_allergens.count() + mend().amounts.count()
    assert "Take it back" not in page


def test_what_else_a_change_touched_is_told_apart_and_goes_back_with_it(
    owners_browser: Client, owner: User
) -> None:
    gleam = Component.objects.get(slug="gleam")
    before = [mend().surcharge, gleam.surcharge]
    with one_change(at=timezone.now(), by=owner, why="Both at once"):
        for row, surcharge in ((mend(), 111), (gleam, 222)):
            row.surcharge = surcharge
            row.save()

    page = read_history(owners_browser, f"{COMPONENT}{mend().pk}/")
    take_back_newest(owners_browser, f"{COMPONENT}{mend().pk}/")

    own, folded = page.split("<summary>Changed in the same step, and taken back with it (1)</summary>")
    assert "→ 111" in own
    assert "222" not in own
    assert "component Gleam" in folded.split("</details>")[0]
    gleam.refresh_from_db()
    assert [mend().surcharge, gleam.surcharge] == before


def test_a_page_with_many_changes_takes_no_more_queries_than_one_with_few(
    owners_browser: Client, django_assert_max_num_queries: Any
) -> None:
    def count() -> int:
        with django_assert_max_num_queries(60) as asked:
            owners_browser.get(f"{COMPONENT}{mend().pk}/history/")
        return len(asked)

    change_composition(owners_browser, why="The supplier changed")
    few = count()

    for number in range(6):
        change_composition(owners_browser, why=f"Once more {number}")

    assert count() == few


def test_a_name_that_is_gone_is_still_said(owners_browser: Client) -> None:
    flag = Flag.objects.create(slug="bees", name="Bees")
    with one_change(at=timezone.now(), by=None, why="It has honey"):
        mend().flags.add(flag)
    with one_change(at=timezone.now(), by=None, why="It has none"):
        mend().flags.remove(flag)

    flag.delete()

    page = read_history(owners_browser, f"{COMPONENT}{mend().pk}/")
    assert "flags: Bees, protein, wheat → protein, wheat" in page
