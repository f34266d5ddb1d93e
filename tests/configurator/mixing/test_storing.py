"""The stored form: a round trip keeps every answer, and anything else is refused."""

import hashlib
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.compiling import compile_space
from configurator.mixing.model import Limit, Model, Nogood, Table
from configurator.mixing.storing import FORMAT, HEAD, StoredFormError, fingerprint, from_bytes, to_bytes
from tests.configurator.mixing.brute_force import models
from tests.configurator.mixing.instances import published_space, tea_model
from tests.configurator.mixing.test_filtering import filtered
from tests.length import long_or_short


@given(model=models())
@settings(max_examples=long_or_short(2000, 100))
def test_a_round_trip_keeps_the_diagram(model: Model) -> None:
    space = compile_space(model)

    again = from_bytes(model, to_bytes(space))

    assert list(again.mixes()) == list(space.mixes())
    assert again.exact_count is True
    assert again.diagram.order == space.diagram.order
    assert [layer.arcs for layer in again.diagram.layers] == [layer.arcs for layer in space.diagram.layers]
    assert to_bytes(again) == to_bytes(space)


@given(model=models())
@settings(max_examples=long_or_short(1000, 50))
def test_a_filtered_space_comes_back_as_one(model: Model) -> None:
    space = filtered(model)

    again = from_bytes(model, to_bytes(space))

    assert again.exact_count is False
    assert getattr(again, "left_out") == space.left_out  # noqa: B009
    assert again.options() == space.options()


def test_a_large_space_is_stored_small_and_loads_with_its_order() -> None:
    space = published_space("pc_clib")

    data = to_bytes(space)

    assert len(data) < 5_000
    assert from_bytes(space.model, data).count() == 2_729_160


@given(data=st.data())
@settings(max_examples=long_or_short(3000, 150))
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    model = tea_model()
    stored = bytearray(to_bytes(compile_space(model)))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(StoredFormError):
        from_bytes(model, bytes(stored))


@given(cut=st.integers(0, 180))
@settings(deadline=None)
def test_truncated_bytes_and_trailing_ones_are_refused(cut: int) -> None:
    model = tea_model()
    stored = to_bytes(compile_space(model))

    for wrong in (stored[:cut], stored + b"x", b"x" * cut):
        with pytest.raises(StoredFormError):
            from_bytes(model, wrong)


def test_the_space_of_another_model_and_of_another_format_is_refused() -> None:
    model = tea_model()
    stored = to_bytes(compile_space(model))
    limit = model.limits[0]
    other = replace(model, limits=(Limit(limit.weights, limit.low, 7, limit.source),))

    with pytest.raises(StoredFormError, match="another model"):
        from_bytes(other, stored)
    later = stored[:8] + struct.pack(">H", FORMAT + 1) + stored[10:]
    with pytest.raises(StoredFormError, match="format"):
        from_bytes(model, later)


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x00\x01\x00\x00\x00", b"\x80", zlib.compress(b"")])
def test_a_well_marked_body_of_nonsense_is_refused(body: bytes) -> None:
    """Even if the head fits, as it would after a mistake in writing."""
    model = Model((2, 2))
    packed = zlib.compress(body)
    bare = HEAD.pack(b"CONCOCT\0", FORMAT, fingerprint(model), len(packed), b"")
    checksum = hashlib.sha256(bare + packed).digest()
    head = HEAD.pack(b"CONCOCT\0", FORMAT, fingerprint(model), len(packed), checksum)

    with pytest.raises(StoredFormError, match="damaged"):
        from_bytes(model, head + packed)


def test_every_detail_of_a_model_is_in_its_fingerprint() -> None:
    table = Table((0, 1), frozenset({(0, 0), (1, 1)}), "table")
    models = [
        Model((2, 2)),
        Model((2, 3)),
        Model((2, 2), (Nogood(((0, 1), (1, 1)), "a"),)),
        Model((2, 2), (Nogood(((0, 1), (1, 1)), "b"),)),
        Model((2, 2), (Nogood(((0, 1), (1, 2)), "a"),)),
        Model((2, 2), limits=(Limit(((0, (0, 1)),), None, 0, "a"),)),
        Model((2, 2), limits=(Limit(((0, (0, 1)),), 0, None, "a"),)),
        Model((2, 2), tables=(table,)),
        Model((2, 2), tables=(replace(table, rows=frozenset({(0, 0), (1, 0)})),)),
        Model((2, 2), (), (), (), ("a",)),
    ]

    assert len({fingerprint(model) for model in models}) == len(models)
    assert fingerprint(models[7]) == fingerprint(Model((2, 2), tables=(replace(table),)))
