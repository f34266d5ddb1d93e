"""Canonical JSON for frozen dataclasses: one text per value, decoded strictly, every problem named at once."""

import hashlib
import json
import types
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class DecodeError(ValueError):
    """Text that is not the JSON of the wanted dataclass; `problems` are sentences that name the field."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


def encode(value: Any) -> str:
    """A dataclass instance as JSON with sorted keys, no spaces and all fields, so that equal values give equal text."""
    return json.dumps(value, default=_fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _fields(value: Any) -> dict[str, Any]:
    """Those of a dataclass by name; `asdict` copies all that is in them, which takes five times as long."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def fingerprint(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def decode(kind: type[T], text: str) -> T:
    """The instance of dataclass `kind` that `text` spells; raises DecodeError with every problem found."""
    problems: list[str] = []
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise DecodeError([f"not JSON: {error}"]) from error
    value = _convert(kind, raw, "", problems)
    if problems:
        raise DecodeError(problems)
    return cast("T", value)


def _convert(kind: Any, raw: Any, where: str, problems: list[str]) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _convert_object(cast("type[Any]", kind), raw, where, problems)
    if origin in (Union, types.UnionType):
        return None if raw is None else _convert(_not_none(kind), raw, where, problems)
    if origin is tuple:
        return _convert_tuple(get_args(kind), raw, where, problems)
    if issubclass(kind, Enum):
        if raw in [member.value for member in kind]:
            return kind(raw)
        problems.append(f"{where}: {raw!r} is not one of {', '.join(str(member.value) for member in kind)}")
    elif type(raw) is kind:  # not isinstance: True is no number here
        return raw
    else:
        problems.append(f"{where}: expected {kind.__name__}, got {type(raw).__name__}")
    return None


def _not_none(kind: Any) -> Any:
    return next(arg for arg in get_args(kind) if arg is not type(None))


def _convert_tuple(args: tuple[Any, ...], raw: Any, where: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        problems.append(f"{where}: expected a list, got {type(raw).__name__}")
        return ()
    kinds = [args[0]] * len(raw) if args[-1] is Ellipsis else list(args)
    if len(kinds) != len(raw):
        problems.append(f"{where}: expected {len(kinds)} entries, got {len(raw)}")
        return ()
    return tuple(
        _convert(kind, item, f"{where}[{i}]", problems)
        for i, (kind, item) in enumerate(zip(kinds, raw, strict=True))
    )


def _convert_object(kind: type[Any], raw: Any, where: str, problems: list[str]) -> Any:
    if not isinstance(raw, dict):
        problems.append(f"{where or 'the spec'}: expected an object, got {type(raw).__name__}")
        return None
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}
    values = {}
    before = len(problems)
    problems += [
        f"{where}.{name}".lstrip(".") + ": unknown field" for name in sorted(raw.keys() - known.keys())
    ]
    for name, field in known.items():
        path = f"{where}.{name}".lstrip(".")
        if name in raw:
            values[name] = _convert(hints[name], raw[name], path, problems)
        elif field.default is MISSING:
            problems.append(f"{path}: missing")
    return None if len(problems) > before else kind(**values)
