"""Lists that grow without end: they cost the same whether there are a hundred rows or a million."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from orders.search import EVERYWHERE, LOOK_BACK, MOST_FOUND, Found
from staff.read_only import ReadOnlyAdmin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_COUNTED = 10_000
SEARCH_HINT = gettext_lazy("A whole number finds its order at once; all else is looked for word by word.")


class LimitedPaginator(Paginator[Any]):
    """Counts and leads to the first MOST_COUNTED rows: whoever looks for one behind these searches or filters."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:MOST_COUNTED].count()


class LeanChangeList(ChangeList):
    """A list that reads of each row only what it shows: `list_only` of its admin, if that is not empty."""

    model_admin: "LongListAdmin"

    def apply_select_related(self, qs: QuerySet[Model]) -> QuerySet[Model]:
        rows: QuerySet[Model] = super().apply_select_related(qs)
        return rows.only(*self.model_admin.list_only)

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than the pages lead to."""
        return self.result_count >= MOST_COUNTED


class LongListAdmin(ReadOnlyAdmin):
    """Rows that come by the thousand. What a list shows of a row is read with it: `list_only` names the columns.

    `search_hint` is shown below the search. (Django's `search_help_text` would describe a field whose only label is a
    picture, which counts as no visible label.)
    """

    paginator = LimitedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_only: ClassVar[tuple[str, ...]] = ()
    search_hint: ClassVar["StrOrPromise"] = ""
    change_list_template = "admin/orders/long_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LeanChangeList

    def rows_found(self, request: HttpRequest, found: Found) -> QuerySet[Any]:
        """What a search has found; the page says what it has not looked through."""
        if request.method == "GET" and found.is_cut:
            said = gettext("More than %(count)s have these words: here are the newest of them.")
            messages.info(request, said % {"count": MOST_FOUND})
        if request.method == "GET" and found.left_out:
            said = gettext(
                "These words were looked for in the newest %(count)s. Put “%(everywhere)s” before them to look through"
                " all, which takes its time."
            )
            messages.info(request, said % {"count": LOOK_BACK, "everywhere": EVERYWHERE})
        return found.rows
