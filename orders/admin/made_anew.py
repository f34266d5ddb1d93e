"""Jobs without those that were made anew: what the figures count, as a filter of the list."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Job, JobQuerySet

NO = "no"
NOT_MADE_ANEW = {"made_anew": NO}


class MadeAnewFilter(admin.SimpleListFilter):
    """Leaves out what a remake stands for; the few that one does stand for are not asked for among a million."""

    title = gettext_lazy("made anew")
    parameter_name = "made_anew"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(NO, _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return cast("JobQuerySet", queryset).not_replaced() if self.value() == NO else queryset
