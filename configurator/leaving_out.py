"""What can be left out of the recipes on sale: flags as boxes to tick, substances by a search for their name."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from configurator.mixing.mixer import Mixer
from configurator.wording import avoid_words, flag_names

MOST_FOUND = 12
LONGEST_SEARCH = 60  # characters


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick: what it stands for, how people call it, if it is ticked. `number` is its place on the page."""

    value: str
    name: str
    is_on: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOutForm:
    """Boxes of flags, of the substances that are ticked, and of others that the search found.

    `more` substances were found, too; `above` are names of flags and ticked substances that the search is true of.
    """

    flags: tuple[Tick, ...]
    chosen: tuple[Tick, ...]
    found: tuple[Tick, ...]
    more: int
    above: tuple[str, ...]
    search: str

    @property
    def is_nothing_found(self) -> bool:
        return bool(self.search) and not self.found and not self.above


def read_search(text: str) -> str:
    return " ".join(text.split())[:LONGEST_SEARCH]


def make_form(mixers: Iterable[Mixer], ticked: Collection[str], *, search: str = "") -> LeaveOutForm:
    """The form with what is ticked; substances that are ticked stand on their own and are not found again."""
    mixers = list(mixers)
    specs = [mixer.spec for mixer in mixers]
    names = flag_names(specs)
    known = {item for mixer in mixers for item in mixer.avoidable}
    flags = sorted(names.keys() & known, key=lambda slug: names[slug].casefold())
    chosen = [item for item in ticked if item not in flags]
    matches = _search(known - names.keys() - set(chosen), search) if search else []
    found = matches[:MOST_FOUND]
    items = (*flags, *chosen, *found)
    ticks = [
        Tick(item, name, item in ticked, number)
        for number, (item, name) in enumerate(zip(items, avoid_words(specs, items), strict=True), start=1)
    ]
    a, b = len(flags), len(flags) + len(chosen)
    return LeaveOutForm(
        flags=tuple(ticks[:a]),
        chosen=tuple(ticks[a:b]),
        found=tuple(ticks[b:]),
        more=len(matches) - len(found),
        above=tuple(_search((tick.name for tick in ticks[:b]), search)) if search else (),
        search=search,
    )


def avoided_in(address: str) -> tuple[str, ...]:
    """What an address of a page says to leave out."""
    return tuple(value for name, value in parse_qsl(urlsplit(address).query) if name == "avoid")


def without_avoided(address: str, items: Collection[str] | None = None) -> str:
    """The same address without these items of its avoid list (all of them for None)."""
    parts = urlsplit(address)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name != "avoid" or (items is not None and value not in items)
    ]
    return parts._replace(query=urlencode(kept)).geturl()


def _search(names: Iterable[str], search: str) -> list[str]:
    """Names that hold every word, whatever their accents and capitals; by name."""
    words = _plain(search).split()
    return sorted((name for name in names if all(word in _plain(name) for word in words)), key=_plain)


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter)).casefold()
