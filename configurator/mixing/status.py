"""How an option stands beside the choices that were made so far."""

from enum import Enum


class Status(Enum):
    """FREE and SWAPPABLE keep all other choices; CHANGE takes another choice to be given up, NEVER none could help."""

    FREE = "free"  # its slot is open, and it leads to a makeable mix
    CHOSEN = "chosen"
    SWAPPABLE = "swappable"  # its slot holds another choice, which it could stand in for
    CHANGE = "change"  # only without some of the choices in other slots
    NEVER = "never"  # in no makeable mix of allowed options


def statuses_of(size: int, *, choice: int | None, leaves: int, ever: int) -> tuple[Status, ...]:
    """The statuses of the options of one slot: `leaves` keeps the choices of the other slots, `ever` keeps none."""
    return tuple(_status(option, choice, leaves, ever) for option in range(size))


def _status(option: int, choice: int | None, leaves: int, ever: int) -> Status:
    if option == choice:
        return Status.CHOSEN
    if leaves >> option & 1:
        return Status.FREE if choice is None else Status.SWAPPABLE
    return Status.CHANGE if ever >> option & 1 else Status.NEVER
