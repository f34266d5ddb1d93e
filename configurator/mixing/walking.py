"""Mixes one after another, in lexicographic order of the slots, whatever the order inside the diagram."""

from collections.abc import Callable, Iterator, Sequence

from configurator.mixing.model import Mix


def walk(prune: Callable[[Sequence[int]], Sequence[int]], want: Sequence[int]) -> Iterator[Mix]:
    """All mixes within the wanted options, one mask per slot; none is tried in vain.

    `prune` leaves of some masks the options that lie on a mix within them, so it is asked once for each slot of a mix
    in which it and the mix before part, at most, and for the first mix once for each slot that is not yet settled.
    """
    stack = [list(want)]
    while stack:
        masks = prune(stack.pop())
        if not all(masks):
            continue
        slot = next((slot for slot, mask in enumerate(masks) if mask & (mask - 1)), None)
        if slot is None:
            yield tuple([mask.bit_length() - 1 for mask in masks])
            continue
        for option in reversed(bits(masks[slot])):
            narrowed = list(masks)
            narrowed[slot] = 1 << option
            stack.append(narrowed)


def bits(mask: int) -> list[int]:
    """The options in a mask, ascending."""
    return [option for option in range(mask.bit_length()) if mask >> option & 1]
