"""Recipe versions: what a job was sold under, for good."""

import json

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from configurator.models import RecipeVersion
from configurator.problems import NotFoundProblem
from orders.fulfilment.base import FulfilmentView
from orders.fulfilment.description import described
from orders.fulfilment.etags import knows
from orders.fulfilment.shapes import Plain
from orders.models import FulfilmentKey


class RecipeVersionSerializer(Plain):
    recipe = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of `spec` as JSON in UTF-8 with sorted keys and no spaces.")
    spec = serializers.DictField()


class RecipeVersionView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.READ}

    @described(
        "Read a version of a recipe",
        response=RecipeVersionSerializer,
        problems=(404,),
        operation_id="read_recipe_version",
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """It never changes: keep it for as long as you like."""
        version = (
            RecipeVersion.objects.filter(recipe__slug=slug, number=number).only("spec", "sha256").first()
        )
        if version is None:
            raise NotFoundProblem("There is no such version of a recipe; a job's snapshot names its own.")
        etag = f'"{version.sha256}"'
        if knows(request, etag):
            response = Response(status=304)
        else:
            spec = json.loads(version.spec)
            content = {"recipe": slug, "version": number, "sha256": version.sha256, "spec": spec}
            response = Response(content)
        response["ETag"] = etag
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
