"""The shop API: what can be mixed, open to all."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator import api_shapes as shapes
from configurator.api_content import (
    answer_content,
    delivery_content,
    recipe_brief,
    recipe_content,
    verdict_content,
)
from configurator.bench import read_bench
from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.spec import Size
from configurator.models import RecipeVersion
from configurator.problems import MEDIA_TYPE, InvalidFieldsProblem, NotFoundProblem
from configurator.throttling import Throttle
from configurator.versions import NotOnSaleError, mixer_for, newest_version, versions_on_sale

NAMES_TOLD = 24  # how many known names an error lists

PROBLEMS = {
    (code, MEDIA_TYPE): OpenApiResponse(shapes.ProblemShape, description=text)
    for code, text in {
        400: "The body is not JSON.",
        404: "There is no such recipe.",
        422: "Some fields are not right.",
        429: "Too many requests; Retry-After says when to go on.",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Question:
    """A (partial) mix in a size, and what to leave out."""

    mix: dict[str, str]
    size: Size
    avoid: tuple[str, ...]


class ShopThrottle(Throttle):
    scope = "shop"


class ShopView(APIView):
    # Anyone may call it, at a bounded rate. (A docstring would show in the OpenAPI document.)
    throttle_classes = [ShopThrottle]


class RecipesView(ShopView):
    @extend_schema(operation_id="list_recipes", responses=shapes.RecipesShape, summary="List what is on sale")
    def get(self, request: Request) -> Response:
        return Response(
            {"recipes": [recipe_brief(version, mixer_for(version)) for version in versions_on_sale()]}
        )


class RecipeView(ShopView):
    @extend_schema(
        operation_id="read_recipe",
        responses={200: shapes.RecipeShape, (404, MEDIA_TYPE): PROBLEMS[404, MEDIA_TYPE]},
        summary="Read a recipe: slots, components, rules, sizes, starters",
    )
    def get(self, request: Request, slug: str) -> Response:
        version, mixer = find_recipe(slug)
        return Response(recipe_content(version, mixer))


class OptionsView(ShopView):
    @extend_schema(
        operation_id="list_options",
        request=shapes.OptionsRequest,
        responses={200: shapes.OptionsShape, **PROBLEMS},
        summary="Ask which components still lead to a makeable mix",
    )
    def post(self, request: Request, slug: str) -> Response:
        version, mixer = find_recipe(slug)
        asked = read_question(request, shapes.OptionsRequest, mixer)
        answer = mixer.options(asked.mix, size=asked.size, avoid=asked.avoid)
        today = timezone.localdate()
        return Response(
            {
                "recipe": recipe_brief(version, mixer),
                "mix": asked.mix,
                "avoid": list(asked.avoid),
                "size": asked.size.slug,
                **answer_content(mixer, answer),
                "delivery": delivery_content(read_bench(today=today), today=today),
            }
        )


class CheckView(ShopView):
    @extend_schema(
        operation_id="check_mix",
        request=shapes.CheckRequest,
        responses={200: shapes.CheckShape, **PROBLEMS},
        summary="Check a complete mix: makeable or why not, price, ingredients",
    )
    def post(self, request: Request, slug: str) -> Response:
        version, mixer = find_recipe(slug)
        asked = read_question(request, shapes.CheckRequest, mixer)
        if missing := [slot.slug for slot in mixer.spec.slots if slot.slug not in asked.mix]:
            raise InvalidFieldsProblem(
                (f"mix.{slot}", "Nothing is chosen for this slot.") for slot in missing
            )
        verdict = mixer.check(asked.mix, size=asked.size, avoid=asked.avoid)
        return Response(
            {
                "recipe": recipe_brief(version, mixer),
                "mix": asked.mix,
                "avoid": list(asked.avoid),
                "size": asked.size.slug,
                **verdict_content(mixer, asked.mix, verdict),
            }
        )


@extend_schema(exclude=True)
class NowhereView(ShopView):
    # Every other address: a problem, not a page.

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFoundProblem(
            "There is nothing at this address. GET /api/shop/v1/recipes/ lists what is on sale."
        )


def find_recipe(slug: str) -> tuple[RecipeVersion, Mixer]:
    """The version on sale and its mixer; raises NotFoundProblem."""
    try:
        version = newest_version(slug)
    except NotOnSaleError as error:
        raise NotFoundProblem(f"{error} GET /api/shop/v1/recipes/ lists what is.") from error
    return version, mixer_for(version)


def read_question(request: Request, shape: type[shapes.OptionsRequest], mixer: Mixer) -> Question:
    """The question in a request's body; raises InvalidFieldsProblem naming every wrong field."""
    reader = shape(data=request.data)
    reader.is_valid(raise_exception=True)
    body: dict[str, Any] = reader.validated_data
    errors: list[tuple[str, str]] = []
    mix = {
        slot: component
        for slot, component in body["mix"].items()
        if _is_known(mixer, slot, component, errors)
    }
    try:
        size, avoid = mixer.read_size(body.get("size")), mixer.read_avoid(body["avoid"])
    except UnknownChoiceError as error:
        errors.append((error.field, _told(error)))
    if errors:
        raise InvalidFieldsProblem(errors)
    return Question(mix=mixer.read_mix(mix), size=size, avoid=avoid)


def _is_known(mixer: Mixer, slot: str, component: str, errors: list[tuple[str, str]]) -> bool:
    try:
        mixer.read_mix({slot: component})
    except UnknownChoiceError as error:
        field = error.field if error.field != "mix" else f"mix.{slot}"
        errors.append((field, _told(error)))
        return False
    return True


def _told(error: UnknownChoiceError) -> str:
    known = ", ".join(error.known) if len(error.known) <= NAMES_TOLD else "what the recipe lists"
    return f"{error.value!r} is not known here. Known: {known}."
