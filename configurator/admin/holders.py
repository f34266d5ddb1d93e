"""What keeps a row from being deleted: the rows that choose it, each with the page where that can be changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from configurator.history import PARTS
from staff.read_only import ReadOnlyAdmin

OWNERS = {part: (owner, name) for owner, parts in PARTS.items() for part, name in parts.items()}


@dataclass(frozen=True, slots=True)
class Holder:
    """A row that would lose something; `address` is empty for who may not open its page."""

    words: str
    address: str = ""

    @property
    def shown(self) -> str:
        return format_html('<a href="{}">{}</a>', self.address, self.words) if self.address else self.words


def find_holders(objs: Any, request: HttpRequest, site: AdminSite) -> list[Holder]:
    """Those of all rows `objs`, which are of one model; a row that only belongs to another is named by that one."""
    ties = _ties(type(objs[0]), site)
    found = {(type(row), row.pk): row for model, by in ties for row in _rows(model, by, objs, site)}
    return [_holder(row, request, site) for row in found.values()]


def _ties(model: type[models.Model], site: AdminSite) -> Iterator[tuple[type[Any], str]]:
    """(model, its field) of what chooses rows of a model, or is kept for good and belongs to them."""
    for each in model._meta.get_fields(include_hidden=True):
        if each.auto_created and not each.concrete:
            tie: Any = each
            is_kept = isinstance(site._registry.get(tie.related_model), ReadOnlyAdmin)
            refuses = models.PROTECT, *([models.CASCADE] if is_kept else [])
            if tie.many_to_many or tie.on_delete in refuses:
                yield tie.related_model, tie.field.name


def _rows(model: type[Any], field: str, objs: Any, site: AdminSite) -> Iterator[Any]:
    """Those that have a page, else the rows that they belong to; without long texts, which nobody is shown here."""
    chosen: QuerySet[Any] = model._default_manager.filter(**{f"{field}__in": objs})
    if not site.is_registered(model) and model in OWNERS:
        model, by = OWNERS[model]
        chosen = model._default_manager.filter(pk__in=chosen.values(by))
    fields = model._meta.concrete_fields
    long = [each.name for each in fields if isinstance(each, models.TextField | models.BinaryField)]
    needed = [each.name for each in fields if each.is_relation and not each.null]
    yield from chosen.distinct().defer(*long).select_related(*needed)


def _holder(row: Any, request: HttpRequest, site: AdminSite) -> Holder:
    opts, name = row._meta, str(row)
    recipe = str(getattr(row, "recipe", ""))
    words = f"{capfirst(opts.verbose_name)}: {name}" + (f" ({recipe})" if recipe not in name else "")
    page = site._registry.get(type(row))
    if page is None or not page.has_view_or_change_permission(request, row):
        return Holder(words)
    return Holder(words, reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(row.pk)]))
