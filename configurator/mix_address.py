"""The state of a mixer in its address: the mix in the path; size, label name and open section in the query."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse

from configurator.label_name import clean_label_name
from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.spec import Size
from configurator.sections import sections_of, usual_section

LONGEST_LINE = 18  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class MixState:
    """What a shopper has chosen so far. `label_name` is as she typed it; with `label_error` it cannot be printed.

    `gone` lists what the address asked for and is not offered (any more). `section` is the section that she asked
    to be open; empty for the usual one.
    """

    recipe: str
    mix: dict[str, str]
    size: Size
    label_name: str = ""
    label_error: str = ""
    gone: tuple[str, ...] = ()
    section: str = ""
    avoid: tuple[str, ...] = ()
    line: int | None = None

    def address(self, mixer: Mixer, mix: Mapping[str, str] | None = None) -> str:
        """The one address of this state (or of the same with another mix)."""
        wanted = self.mix if mix is None else mix
        query: dict[str, str] = {}
        if mixer.is_complete(wanted):
            parts = "/".join(wanted[slot.slug] for slot in mixer.spec.slots)
            path = reverse("configurator:mix", args=[self.recipe, parts])
        else:
            path = reverse("configurator:mixer", args=[self.recipe])
            query |= wanted
        if self.section and self.section != usual_section(mixer.spec, wanted):
            query["open"] = self.section
        return _with_query(path, query | self.extras(mixer))

    def extras(self, mixer: Mixer) -> dict[str, str]:
        """The query that says size and label name, where they are not the usual."""
        extras = {}
        if self.size != mixer.spec.sizes[0]:
            extras["size"] = self.size.slug
        if self.label_name:
            extras["label"] = self.label_name
        if self.line is not None:
            extras["line"] = str(self.line)
        return extras


def read_state(mixer: Mixer, *, choices: str, query: Mapping[str, str]) -> MixState:
    """The state that a path (`warm-hearth/mend/quench`, or empty) and a query spell, without what is not offered."""
    wanted = _from_path(mixer, choices) if choices else {}
    gone: list[str] = []
    if choices and not wanted:
        gone.append(choices)
    wanted |= {slot.slug: query[slot.slug] for slot in mixer.spec.slots if query.get(slot.slug)}
    mix: dict[str, str] = {}
    for slot, component in wanted.items():
        try:
            mix |= mixer.read_mix({slot: component})
        except UnknownChoiceError:
            gone.append(component)
    size = mixer.spec.sizes[0]
    if query.get("size"):
        try:
            size = mixer.read_size(query["size"])
        except UnknownChoiceError:
            gone.append(query["size"])
    label_name, label_error = _read_label_name(query.get("label", ""))
    return MixState(
        recipe=mixer.spec.slug,
        mix=mixer.read_mix(mix),
        size=size,
        label_name=label_name,
        label_error=label_error,
        gone=tuple(gone),
        section=_read_section(mixer, query.get("open", "")),
        line=_read_line(query.get("line", "")),
    )


def _from_path(mixer: Mixer, choices: str) -> dict[str, str]:
    parts = choices.split("/")
    slots = mixer.spec.slots
    return (
        {slot.slug: part for slot, part in zip(slots, parts, strict=True)} if len(parts) == len(slots) else {}
    )


def _read_section(mixer: Mixer, slug: str) -> str:
    """Only a convenience of the page, so what is not there (any more) is left out without a word."""
    return slug if slug in [section.slug for section in sections_of(mixer.spec)] else ""


def _read_line(text: str) -> int | None:
    """What is no number names no line, so it is left out without a word."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_LINE else None


def _read_label_name(text: str) -> tuple[str, str]:
    try:
        return clean_label_name(text), ""
    except ValidationError as error:
        return text, error.messages[0]


def _with_query(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
