"""The stored form of a space: bytes that a process loads instead of compiling, and that know what they belong to.

A head (mark, format version, fingerprint of the model, length and checksum of the body), then the body, compressed:
whole numbers of seven bits a byte. Masks are written once per layer, children as steps from the one before.
"""

import hashlib
import json
import logging
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain

from configurator.mixing.diagram import Diagram
from configurator.mixing.filtering import FilteredSpace, make_space
from configurator.mixing.merging import Arcs
from configurator.mixing.model import Limit, Model, Nogood, Table
from configurator.mixing.space import Space

logger = logging.getLogger(__name__)

MARK = b"CONCOCT\0"
FORMAT = 1  # raised whenever the same bytes would mean something else, or the compiler's answers change
HEAD = struct.Struct(">8sH32sI32s")
MOST_BYTES = 64_000_000  # of a body once it is unpacked

Level = Sequence[Arcs]


class StoredFormError(Exception):
    """These bytes are not the space of this model: damaged, of another model or of another format. Compile again."""


def fingerprint(model: Model) -> bytes:
    """32 bytes that stand for a model: sizes, constraints, sources and their order. Linear in the constraints."""
    digest = hashlib.sha256()
    digest.update(json.dumps([model.sizes, model.order]).encode())
    for constraint in model.constraints:
        digest.update(type(constraint).__name__.encode())
        written: list[object]
        if isinstance(constraint, Nogood):
            written = [constraint.source, [[slot, hex(mask)] for slot, mask in constraint.parts]]
        elif isinstance(constraint, Limit):
            written = [constraint.source, constraint.weights, constraint.low, constraint.high]
        else:
            written = [constraint.source, constraint.scope, len(constraint.rows)]
        digest.update(json.dumps(written).encode())
        if isinstance(constraint, Table):
            digest.update(repr(sorted(constraint.rows)).encode())
    return digest.digest()


def to_bytes(space: Space) -> bytes:
    """The stored form of a space, compiled or filtered. Linear in its arcs."""
    left_out = space.left_out if isinstance(space, FilteredSpace) else ()
    sources = {source: i for i, source in enumerate(space.model.sources)}
    numbers = chain(
        (0 if space.exact_count else 1 + len(left_out),),
        (sources[source] for source in left_out),
        _diagram_numbers(space.diagram),
    )
    body = zlib.compress(_packed(numbers), 9)
    return _head(fingerprint(space.model), body) + body


def from_bytes(model: Model, data: bytes) -> Space:
    """The space of a model from its stored form. Raises StoredFormError for anything else. Linear in its arcs."""
    if len(data) < HEAD.size:
        raise StoredFormError("These bytes are too short.")
    mark, version, print_, length, _ = HEAD.unpack_from(data)
    body = data[HEAD.size :]
    if mark != MARK or version != FORMAT:
        raise StoredFormError(f"These bytes are no space of format {FORMAT}.")
    known = fingerprint(model)
    if print_ != known:
        raise StoredFormError("This space belongs to another model.")
    if length != len(body) or data[: HEAD.size] != _head(known, body):
        raise StoredFormError("This space is damaged.")
    try:
        return _read(model, _unpacked(_inflated(body)))
    except (StopIteration, IndexError, ValueError, zlib.error) as error:
        raise StoredFormError("This space is damaged.") from error


def load_or_make(model: Model, data: bytes | None) -> Space:
    """The space of a model from its stored form, made anew where there is none or it does not fit.

    Raises filtering.SpaceUndecided for a model that cannot be answered in time.
    """
    if data is not None:
        try:
            return from_bytes(model, data)
        except StoredFormError as error:
            logger.warning("a stored space is made anew: %s", error)
    return make_space(model)


def _head(known: bytes, body: bytes) -> bytes:
    """The head of a body for the model of a fingerprint; the checksum covers both."""
    checksum = hashlib.sha256(HEAD.pack(MARK, FORMAT, known, len(body), b"") + body).digest()
    return HEAD.pack(MARK, FORMAT, known, len(body), checksum)


def _inflated(body: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    inflated = unpacker.decompress(body, MOST_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise StoredFormError("This space is damaged.")
    return inflated


def _diagram_numbers(diagram: Diagram) -> Iterator[int]:
    """Whether there is any mix, the order, then per level its masks, its number of nodes and their arcs."""
    yield int(bool(diagram.root))
    if not diagram.root:
        return
    yield from diagram.order
    for layer in diagram.layers:
        masks = sorted({mask for arcs in layer.arcs for mask, _ in arcs})
        index = {mask: i for i, mask in enumerate(masks)}
        yield len(masks)
        yield from masks
        yield len(layer.arcs)
        yield from map(len, layer.arcs)
        yield from (index[mask] for arcs in layer.arcs for mask, _ in arcs)
        before = 0
        for arcs in layer.arcs:
            for _, child in arcs:
                step = child - before
                yield step * 2 if step >= 0 else -step * 2 - 1
                before = child


def _read(model: Model, numbers: Iterator[int]) -> Space:
    left_out = None
    if filtered := next(numbers):
        sources = model.sources
        left_out = tuple([sources[next(numbers)] for _ in range(filtered - 1)])
    slots = len(model.sizes)
    if next(numbers):
        order = [next(numbers) for _ in range(slots)]
        if sorted(order) != list(range(slots)):
            raise ValueError("The order does not hold every slot once.")
        levels = [_read_level(numbers, model.full[slot]) for slot in order]
        _check(levels)
        diagram = Diagram(model.sizes, levels, order=order)
    else:
        diagram = Diagram(model.sizes, None)
    if next(numbers, None) is not None:
        raise ValueError("There is more than a space.")
    return Space(model, diagram) if left_out is None else FilteredSpace(model, diagram, left_out=left_out)


def _read_level(numbers: Iterator[int], full: int) -> list[Arcs]:
    masks = [next(numbers) for _ in range(next(numbers))]
    if any(not mask or mask & ~full for mask in masks):
        raise ValueError("A mask does not fit its slot.")
    widths = [next(numbers) for _ in range(next(numbers))]
    chosen = [masks[next(numbers)] for _ in range(sum(widths))]
    children = []
    before = 0
    for _ in chosen:
        step = next(numbers)
        before += -(step + 1) // 2 if step & 1 else step // 2
        children.append(before)
    arcs = list(zip(chosen, children, strict=True))
    starts = [0]
    for width in widths:
        starts.append(starts[-1] + width)
    return [tuple(arcs[start : start + width]) for start, width in zip(starts, widths, strict=False)]


def _check(levels: Sequence[Level]) -> None:
    """That every arc leads to a node of the next level; there is one root, and one node below the last level."""
    widths = [*map(len, levels), 1]
    if widths[0] != 1:
        raise ValueError("There is not one root.")
    for level, width in zip(levels, widths[1:], strict=True):
        if any(not 0 <= child < width for arcs in level for _, child in arcs):
            raise ValueError("An arc leads nowhere.")


def _packed(numbers: Iterator[int]) -> bytes:
    """Seven bits a byte, the low ones first; the top bit says that more follow."""
    packed = bytearray()
    for number in numbers:
        while number > 0x7F:
            packed.append(number & 0x7F | 0x80)
            number >>= 7  # noqa: PLW2901
        packed.append(number)
    return bytes(packed)


def _unpacked(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        if byte & 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
        else:
            yield number | byte << shift
            number = shift = 0
    if shift:
        raise ValueError("The last number is cut off.")
