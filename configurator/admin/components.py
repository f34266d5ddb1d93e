"""Families, components with their composition, substances, flags and hair types."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.history import KeepsHistory
from configurator.admin.inlines import NamedFormSet, NamedTabularInline
from configurator.admin.lists import ListPages
from configurator.admin.whole_numbers import WHOLE_NUMBERS
from configurator.composition_sum import WHOLE, sum_problem
from configurator.exchanging.lists import COMPONENTS, COMPOSITIONS, STOCK
from configurator.history_middleware import REASON
from configurator.models import (
    Amount,
    Component,
    CompositionPart,
    Family,
    Flag,
    FragranceAllergen,
    HairType,
    Substance,
)
from configurator.templatetags.shop import glyph_path


class CompositionFormSet(NamedFormSet):
    """A composition is either empty or adds up to 100 %; who changes it says why."""

    def clean(self) -> None:
        super().clean()
        problems = []
        if self.has_changed() and self.instance.pk and not self.data.get(REASON, "").strip():
            problems.append(_("Say below why the composition changes, so that others understand it later."))
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        shares = [data["percent"] for data in kept if data.get("percent") is not None]
        if problem := sum_problem(shares):
            problems.append(problem)
        if problems:
            raise ValidationError(problems)

    @property
    def sum_text(self) -> str:
        """What the shares add up to as they stand in the form; a script keeps it up to date while they are typed."""
        shares = list(self._typed_shares())
        if not shares:
            return _("No composition yet.")
        if sum(shares) == WHOLE:
            return _("Adds up to 100 %.")
        said = {"sum": _plain(sum(shares)), "missing": _plain(WHOLE - sum(shares), sign="+")}
        return _("Adds up to %(sum)s %%: change a share by %(missing)s %% to make it 100 %%.") % said

    def _typed_shares(self) -> Iterator[Decimal]:
        for form in self.forms:
            if form["DELETE"].value() in (None, False):
                try:
                    yield Decimal(str(form["percent"].value()))
                except InvalidOperation:
                    pass  # empty, or no number, which the field says itself


def _plain(number: Decimal | int, *, sign: str = "") -> str:
    """Without zeros at the end."""
    return f"{Decimal(number).normalize():{sign}f}"


class CompositionInline(NamedTabularInline):
    model = CompositionPart
    template = "admin/configurator/component/composition.html"
    formset = CompositionFormSet
    autocomplete_fields = ["substance"]


class FragranceAllergenInline(NamedTabularInline):
    model = FragranceAllergen
    autocomplete_fields = ["substance"]


class AmountInline(NamedTabularInline):
    model = Amount


@admin.register(Family)
class FamilyAdmin(KeepsHistory):
    list_display = ["name", "slug"]
    fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name", "slug"]
    way_on = gettext_lazy(
        "Give each of these another family first, or delete it; then this one can be deleted."
    )


@admin.register(Component)
class ComponentAdmin(ListPages, KeepsHistory):
    lists = (COMPONENTS, COMPOSITIONS, STOCK)
    way_on = gettext_lazy(
        "Take it out of each of these first; then it can be deleted. Or let it stay and untick “Offered” on its page: "
        "from the next version of a recipe on that is published, nobody can choose it any more."
    )

    class Media:
        js = [forms.Script("js/admin-desk.js", defer=True)]

    list_display = [
        "name",
        "swatch",
        "family",
        "tagline",
        "surcharge",
        "stock_ml",
        "reserved_ml",
        "is_offered",
    ]
    list_filter = ["family", "is_offered", "flags"]
    list_select_related = ["family"]
    search_fields = ["name", "slug", "tagline"]
    autocomplete_fields = ["family", "flags"]
    readonly_fields = ["reserved_ml", "plain_family"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = WHOLE_NUMBERS
    inlines = [CompositionInline, FragranceAllergenInline, AmountInline]
    fieldsets = [
        (None, {"fields": ["family", "name", "slug", "tagline", "is_offered", "position"]}),
        (gettext_lazy("Look"), {"fields": ["colour", "glyph", "drawing", "drawing_style"]}),
        (gettext_lazy("What it is for and what is in it"), {"fields": ["suits", "flags"]}),
        (gettext_lazy("Price and stock"), {"fields": ["surcharge", "stock_ml", "reserved_ml"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the link that Django makes of a family, for who may look at components alone."""
        fieldsets: Any = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or request.user.has_perm("configurator.view_family"):
            return fieldsets
        (title, options), *others = fieldsets
        fields = ["plain_family" if field == "family" else field for field in options["fields"]]
        return [(title, {**options, "fields": fields}), *others]

    @admin.display(description=gettext_lazy("family"))
    def plain_family(self, component: Component) -> str:
        return component.family.name

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 Django's
        form = super().get_form(request, obj, change=change, **kwargs)
        if "stock_ml" in form.base_fields:  # orders take from it while the page is open
            form.base_fields["stock_ml"].show_hidden_initial = True
        return form

    def save_model(self, request: HttpRequest, obj: Component, form: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """Of a component that is there only what was changed: its stock and what is set aside go on being counted."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        own = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in own])

    @admin.display(description=gettext_lazy("look"))
    def swatch(self, component: Component) -> SafeString:
        return format_html(
            '<svg width="28" height="28" viewBox="-6 -6 36 36" role="img" aria-label="{}">'
            '<circle cx="12" cy="12" r="18" fill="{}"/>'
            '<path d="{}" fill="none" stroke="#1f2a2e" stroke-width="1.5"/></svg>',
            component.get_glyph_display(),
            component.colour,
            glyph_path(component.glyph),
        )


@admin.register(Substance, Flag, HairType)
class NamedAdmin(KeepsHistory):
    """Things that have little more than a name."""

    search_fields = ["name"]
