"""Needs: what the quiz asks for, each with the components that help."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.history import KeepsHistory
from configurator.admin.inlines import NamedFormSet, NamedTabularInline
from configurator.models import Need, NeedWeight


class WeightFormSet(NamedFormSet):
    """A need's own component counts 100 and is not listed again."""

    def clean(self) -> None:
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        if any(row.get("component") == self.instance.component for row in rows if row.get("component")):
            raise ValidationError(
                _("%(component)s is the need's own component and counts 100 already. Delete its row.")
                % {"component": self.instance.component}
            )


class WeightInline(NamedTabularInline):
    model = NeedWeight
    formset = WeightFormSet
    autocomplete_fields = ["component"]
    verbose_name_plural = gettext_lazy("What else helps, and how well")


@admin.register(Need)
class NeedAdmin(KeepsHistory):
    list_display = ["wording", "recipe", "component", "position"]
    list_filter = ["recipe"]
    list_select_related = ["recipe", "component"]
    search_fields = ["wording", "slug"]
    autocomplete_fields = ["recipe", "component"]
    inlines = [WeightInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["recipe", "slug", "wording", "component", "position"],
                "description": gettext_lazy(
                    "Word it as something to ask for, such as “Moisture for dry lengths”: the quiz says “because you "
                    "asked for moisture for dry lengths”. A second shot, or one that a rule or the shopper leaves "
                    "no room for, is chosen by what else helps."
                ),
            },
        )
    ]
