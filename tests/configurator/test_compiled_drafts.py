"""Spaces of drafts are worked out once, and a draft without changes takes that of its version."""

import pytest

from configurator import compiled_drafts
from configurator.compiled_drafts import draft_effects, draft_lint
from configurator.draft_space import open_draft
from configurator.mixing.changes import rule_effects
from configurator.mixing.linting import lint
from configurator.mixing.mixer import Mixer
from configurator.models import Rule
from configurator.publishing import preview_publish
from configurator.versions import mixer_for, newest_version
from tests.configurator.drafts import make_rule, shampoo

pytestmark = pytest.mark.django_db


def test_a_draft_without_changes_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    on_sale = mixer_for(newest_version("shampoo"))
    compiled_drafts.compiled.cache_clear()
    monkeypatch.setattr(compiled_drafts, "Mixer", None)

    assert preview_publish(shampoo()).mixer is on_sale
    assert open_draft(shampoo()).mixer is on_sale


def test_desk_and_publish_page_share_the_space_of_a_draft() -> None:
    make_rule(left=["lift"], right=["calm"])

    opened, preview = open_draft(shampoo()), preview_publish(shampoo())

    assert opened.mixer is preview.mixer
    assert opened.mixer is not mixer_for(newest_version("shampoo"))


def test_what_is_remembered_is_what_would_be_found_anew() -> None:
    for rule in list(Rule.objects.filter(recipe=shampoo(), force=Rule.Force.HARD)):
        Rule.objects.filter(pk=rule.pk).update(is_active=False)
        mixer = open_draft(shampoo()).mixer
        assert mixer is not None
        draft_lint(mixer)

        assert draft_lint(mixer, thoroughly=True) == lint(mixer.space)
        assert draft_effects(mixer) == rule_effects(Mixer(mixer.spec))
        Rule.objects.filter(pk=rule.pk).update(is_active=True)


def test_a_further_look_settles_what_there_was_no_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(left=["lift"], right=["mend"])
    mixer = open_draft(shampoo()).mixer
    assert mixer is not None
    compiled_drafts._slips.forget()
    monkeypatch.setattr(compiled_drafts, "LINT_SECONDS", -1)

    hurried = draft_lint(mixer)
    monkeypatch.undo()

    assert hurried.unsettled == mixer.model.sources
    assert draft_lint(mixer) == lint(mixer.space)
