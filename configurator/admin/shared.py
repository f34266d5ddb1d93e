"""Shared mixes: to see which there are, and to take one back for someone who cannot."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from configurator.models import SharedMix
from configurator.sharing import revoke_shared
from staff.filters import titled
from staff.read_only import ReadOnlyAdmin


@admin.register(SharedMix)
class SharedMixAdmin(ReadOnlyAdmin):
    list_display = ["code", "version", "mix", "size", "created_at", "revoked_at"]
    list_filter = ["version__recipe", ("revoked_at", titled(gettext_lazy("taken back")))]
    search_fields = ["code"]
    readonly_fields = ["code", "version", "mix", "size", "created_at", "revoked_at"]
    actions = ["take_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SharedMix]:
        found = super().get_queryset(request).select_related("version__recipe")
        return found.defer("version__spec", "version__space")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("configurator.change_sharedmix")

    @admin.action(description=gettext_lazy("Take back for good"), permissions=["revoke"])
    def take_back(self, request: HttpRequest, chosen: QuerySet[SharedMix]) -> None:
        open_ones = list(chosen.filter(revoked_at=None))
        count = revoke_shared(chosen, now=timezone.now())
        for shared in open_ones:
            self.log_change(request, shared, _("Taken back."))
        text = ngettext("%(count)s mix was taken back.", "%(count)s mixes were taken back.", count)
        messages.success(request, text % {"count": count})
