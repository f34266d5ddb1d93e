"""The pages that describe the APIs, made from the same OpenAPI document that programs read."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
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


@dataclass(frozen=True, slots=True)
class Api:
    """One of the APIs: its operations, and the shapes that they take and answer, by name."""

    slug: str
    name: Promise
    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]


NAMES = {"shop": _("Shop API"), "fulfilment": _("Fulfilment API")}


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """What APIs there are."""
    return render(
        request, "api_docs/index.html", {"apis": describe().values(), "base_url": settings.BASE_URL}
    )


@require_safe
def api_operations(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be asked of one API."""
    return render(request, "api_docs/operations.html", {"api": _find(slug)})


@require_safe
def api_shapes(request: HttpRequest, slug: str) -> HttpResponse:
    """The JSON objects that one API takes and answers."""
    return render(request, "api_docs/shapes.html", {"api": _find(slug)})


def _find(slug: str) -> Api:
    try:
        return describe()[slug]
    except KeyError as error:
        raise Http404 from error


@cache
def describe() -> dict[str, Api]:
    """The APIs of the OpenAPI document by their short names, made once per process."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # no types
    schemas = document["components"]["schemas"]
    return {slug: _describe(slug, name, document["paths"], schemas) for slug, name in NAMES.items()}


def _describe(slug: str, name: Promise, paths: dict[str, Any], schemas: dict[str, Any]) -> Api:
    own = {path: methods for path, methods in paths.items() if path.startswith(f"/api/{slug}/")}
    operations = tuple(
        _operation(path, method, content)
        for path, methods in own.items()
        for method, content in methods.items()
    )
    shapes = tuple(
        _shape(each, schemas[each]) for each in _shapes_in(own, schemas) if "properties" in schemas[each]
    )
    return Api(slug, name, operations, shapes)


def _shapes_in(content: Any, schemas: dict[str, Any]) -> list[str]:
    """The names of all shapes that a part of the document refers to, directly or through others, sorted."""
    found: set[str] = set()
    open_ends = [content]
    while open_ends:
        match open_ends.pop():
            case dict() as part:
                name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
                if name in schemas and name not in found:
                    found.add(name)
                    open_ends.append(schemas[name])
                open_ends.extend(part.values())
            case list() as parts:
                open_ends.extend(parts)
    return sorted(found)


def _shape(name: str, content: dict[str, Any]) -> Shape:
    required = content.get("required", ())
    return Shape(name, tuple(_field(key, value, required) for key, value in content["properties"].items()))


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
