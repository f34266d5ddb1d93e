"""The form of the checkout: who gets the parcel, in as few fields as a parcel needs."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from configurator.templatetags.shop import money
from orders.placing import Customer

FIELDS = ("email", "full_name", "postcode", "address_line1", "address_line2", "town")
HIGHEST_TOTAL = 2**31 - 1  # what the column of an order's total can hold


class CheckoutForm(forms.Form):
    """`checkout_key` names the basket's content; total and day are what the page said it costs and when it comes."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": _("Enter your e-mail.")},
    )
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "inputmode": "text"}),
        error_messages={"required": _("Enter the name for the parcel.")},
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "inputmode": "text", "autocapitalize": "characters"}
        ),
        error_messages={"required": _("Enter your postcode.")},
    )
    address_line1 = forms.CharField(
        label=_("Address"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1", "inputmode": "text"}),
        error_messages={"required": _("Enter house number and street.")},
    )
    address_line2 = forms.CharField(
        label=_("Address, second line"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2", "inputmode": "text"}),
    )
    town = forms.CharField(
        label=_("Town"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", "inputmode": "text"}),
        error_messages={"required": _("Enter your town.")},
    )
    checkout_key = forms.UUIDField(widget=forms.HiddenInput)
    shown_total = forms.IntegerField(min_value=0, max_value=HIGHEST_TOTAL, widget=forms.HiddenInput)
    shown_day = forms.DateField(input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)

    def customer(self) -> Customer:
        """The customer of a valid form."""
        data = self.cleaned_data
        return Customer(
            email=data["email"],
            full_name=data["full_name"],
            postcode=data["postcode"].upper(),
            address_line1=data["address_line1"],
            address_line2=data["address_line2"],
            town=data["town"],
        )

    def shown(self) -> dict[str, Any]:
        """What the page said that was sent: key of the content, total in minor units, day; None for what is unsound."""
        names = {"key": "checkout_key", "total": "shown_total", "day": "shown_day"}
        return {name: self.cleaned_data.get(field) for name, field in names.items()}

    def show(self, *, total: int, day: date, key: uuid.UUID) -> None:
        """Carry what the page is about to show, whatever was sent before: total in minor units, day, content."""
        shown = {"shown_total": str(total), "shown_day": day.isoformat(), "checkout_key": str(key)}
        self.initial.update(shown)
        if self.is_bound:
            self.data = {**dict(self.data.items()), **shown}
        self.button = _("Pay %(total)s") % {"total": money(total)}
