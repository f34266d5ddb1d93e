"""The page that shows what publishing a recipe would do, and publishes it, now or later."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from configurator.admin.publish_forms import PublishForm
from configurator.mixing.changes import Changes
from configurator.mixing.mixer import Mixer
from configurator.mixing.validation import InvalidSpecError
from configurator.models import Recipe, RecipeVersion
from configurator.outlook import look_ahead, loss_words, summary
from configurator.planning import (
    NotInFutureError,
    PlannedAlreadyError,
    is_overtaken,
    plan_publish,
    planned_for,
    refused_last,
)
from configurator.publishing import (
    ConfirmationNeededError,
    DraftChangedError,
    NothingToPublishError,
    Preview,
    preview_publish,
    publish_recipe,
)
from configurator.versions import mixer_for
from configurator.wording import parts_of

PAGE = "admin/configurator/recipe/publish.html"


class PublishPage(admin.ModelAdmin[Recipe]):
    """What the admin of recipes takes over: the address and the page."""

    def get_urls(self) -> list[URLPattern]:
        publish = path(
            "<path:object_id>/publish/",
            self.admin_site.admin_view(self.publish),
            name="configurator_recipe_publish",
        )
        return [publish, *super().get_urls()]

    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What publishing the draft would change; on confirmation it is published, or planned."""
        if not request.user.has_perm("configurator.publish_recipe"):
            raise PermissionDenied
        recipe = self.get_object(request, unquote(object_id))
        if recipe is None:
            raise Http404
        form = PublishForm(request.POST or None)
        stale = False
        if request.method == "POST" and form.is_valid():
            try:
                return _done(request, recipe, form)
            except DraftChangedError:
                stale = True
            except _REFUSALS as error:
                _tell(form, error)
        preview = preview_publish(recipe)
        if not form.is_bound or stale:
            typed = {name: request.POST.get(name, "") for name in ("note", "confirmed", "valid_from")}
            form = PublishForm(initial={**typed, "sha256": preview.sha256})
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish %(recipe)s") % {"recipe": recipe},
            "opts": self.opts,
            "recipe": recipe,
            "form": form,
            "is_stale": stale,
            **_shown(recipe, preview),
        }
        return render(request, PAGE, context, status=409 if stale else 200)


_REFUSALS = (
    ConfirmationNeededError,
    InvalidSpecError,
    NotInFutureError,
    NothingToPublishError,
    PlannedAlreadyError,
)


def _done(request: HttpRequest, recipe: Recipe, form: PublishForm) -> HttpResponse:
    """Publishes or plans, and says so where the recipe is."""
    data = form.cleaned_data
    said: dict[str, Any] = {
        "by": request.user,
        "note": data["note"],
        "now": timezone.now(),
        "expected_sha256": data["sha256"],
        "confirmed": data["confirmed"],
    }
    if form.is_for_later:
        plan = plan_publish(recipe, valid_from=data["valid_from"], **said)
        told = _("%(recipe)s goes on sale as previewed on %(when)s, by itself.")
        messages.success(request, told % {"recipe": recipe, "when": written_time(plan.valid_from)})
        return redirect(reverse("admin:configurator_recipe_publish", args=[recipe.pk]))
    tell_on_sale(request, publish_recipe(recipe, **said))
    return redirect(reverse("admin:configurator_recipe_change", args=[recipe.pk]))


def tell_on_sale(request: HttpRequest, version: RecipeVersion) -> None:
    """That a version is on sale now, with the way to it in the shop and the way back."""
    links = [(reverse("configurator:mixer", args=[version.recipe.slug]), _("See it in the shop"))]
    before = RecipeVersion.objects.filter(recipe=version.recipe, number=version.number - 1).only("pk").first()
    if before is not None:
        back = reverse("admin:configurator_recipeversion_publish_again", args=[before.pk])
        links.append((f"{back}?take-back={version.number}", _("Take it back")))
    told = _("%(version)s is on sale now.") % {"version": version}
    messages.success(
        request, format_html("{} " + " · ".join(['<a href="{}">{}</a>'] * len(links)), told, *sum(links, ()))
    )


def examples(changes: Changes | None, *, old: Mixer | None, new: Mixer | None) -> dict[str, Any]:
    """Mixes lost and gained as names of slots and components; nothing where two versions were not compared."""
    if changes is None or old is None or new is None:
        return {}
    return {
        "lost_examples": [parts_of(old.spec, mix) for mix in changes.lost_examples],
        "gained_examples": [parts_of(new.spec, mix) for mix in changes.gained_examples],
    }


def written_time(when: datetime) -> str:
    """A time as the admin writes it, in the shop's time zone."""
    return date_format(timezone.localtime(when), "DATETIME_FORMAT")


def _tell(form: PublishForm, error: Exception) -> None:
    """What was refused and what to do, at its field; what the preview says anyway is not said twice."""
    if isinstance(error, ConfirmationNeededError):
        form.add_error(
            "confirmed", _("Type “%(wanted)s” to confirm; nothing was published.") % {"wanted": error.wanted}
        )
    elif isinstance(error, NotInFutureError):
        form.add_error("valid_from", _("This time is over. Choose a later one, or empty it to publish now."))
    elif isinstance(error, PlannedAlreadyError):
        when = written_time(error.plan.valid_from)
        form.add_error(
            None,
            _("A version is planned for %(when)s already. Call it off first, then plan this one.")
            % {"when": when},
        )


def _shown(recipe: Recipe, preview: Preview) -> dict[str, Any]:
    old = mixer_for(preview.replaces) if preview.replaces else None
    outlook = look_ahead(recipe, old=old, new=preview.mixer) if preview.mixer else None
    plan = planned_for(recipe)
    return {
        "preview": preview,
        "outlook": outlook,
        "summary": summary(preview.changes, outlook) if preview.changes and outlook else "",
        **examples(preview.changes, old=old, new=preview.mixer),
        "losses": [loss_words(loss) for loss in preview.losses],
        "plan": plan,
        "plan_is_draft": plan is not None and plan.sha256 == preview.sha256,
        "plan_is_overtaken": plan is not None and is_overtaken(plan, preview.replaces),
        "refused": refused_last(recipe),
    }
