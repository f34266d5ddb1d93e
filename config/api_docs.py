"""The page that describes both APIs, made from the same OpenAPI document that programs read."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path; `takes` and `answers` name the shapes of request and success."""

    anchor: str
    method: str
    path: str
    summary: str
    needs_key: bool
    parameters: tuple[dict[str, Any], ...]
    takes: str
    answers: str
    responses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One JSON object of the APIs."""

    name: str
    fields: tuple[Field, ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    operations, shapes = describe()
    groups = {
        "Shop API": [each for each in operations if each.path.startswith("/api/shop/")],
        "Fulfilment API": [each for each in operations if each.path.startswith("/api/fulfilment/")],
    }
    return render(
        request, "api_docs.html", {"groups": groups, "shapes": shapes, "base_url": settings.BASE_URL}
    )


@cache
def describe() -> tuple[tuple[Operation, ...], tuple[Shape, ...]]:
    """Operations and shapes of the OpenAPI document, made once per process."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # no types
    operations = tuple(
        _operation(path, method, content)
        for path, methods in document["paths"].items()
        for method, content in methods.items()
    )
    shapes = tuple(
        Shape(
            name,
            tuple(
                _field(key, value, content.get("required", ()))
                for key, value in content["properties"].items()
            ),
        )
        for name, content in document["components"]["schemas"].items()
        if "properties" in content
    )
    return operations, shapes


def _operation(path: str, method: str, content: dict[str, Any]) -> Operation:
    responses = content["responses"]
    success = next((code for code in responses if code.startswith("2")), "")
    return Operation(
        anchor=content["operationId"],
        method=method.upper(),
        path=path,
        summary=content.get("summary", ""),
        needs_key=any(content.get("security", [])),
        parameters=tuple(content.get("parameters", ())),
        takes=_shape_name(content.get("requestBody", {})),
        answers=_shape_name(responses.get(success, {})),
        responses=tuple((code, answer.get("description", "")) for code, answer in responses.items()),
    )


def _shape_name(body: dict[str, Any]) -> str:
    for media in body.get("content", {}).values():
        return str(media["schema"].get("$ref", "")).rpartition("/")[2]
    return ""


def _field(name: str, content: dict[str, Any], required: list[str]) -> Field:
    return Field(name, _kind(content), name in required, content.get("description", ""))


def _kind(content: dict[str, Any]) -> str:
    """The type of a field in a word or two: `integer`, `Rule`, `list of Rule`, `text or null`."""
    if "$ref" in content:
        return str(content["$ref"]).rpartition("/")[2]
    for joined in ("allOf", "oneOf", "anyOf"):
        if joined in content:
            return " or ".join(_kind(inner) for inner in content[joined])
    kind = content.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(content['items'])}"
    if isinstance(kind, list):
        return " or ".join(kind)
    return f"{kind}, {content['format']}" if "format" in content else str(kind)
