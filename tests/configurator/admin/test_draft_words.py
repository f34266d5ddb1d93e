"""What is wrong with a draft, and what stays out of it, is said in the reader's language: a second one is a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as shop
from django.test import Client
from django.utils import translation

from config.languages import find_languages, with_languages
from configurator.drafting import read_draft
from configurator.mixing.validation import validate
from configurator.models import Component, Rule, Size
from configurator.problem_words import in_words, where_in_words
from configurator.publishing import preview_publish
from configurator.rule_checks import entry_problems
from tests.configurator.drafts import make_component, make_rule, shampoo
from tests.pages.wrapped import CODE, make_language

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(scope="module")
def wrapped_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    make_language(folder)
    return folder


@pytest.fixture
def wrapped(wrapped_files: Path, settings: LazySettings) -> Iterator[None]:
    """The shop with one more language, in which every text stands in brackets."""
    settings.LOCALE_PATHS = [wrapped_files]
    settings.LANGUAGES = find_languages(wrapped_files, usual=shop.LANGUAGE_CODE)
    settings.MIDDLEWARE = with_languages(shop.MIDDLEWARE, settings.LANGUAGES)
    with translation.override(CODE):
        yield


def spoil_draft() -> None:
    """Problems of several kinds, with values and without."""
    make_component("glow", shares={"Aqua": 90})
    make_rule("idle", left=["mend"], reason="")
    Rule.objects.filter(slug="idle").update(reason=" ")
    Size.objects.filter(recipe=shampoo(), slug="250ml").update(volume_ml=None)


@pytest.mark.usefixtures("wrapped")
def test_every_problem_of_a_draft_is_said_in_the_readers_language() -> None:
    spoil_draft()

    problems = validate(read_draft(shampoo()).spec)

    said = [(where_in_words(each), in_words(each)) for each in problems]
    assert ("⟦component⟧ glow", "⟦the composition adds up to 90 %, not 100 %⟧") in said
    assert ("⟦rule⟧ idle", "⟦names no component on its right side⟧") in said
    assert ("⟦size⟧ 250ml", "⟦a recipe with doses needs a volume for each size⟧") in said
    assert [pair for pair in said if not (pair[0][0] == pair[1][0] == "⟦" and pair[1][-1] == "⟧")] == []


def test_in_the_shops_own_language_it_is_said_as_programs_read_it() -> None:
    spoil_draft()

    for problem in validate(read_draft(shampoo()).spec):
        assert f"{where_in_words(problem)}: {in_words(problem)}" == str(problem)


@pytest.mark.usefixtures("wrapped")
def test_what_stays_out_of_a_draft_is_said_in_the_readers_language() -> None:
    Component.objects.filter(slug="gleam").update(is_offered=False)

    left_out = read_draft(shampoo()).left_out

    kinds = {line[1:].split()[0] for line in left_out}
    assert {"rule", "need"} <= kinds
    assert [line for line in left_out if not (line[0] == "⟦" and line[-1] == "⟧")] == []


@pytest.mark.usefixtures("wrapped")
def test_that_no_mix_is_left_is_said_in_the_readers_language() -> None:
    bases = list(Component.objects.filter(family__slug="base-blends").values_list("slug", flat=True))
    make_rule("none", kind=Rule.Kind.AT_MOST, left=bases, max_number=0)

    [problem] = preview_publish(shampoo()).problems

    assert in_words(problem).startswith("⟦no mix can be made under none")


@pytest.mark.usefixtures("wrapped")
def test_what_a_rule_lacks_is_said_in_the_readers_language() -> None:
    lists = dict.fromkeys(("left", "right", "left_slots", "right_slots", "substances"), ())
    usual = {
        field.name: getattr(Rule(), field.name)
        for field in Rule._meta.concrete_fields
        if not field.is_relation
    }
    entered = {**usual, **lists, "kind": Rule.Kind.NEVER_TOGETHER}

    said = entry_problems(shampoo(), entered)

    assert "⟦This rule ⟦names no component on its left side⟧.⟧" in said


@pytest.mark.usefixtures("wrapped")
def test_the_desk_and_the_page_that_publishes_say_it_so(owners_browser: Client) -> None:
    spoil_draft()
    Component.objects.filter(slug="gleam").update(is_offered=False)

    for page in ("desk", "publish"):
        html = owners_browser.get(
            f"/admin/configurator/recipe/{shampoo().pk}/{page}/", headers={"Accept-Language": CODE}
        ).content.decode()

        assert "<strong>⟦component⟧ glow</strong>: ⟦the composition adds up to 90 %, not 100 %⟧" in html
        assert "⟦need" in html
