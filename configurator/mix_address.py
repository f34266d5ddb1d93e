"""The state of a mixer in its address: the mix in the path; everything else in the query."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from configurator.label_name import clean_label_name
from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.spec import Size
from configurator.sections import sections_of, usual_section

OTHER_PAGES = ("surprise", "compare")  # beside the mixes of a recipe: no mix of one slot has such an address
LONGEST_LINE = 18  # digits
STATES_KEPT = 500  # per process


@dataclass(frozen=True, slots=True, kw_only=True)
class MixState:
    """What a shopper has chosen so far. `label_name` is as she typed it; with `label_error` it cannot be printed.

    `gone` lists what the address asked for and is not offered (any more). `section` is the section that she asked
    to be open; empty for the usual one. `avoid` is what this address says to leave out, beside what is remembered.
    `line` is the line of her basket that she is changing.
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
        path, query = self._place(mixer, wanted)
        if self.section and self.section != usual_section(mixer.spec, wanted):
            query["open"] = self.section
        return _with_query(path, query | self.extras(mixer) | self.own_extras())

    def public_address(self, mixer: Mixer) -> str:
        """The address to hand to others: mix, size and name, and nothing of what she leaves out or has in a basket."""
        path, query = self._place(mixer, self.mix)
        extras = self.extras(mixer)
        if self.label_error:
            del extras["label"]
        return _with_query(path, query | extras)

    def own_extras(self) -> dict[str, str | tuple[str, ...]]:
        """The query that is hers alone: what to leave out, and the line of the basket."""
        extras: dict[str, str | tuple[str, ...]] = {}
        if self.avoid:
            extras["avoid"] = self.avoid
        if self.line is not None:
            extras["line"] = str(self.line)
        return extras

    def _place(self, mixer: Mixer, mix: Mapping[str, str]) -> tuple[str, dict[str, str | tuple[str, ...]]]:
        """The path of a mix, and its choices as a query where the path does not hold them."""
        parts = mix_path(mixer, mix) if mixer.is_complete(mix) else ""
        if parts and parts not in OTHER_PAGES:
            return reverse("configurator:mix", args=[self.recipe, parts]), {}
        return reverse("configurator:mixer", args=[self.recipe]), dict(mix)

    def extras(self, mixer: Mixer) -> dict[str, str]:
        """The query that says size and label name, where they are not the usual."""
        extras = {}
        if self.size != mixer.spec.sizes[0]:
            extras["size"] = self.size.slug
        if self.label_name:
            extras["label"] = self.label_name
        return extras


def mix_path(mixer: Mixer, mix: Mapping[str, str]) -> str:
    """A complete mix as addresses have it, such as `warm-hearth/mend/quench`."""
    return "/".join(mix[slot.slug] for slot in mixer.spec.slots)


def read_state(mixer: Mixer, *, choices: str, query: QueryDict | Mapping[str, str]) -> MixState:
    """The state that a path (`warm-hearth/mend/quench`, or empty) and a query spell, without what is not offered.

    Of the avoid list what no component contains is passed over: it is left out anyway.
    """
    avoid: list[str] = query.getlist("avoid") if isinstance(query, QueryDict) else [query.get("avoid", "")]
    query = {name: str(query[name]) for name in query}
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
        avoid=mixer.known_avoid(avoid),
        line=_read_line(query.get("line", "")),
    )


@lru_cache(maxsize=STATES_KEPT)
def recall_state(mixer: Mixer, *, choices: str, query: str, language: str | None) -> tuple[MixState, str]:
    """What `read_state` reads, and its address, read once for all who ask for the same.

    `query` is the query string as it was sent; in `language` the state says what is wrong with a name.
    """
    state = read_state(mixer, choices=choices, query=QueryDict(query.encode("latin-1")))
    return state, state.address(mixer)


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


def _with_query(path: str, query: Mapping[str, str | tuple[str, ...]]) -> str:
    return f"{path}?{urlencode(query, doseq=True)}" if query else path
