"""Recipes with their slots, sizes, needs and starters, and the page that publishes them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.history import KeepsHistory
from configurator.admin.inlines import NamedTabularInline
from configurator.mixing.validation import InvalidSpecError
from configurator.models import Need, Recipe, Rule, Size, Slot, Starter, StarterPart
from configurator.publishing import DraftChangedError, NothingToPublishError, preview_publish, publish_recipe


class SlotInline(NamedTabularInline):
    model = Slot
    autocomplete_fields = ["family"]


class SizeInline(NamedTabularInline):
    model = Size


class NeedInline(NamedTabularInline):
    """The recipe's needs; what else helps with one is on its own page."""

    model = Need
    autocomplete_fields = ["component"]
    show_change_link = True


class RuleInline(admin.TabularInline[Rule, Recipe]):
    """The recipe's rules at a glance; each is edited on a page of its own."""

    model = Rule
    fields = ["slug", "kind", "force", "reason", "is_active"]
    readonly_fields = ["slug", "kind", "force", "reason", "is_active"]
    show_change_link = True
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StarterPartInline(NamedTabularInline):
    model = StarterPart
    autocomplete_fields = ["slot", "component"]


class PublishForm(forms.Form):
    """`sha256` is the draft that the preview was of."""

    note = forms.CharField(
        label=gettext_lazy("Why this change?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say in a few words why, so that others understand it later.")
        },
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)


@admin.register(Recipe)
class RecipeAdmin(KeepsHistory):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    inlines = [SlotInline, SizeInline, NeedInline, RuleInline]
    change_form_template = "admin/configurator/recipe/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Recipe | None = None) -> list[str]:
        """Addresses and orders refer to the short name of what is on sale, so then it stays."""
        return ["slug"] if obj is not None and obj.versions.exists() else []

    def get_urls(self) -> list[URLPattern]:
        publish = path(
            "<path:object_id>/publish/",
            self.admin_site.admin_view(self.publish),
            name="configurator_recipe_publish",
        )
        return [publish, *super().get_urls()]

    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What publishing the draft would change; on confirmation it is published."""
        recipe = self.get_object(request, unquote(object_id))
        if recipe is None:
            raise Http404
        if not request.user.has_perm("configurator.publish_recipe"):
            raise PermissionDenied
        form = PublishForm(request.POST or None)
        stale = False
        if request.method == "POST" and form.is_valid():
            try:
                version = publish_recipe(
                    recipe,
                    by=request.user,  # type: ignore[arg-type]  # admin_view lets no anonymous user in
                    note=form.cleaned_data["note"],
                    now=timezone.now(),
                    expected_sha256=form.cleaned_data["sha256"],
                )
            except DraftChangedError:
                stale = True
            except (InvalidSpecError, NothingToPublishError):
                pass  # the preview below says it
            else:
                messages.success(request, _("%(version)s is on sale now.") % {"version": version})
                return redirect(reverse("admin:configurator_recipe_change", args=[recipe.pk]))
        preview = preview_publish(recipe)
        if not form.is_bound or stale:
            form = PublishForm(initial={"sha256": preview.sha256, "note": request.POST.get("note", "")})
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish %(recipe)s") % {"recipe": recipe},
            "opts": self.opts,
            "recipe": recipe,
            "preview": preview,
            "form": form,
            "is_stale": stale,
        }
        return render(
            request, "admin/configurator/recipe/publish.html", context, status=409 if stale else 200
        )


@admin.register(Slot)
class SlotAdmin(KeepsHistory):
    """Kept out of the index: slots are edited on their recipe; this serves the search of other forms."""

    search_fields = ["name", "slug", "recipe__name"]
    list_display = ["name", "recipe", "family", "dose_ml", "is_optional"]
    list_select_related = ["recipe", "family"]
    autocomplete_fields = ["recipe", "family"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Starter)
class StarterAdmin(KeepsHistory):
    list_display = ["name", "recipe", "position"]
    list_filter = ["recipe"]
    list_select_related = ["recipe"]
    search_fields = ["name"]
    autocomplete_fields = ["recipe"]
    inlines = [StarterPartInline]
