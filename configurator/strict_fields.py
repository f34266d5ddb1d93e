"""Fields and a serializer that take exactly what the description says: no coercion, no unknown names."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.utils import Direction
from rest_framework import serializers

# The control characters, which are most of what cannot be printed; not all dialects know how to name the rest.
LINE = r"^[^\u0000-\u001F\u007F-\u00A0]*$"
LINES = r"^[^\u0000-\u0009\u000B-\u001F\u007F-\u00A0]*$"


class StrictSerializer(serializers.Serializer[Any]):
    # Names every field that it does not know, beside what is wrong with those it does. (No docstring: those that
    # inherit would show it in the description of the API.)

    def to_internal_value(self, data: Any) -> Any:
        unknown = {}
        if isinstance(data, Mapping):
            unknown = {str(name): ["There is no such field."] for name in data if name not in self.fields}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **unknown}) from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return value


class StrictInteger(serializers.IntegerField):
    """A JSON integer: no true, no "5", no 5.0."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(data)


class StrictBoolean(serializers.BooleanField):
    """JSON true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictText(serializers.CharField):
    """A JSON string; of one line unless told otherwise."""

    default_error_messages = {"unprintable": "Characters that cannot be printed are not allowed."}

    def __init__(self, *, lines: bool = False, **options: Any) -> None:
        self.lines = lines
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        if not all(char.isprintable() or (self.lines and char == "\n") for char in text):
            self.fail("unprintable")
        return text


class StrictChoice(serializers.ChoiceField):
    """One of a few JSON strings."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class StrictUUID(serializers.UUIDField):
    """A JSON string with hyphens, as the API gives ids out."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        value: UUID = super().to_internal_value(data)
        if str(value) != data.lower():
            self.fail("invalid", value=data)
        return value


class StrictTime(serializers.DateTimeField):
    """RFC 3339 with an offset; given out in UTC."""

    default_error_messages = {"no_offset": "Say which time zone: end with Z or an offset such as +01:00."}

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_offset")
        return super().enforce_timezone(value)

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]")
        return super().to_internal_value(value)


class StrictSerializerDescription(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """How the APIs' description speaks of a strict serializer: no other names."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Direction) -> Any:
        described = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**described, "additionalProperties": False}


class StrictTextDescription(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How it speaks of a strict text: nothing in it that cannot be printed."""

    target_class = StrictText
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Direction) -> Any:
        described = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**described, "pattern": LINES if self.target.lines else LINE}
