"""What people at the bench fill in: what went into a bottle, why one failed, with whom a parcel goes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.bench_work import Part
from orders.making import Failure, Lot

SMALLEST, MOST_ML = Decimal("0.001"), 1_000_000


def check_printable(text: str) -> None:
    """Raises ValidationError; labels, feeds and lists show these texts in one line."""
    if not text.isprintable():
        raise ValidationError(_("Leave out line breaks and characters that cannot be printed."))


class LineField(forms.CharField):
    """One line of text."""

    default_validators = [check_printable]


class MadeForm(forms.Form):
    """What really went into one piece, part by part, each ticked off. `lots`: what to suggest for a component."""

    batch = LineField(label=_("batch"), max_length=40)

    def __init__(
        self, parts: Sequence[Part], *args: Any, lots: Mapping[str, Sequence[str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.lots = lots
        for i, part in enumerate(parts):
            names = {"part": part.name}
            self.fields[f"in-{i}"] = forms.BooleanField(
                label=gettext("%(part)s is in") % names,
                error_messages={"required": gettext("Tick off %(part)s when it is in.") % names},
            )
            self.fields[f"lot-{i}"] = LineField(
                label=gettext("Lot of %(part)s") % names,
                max_length=40,
                widget=forms.TextInput(attrs={"list": f"lots-{i}", "autocomplete": "off"}),
                error_messages={"required": gettext("Say which lot of %(part)s went in.") % names},
            )
            if part.ml is not None:
                self.fields[f"ml-{i}"] = forms.DecimalField(
                    label=gettext("Millilitres of %(part)s in each piece") % names,
                    max_value=MOST_ML,
                    decimal_places=3,
                    initial=part.ml,
                    validators=[MinValueValidator(SMALLEST)],
                    widget=forms.NumberInput(attrs={"step": "0.001", "min": "0.001"}),
                )

    def rows(self) -> list[dict[str, Any]]:
        """Each part with its fields and the lots to suggest."""
        return [
            {
                "part": part,
                "done": self[f"in-{i}"],
                "lot": self[f"lot-{i}"],
                "ml": self[f"ml-{i}"] if part.ml is not None else None,
                "list": f"lots-{i}",
                "lots": self.lots.get(part.component, ()),
            }
            for i, part in enumerate(self.parts)
        ]

    def made_of(self) -> list[Lot]:
        """What a valid form says."""
        return [
            Lot(
                slot=part.slot,
                component=part.component,
                lot=self.cleaned_data[f"lot-{i}"],
                microlitres=None if part.ml is None else int(self.cleaned_data[f"ml-{i}"] * 1000),
            )
            for i, part in enumerate(self.parts)
        ]


class FailedForm(forms.Form):
    code = forms.ChoiceField(label=_("what went wrong"), choices=Failure.choices)
    note = LineField(label=_("what happened"), max_length=400, required=False)


class ParcelForm(forms.Form):
    """`parcel` names this very parcel, so that it is reported once; `job`: what is in it."""

    parcel = forms.UUIDField(widget=forms.HiddenInput)
    carrier = LineField(label=_("carrier"), max_length=80, widget=forms.TextInput(attrs={"list": "carriers"}))
    tracking = LineField(label=_("tracking number"), max_length=120)
    job = forms.TypedMultipleChoiceField(
        label=_("in this parcel"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick what is in the parcel."),
            "invalid_choice": _(
                "Something that you ticked is no longer here to be sent: look again, then send."
            ),
        },
    )

    def __init__(self, jobs: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["job"].choices = jobs  # type: ignore[attr-defined]
        self.fields["job"].initial = [value for value, _name in jobs]
