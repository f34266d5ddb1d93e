"""Short names for what staff do not want to name themselves."""

from collections.abc import Collection, Iterable

LONGEST = 50
ROOM = 4  # for a number behind it


def make_short_name(words: Iterable[str], *, taken: Collection[str]) -> str:
    """Short names as one, such as gleam-mend, each once; with a number behind it where that is taken."""
    stem = "-".join(dict.fromkeys(words))[: LONGEST - ROOM].strip("-")
    name, turn = stem, 1
    while name in taken:
        turn += 1
        name = f"{stem}-{turn}"
    return name
