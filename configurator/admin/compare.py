"""The page that tells any two versions of a recipe apart, in words."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.mixing.changes import compare
from configurator.models import Recipe, RecipeVersion
from configurator.version_diff import describe_changes
from configurator.versions import mixer_for

MOST_OFFERED = 500  # newest versions to choose from


class CompareForm(forms.Form):
    """Two versions of one recipe, by their numbers."""

    old = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int)
    new = forms.TypedChoiceField(label=gettext_lazy("to"), coerce=int)

    def __init__(self, *, sent: dict[str, str], choices: list[tuple[int, str]]) -> None:
        super().__init__(sent)
        for name in ("old", "new"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are fields of choices


class ComparePage(admin.ModelAdmin[Recipe]):
    """What the admin of recipes takes over: the address and the page."""

    def get_urls(self) -> list[URLPattern]:
        compared = path(
            "<path:object_id>/compare/",
            self.admin_site.admin_view(self.compare),
            name="configurator_recipe_compare",
        )
        return [compared, *super().get_urls()]

    def compare(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two versions that are chosen by their numbers, or else the newest and the one before it."""
        if not request.user.has_perm("configurator.view_recipeversion"):
            raise PermissionDenied
        recipe = self.get_object(request, unquote(object_id))
        if recipe is None:
            raise Http404
        versions = _versions(recipe)
        numbers = list(versions)
        sent = {"old": str(numbers[1 % len(numbers)]), "new": str(numbers[0])} if numbers else {}
        sent |= {name: request.GET[name] for name in ("old", "new") if name in request.GET}
        form = CompareForm(sent=sent, choices=[(number, _written(row)) for number, row in versions.items()])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare versions of %(recipe)s") % {"recipe": recipe},
            "opts": self.opts,
            "recipe": recipe,
            "form": form,
            "has_versions": bool(numbers),
        }
        if numbers and form.is_valid():
            old, new = (versions[form.cleaned_data[name]] for name in ("old", "new"))
            one, other = mixer_for(old), mixer_for(new)
            context |= {
                "old": old,
                "new": new,
                "sections": describe_changes(one.spec, other.spec),
                "changes": compare(one, other),
            }
        return render(request, "admin/configurator/recipe/compare.html", context)


def _versions(recipe: Recipe) -> dict[int, RecipeVersion]:
    """By number, the newest first."""
    rows = RecipeVersion.objects.filter(recipe=recipe).select_related("recipe", "published_by")
    return {row.number: row for row in rows.defer("spec", "space").order_by("-number")[:MOST_OFFERED]}


def _written(version: RecipeVersion) -> str:
    said = {
        "number": version.number,
        "day": date_format(localtime(version.published_at), "DATETIME_FORMAT"),
        "note": version.note,
    }
    return _("%(number)s (%(day)s): %(note)s") % said
