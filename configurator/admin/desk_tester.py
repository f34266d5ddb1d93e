"""The tester on the desk of a recipe: a mix is chosen by selects, the draft and what is on sale say what of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from configurator.draft_space import OpenDraft
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.mixer import Mixer
from configurator.versions import mixer_for
from configurator.why_not import Answer, why_not
from configurator.wording import component_name

TRY = "try-"  # before the slot in the names of the fields


def about_tester(opened: OpenDraft, request: HttpRequest) -> dict[str, Any]:
    """What the template needs: the selects with what is chosen, and the answers."""
    chosen = {
        name.removeprefix(TRY): request.GET[name]
        for name in request.GET
        if name.startswith(TRY) and request.GET[name]
    }
    mixers = {
        _("The draft"): opened.mixer,
        _("On sale"): mixer_for(opened.on_sale) if opened.on_sale else None,
    }
    return {
        "tried": dict(_answers(mixers, chosen)) if chosen else {},
        "choices": list(_choices(opened, chosen)),
        "is_tried": bool(chosen),
    }


def _answers(
    mixers: Mapping[str, Mixer | None], chosen: Mapping[str, str]
) -> Iterator[tuple[str, Answer | None]]:
    for name, mixer in mixers.items():
        try:
            yield name, why_not(mixer, chosen) if mixer else None
        except SpaceUndecided:
            yield name, None


def _choices(
    opened: OpenDraft, chosen: Mapping[str, str]
) -> Iterator[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Per slot the name of its field, its own and its options: those of the draft."""
    if opened.mixer is None:
        return
    for slot, slugs in zip(opened.spec.slots, opened.mixer.option_slugs, strict=True):
        options = [(slug, component_name(opened.spec, slug), chosen.get(slot.slug) == slug) for slug in slugs]
        yield TRY + slot.slug, slot.name, options
