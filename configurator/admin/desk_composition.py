"""The composition of one component, edited on the desk of a recipe, with the checks of its own page."""

from typing import Any

from django.contrib import admin
from django.forms import inlineformset_factory
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop

from configurator.admin.components import CompositionFormSet
from configurator.models import Component, CompositionPart, Recipe

EMPTY_ROWS = 2

CompositionRows: Any = inlineformset_factory(
    Component, CompositionPart, formset=CompositionFormSet, fields=["substance", "percent"], extra=EMPTY_ROWS
)


def find_component(request: HttpRequest, recipe: Recipe) -> Component | None:
    """The component that the address names; None without one. Raises Http404 for one that the recipe has not."""
    named = request.GET.get("component")
    if not named:
        return None
    parts = Component.objects.filter(family__in=recipe.slots.values("family"))
    found = parts.filter(pk=named).first() if named.isascii() and named.isdecimal() else None
    if found is None:
        raise Http404
    return found


def may_change(request: HttpRequest, component: Component) -> bool:
    return admin.site.get_model_admin(Component).has_change_permission(request, component)


def composition_rows(component: Component, data: Any = None) -> Any:
    """The form set, bound where there is `data`; each input says in words which row it is of."""
    rows = CompositionRows(data, instance=component)
    for number, form in enumerate(rows.forms, start=1):
        for name, field in form.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label or name}, {number}"
    return rows


def save_composition(request: HttpRequest, component: Component, rows: Any) -> None:
    """Write valid rows down, and in the component's history who did it."""
    rows.save()
    admin.site.get_model_admin(Component).log_change(
        request, component, [{"changed": {"fields": [gettext_noop("composition")]}}]
    )
