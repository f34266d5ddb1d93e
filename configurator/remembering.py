"""What a shopper asked us to leave out, kept in her session because she said so."""

from collections.abc import Iterable

from django.contrib.sessions.backends.base import SessionBase

KEY = "avoid"
MOST_REMEMBERED = 50
LONGEST_NAME = 120  # characters of a flag or substance


def read_avoid(session: SessionBase) -> tuple[str, ...]:
    """Flags and substances, in the order in which she named them; never creates a session."""
    kept = session.get(KEY, ())
    return clean_avoid(kept) if isinstance(kept, list) else ()


def remember_avoid(session: SessionBase, items: Iterable[str]) -> tuple[str, ...]:
    """Keep this list instead of the one before; an empty one is forgotten. What is kept is handed back."""
    kept = clean_avoid(items)
    if kept:
        session[KEY] = list(kept)
    else:
        forget_avoid(session)
    return kept


def forget_avoid(session: SessionBase) -> None:
    """Leave no trace of the list; a session that held nothing else is ended with it."""
    if KEY in session:
        del session[KEY]
        if not session.keys():
            session.flush()


def clean_avoid(items: Iterable[object]) -> tuple[str, ...]:
    """Names without repeats, empty ones, or more than we keep."""
    names = [item.strip() for item in items if isinstance(item, str)]
    found = dict.fromkeys(name for name in names if name and len(name) <= LONGEST_NAME)
    return tuple(found)[:MOST_REMEMBERED]
