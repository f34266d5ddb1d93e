"""Published versions: to read, and to put on sale again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.publish import examples, tell_on_sale
from configurator.mixing.changes import compare
from configurator.models import RecipeVersion
from configurator.outlook import look_ahead
from configurator.publishing import NothingToPublishError, publish_again
from configurator.versions import mixer_for, newest_version
from staff.read_only import ReadOnlyAdmin


class PublishAgainForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why go back?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say in a few words why, so that others understand it later.")
        },
    )


@admin.register(RecipeVersion)
class RecipeVersionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "mixes", "published_at", "published_by", "note", "ways_on"]
    list_filter = ["recipe"]
    list_select_related = ["recipe", "published_by"]
    readonly_fields = ["recipe", "number", "mixes", "sha256", "note", "published_at", "published_by", "spec"]
    change_form_template = "admin/configurator/recipeversion/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecipeVersion]:
        newest = RecipeVersion.objects.filter(recipe=OuterRef("recipe")).order_by("-number").values("number")
        rows: QuerySet[RecipeVersion] = super().get_queryset(request).annotate(newest=Subquery(newest[:1]))
        return rows.defer("spec", "space")

    @admin.display(description=gettext_lazy("from here"))
    def ways_on(self, version: Any) -> str:
        """Links: what it changed, and the way back to it."""
        compared = reverse("admin:configurator_recipe_compare", args=[version.recipe_id])
        first = format_html(
            '<a href="{}?old={}&amp;new={}" aria-label="{}">{}</a>',
            compared,
            max(1, version.number - 1),
            version.number,
            _("What changed with %(version)s") % {"version": version},
            _("What changed"),
        )
        if version.number == version.newest:
            return format_html("{} · {}", first, _("on sale"))
        again = reverse("admin:configurator_recipeversion_publish_again", args=[version.pk])
        label = _("Put %(version)s on sale again") % {"version": version}
        return format_html(
            '{} · <a href="{}" aria-label="{}">{}</a>', first, again, label, _("Put on sale again")
        )

    def get_urls(self) -> list[URLPattern]:
        again = path(
            "<path:object_id>/publish-again/",
            self.admin_site.admin_view(self.publish_again),
            name="configurator_recipeversion_publish_again",
        )
        return [again, *super().get_urls()]

    def publish_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What going back to an older version would change; on confirmation it is on sale again."""
        version = self.get_object(request, unquote(object_id))
        if version is None:
            raise Http404
        if not request.user.has_perm("configurator.publish_recipe"):
            raise PermissionDenied
        on_sale = newest_version(version.recipe.slug)
        note = _("Takes back version %(number)s.") % {"number": on_sale.number}
        taken_back = request.GET.get("take-back") == str(on_sale.number)
        form = PublishAgainForm(request.POST or None, initial={"note": note} if taken_back else None)
        old, new = mixer_for(on_sale), mixer_for(version)
        if request.method == "POST" and form.is_valid():
            try:
                back = publish_again(
                    version,
                    by=request.user,  # type: ignore[arg-type]  # admin_view lets no anonymous user in
                    note=form.cleaned_data["note"],
                    now=timezone.now(),
                )
            except NothingToPublishError:
                messages.warning(request, _("This is what is on sale already; nothing was changed."))
            else:
                tell_on_sale(request, back)
            return redirect(reverse("admin:configurator_recipeversion_changelist"))
        changes = compare(old, new)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Put %(version)s on sale again") % {"version": version},
            "opts": self.opts,
            "version": version,
            "on_sale": on_sale,
            "changes": changes,
            **examples(changes, old=old, new=new),
            "outlook": look_ahead(version.recipe, old=old, new=new),
            "form": form,
        }
        return render(request, "admin/configurator/recipeversion/publish_again.html", context)
