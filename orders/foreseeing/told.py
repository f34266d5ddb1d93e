"""The one answer that every look ahead gives."""

from dataclasses import dataclass

from orders.models import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would happen to one order or job, in words for staff; if nothing would, then why, with the way on.

    `instead` is the name of the decision that would do, empty where there is none. `holds` are those that would be
    released. `mark` tells two states apart for which the words are the same.
    """

    happens: bool
    says: str
    instead: str = ""
    holds: tuple[Hold, ...] = ()
    mark: str = ""


def will(says: str, *, holds: tuple[Hold, ...] = (), mark: str = "") -> Foreseen:
    return Foreseen(happens=True, says=says, holds=holds, mark=mark)


def stays(says: str, *, instead: str = "") -> Foreseen:
    return Foreseen(happens=False, says=says, instead=instead)
