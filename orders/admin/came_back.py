"""The filter of orders for those of buyers who came back."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order


class CameBackFilter(admin.SimpleListFilter):
    """Whether the buyer paid for another order as well, ever; told apart by e-mail address, which an index finds."""

    title = gettext_lazy("whether the buyer has other orders")
    parameter_name = "came_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() not in ("yes", "no"):
            return queryset
        theirs = Order.objects.alias(buyer=Upper("email")).filter(buyer=Upper(OuterRef("email")))
        another = Exists(theirs.filter(state=Order.State.PAID, sandbox=None).exclude(pk=OuterRef("pk")))
        return queryset.filter(another if self.value() == "yes" else ~Q(another))
