"""What a rule is said to do is what the version that is published with it then does."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.draft_space import open_draft
from configurator.entered_rules import EnteredRule
from configurator.mixing.adding import Added
from configurator.models import Component, Recipe, Rule
from configurator.publishing import preview_publish
from configurator.rule_effect import preview_rule
from configurator.versions import mixer_for, newest_version
from tests.configurator.catalogue_judge import all_mixes, components, makeable, met_rules, shares
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.length import long_or_short

pytestmark = pytest.mark.django_db

SLOTS = ("base", "main", "second")
PARTS = sorted(components())
SUBSTANCES = ("Lactic Acid", "Glycerin", "Piroctone Olamine", "Aqua", "Menthol")
some_parts = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4, unique=True).map(sorted)
some_slots = st.lists(st.sampled_from(SLOTS), max_size=2, unique=True)


@st.composite
def laws(draw: st.DrawFn) -> dict[str, Any]:
    """What staff may enter as a rule of shampoo, forbidding or advice, of every kind."""
    kind = draw(st.sampled_from(Rule.Kind.values))
    law: dict[str, Any] = {"kind": kind, "force": draw(st.sampled_from(["hard", "hard", "advice"]))}
    if kind == Rule.Kind.CAP:
        names = draw(st.lists(st.sampled_from(SUBSTANCES), min_size=1, max_size=2, unique=True))
        percent = draw(st.sampled_from(["0", "0.05", "0.3", "0.5", "80", "85"]))
        return {**law, "substances": names, "max_percent": Decimal(percent)}
    law |= {"left": draw(some_parts), "left_slots": draw(some_slots)}
    if kind == Rule.Kind.AT_MOST:
        return {**law, "max_number": draw(st.integers(0, 2))}
    return {**law, "right": draw(some_parts), "right_slots": draw(some_slots)}


def keeps(law: dict[str, Any], mix: tuple[str, ...]) -> bool:
    """Whether a mix keeps a rule, as its words say."""
    if law["kind"] == Rule.Kind.CAP:
        found = shares(mix)
        return bool(sum(found.get(name, 0) for name in law["substances"]) <= law["max_percent"])
    lefts = _held(law["left"], law["left_slots"], mix)
    if law["kind"] == Rule.Kind.AT_MOST:
        return len(lefts) <= int(law["max_number"])
    rights = _held(law["right"], law["right_slots"], mix)
    if law["kind"] == Rule.Kind.NEEDS:
        return not lefts or bool(rights)
    return not any(one != other for one in lefts for other in rights)


def _held(parts: list[str], slots: list[str], mix: tuple[str, ...]) -> list[str]:
    pairs = zip(SLOTS, mix, strict=True)
    return [slot for slot, part in pairs if part in parts and (not slots or slot in slots)]


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def entered(rule: Rule) -> EnteredRule:
    return EnteredRule.of_row(rule)


def unsaved(law: dict[str, Any]) -> EnteredRule:
    """As the form gives it: nothing of it is in the database when this returns."""
    with taken_back():
        return entered(make_rule(**law))


@given(law=laws())
@settings(max_examples=long_or_short(300, 25))
def test_its_counts_are_those_of_every_mix_tried_and_of_the_version_published_with_it(
    law: dict[str, Any],
) -> None:
    broken = [mix for mix in all_mixes() if not keeps(law, mix)]
    lost = [mix for mix in makeable() if mix in broken]

    effect = preview_rule(open_draft(shampoo()), unsaved(law))

    assert isinstance(effect.added, Added)
    assert (effect.added.total, effect.added.breaks) == (256, len(broken))
    assert (effect.added.lost, effect.added.left) == (len(lost), 183 - len(lost))
    assert _before_publishing(law) == (len(broken), len(lost), _left(law, lost))


def _left(law: dict[str, Any], lost: list[Any]) -> int:
    return 183 if law["force"] == "advice" else 183 - len(lost)


def _before_publishing(law: dict[str, Any]) -> tuple[int, int, int]:
    """Saved, then published: mixes that the rule is broken by or warns at, that it takes away, and that are left."""
    with taken_back():
        make_rule(**law)
        if law["force"] == "advice" or [mix for mix in makeable() if keeps(law, mix)]:
            publish()
            mixer = mixer_for(newest_version("shampoo"))
        else:  # such a version is refused
            found = preview_publish(shampoo()).mixer
            assert found is not None
            mixer = found
        model = mixer.advice_model if law["force"] == "advice" else mixer.model
        by_rule = [
            mix
            for mix in all_mixes()
            if "law" in model.violated(mixer.model_indices(dict(zip(SLOTS, mix, strict=True))))
        ]
        lost = [mix for mix in by_rule if not met_rules(mix)]
        count = mixer.count()
        assert count is not None
        return len(by_rule), len(lost), count


def test_an_edited_rule_is_judged_in_the_place_of_the_saved_one() -> None:
    rule = make_rule(left=["lift"], right=["calm"])
    wider = {"kind": "never-together", "left": ["lift"], "right": ["calm", "coil"]}
    lost = [mix for mix in makeable() if "lift" in mix and {"calm", "coil"} & set(mix)]
    with taken_back():
        rule.right.set(Component.objects.filter(slug__in=wider["right"]))
        typed = entered(rule)

    effect = preview_rule(open_draft(shampoo()), typed, instead_of="law")

    assert effect.added is not None
    assert (effect.added.lost, effect.added.left) == (len(lost), 183 - len(lost))


def test_rules_too_wide_to_answer_leave_it_uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    from configurator import compiled_drafts
    from configurator.mixing.filtering import SpaceUndecided

    def never(_spec: Any) -> Any:
        raise SpaceUndecided(1, ("gleam-mend",))

    compiled_drafts.compiled.cache_clear()
    monkeypatch.setattr(compiled_drafts, "Mixer", never)
    make_rule(left=["lift"], right=["calm"])
    opened = open_draft(Recipe.objects.get(slug="shampoo"))

    assert (opened.mixer, opened.costly) == (None, ("gleam-mend",))
    said = preview_rule(opened, unsaved({"slug": "x", "left": ["lift"], "right": ["calm"]})).figures
    assert said == "The rules tie together too much to count what this one does."
