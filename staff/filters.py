"""Filters of lists in words that need no explanation."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import FieldListFilter
from django.utils.translation import gettext as _


class YesNoFilter(admin.EmptyFieldListFilter):
    """Whether something has happened, by a field that is empty until then."""

    def choices(self, changelist: Any) -> Any:
        for words, choice in zip((_("All"), _("No"), _("Yes")), super().choices(changelist), strict=True):
            yield {**choice, "display": words}


def titled(title: Any, base: type[FieldListFilter] = YesNoFilter) -> type[FieldListFilter]:
    """The same filter under another title than the name of its field; the page says “By” before it."""

    def begin(self: Any, *args: Any, **named: Any) -> None:
        base.__init__(self, *args, **named)
        self.title = title

    return type(base.__name__, (base,), {"__init__": begin, "__doc__": base.__doc__})
