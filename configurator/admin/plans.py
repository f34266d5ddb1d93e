"""Planned versions: to read, and to call off while their time has not come."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from configurator.models import PlannedPublish
from configurator.planning import PlanEndedError, call_off
from staff.read_only import ReadOnlyAdmin

HEAVY = ("spec", "space", "replaces__spec", "replaces__space", "version__spec", "version__space")


@admin.register(PlannedPublish)
class PlannedPublishAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "valid_from", "mixes", "note", "planned_by", "refusal"]
    list_filter = ["state", "recipe"]
    fields = [
        "recipe", "state", "refusal", "valid_from", "mixes", "note", "planned_at", "planned_by", "replaces",
        "version", "ended_at", "ended_by", "sha256",
    ]  # fmt: skip
    change_form_template = "admin/configurator/plannedpublish/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlannedPublish]:
        related = ("recipe", "planned_by", "replaces__recipe", "version__recipe")
        return super().get_queryset(request).select_related(*related).defer(*HEAVY)

    def get_urls(self) -> list[URLPattern]:
        off = path(
            "<path:object_id>/call-off/",
            self.admin_site.admin_view(self.call_off),
            name="configurator_plannedpublish_call_off",
        )
        return [off, *super().get_urls()]

    def call_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks once more, then calls the plan off."""
        if not request.user.has_perm("configurator.publish_recipe"):
            raise PermissionDenied
        plan = self.get_object(request, unquote(object_id))
        if plan is None:
            raise Http404
        if request.method == "POST":
            try:
                call_off(plan, by=request.user, now=timezone.now())  # type: ignore[arg-type]  # admin_view lets no anonymous user in
            except PlanEndedError as error:
                state = error.plan.get_state_display()
                messages.warning(
                    request, _("This plan is “%(state)s” already; nothing was changed.") % {"state": state}
                )
            else:
                messages.success(
                    request,
                    _("Called off: %(recipe)s stays as it is on sale. The draft is as it was.")
                    % {"recipe": plan.recipe},
                )
            return redirect(reverse("admin:configurator_recipe_publish", args=[plan.recipe_id]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Call off what is planned for %(recipe)s") % {"recipe": plan.recipe},
            "opts": self.opts,
            "plan": plan,
        }
        return render(request, "admin/configurator/plannedpublish/call_off.html", context)
