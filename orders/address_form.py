"""The form that corrects an address: the checkout's fields that are on the parcel."""

from typing import Any

from django import forms

from orders.checkout_form import CheckoutForm
from orders.correcting import Address

_OF_CHECKOUT = CheckoutForm.base_fields


class AddressForm(forms.Form):
    """Empty but for the town: whoever holds the order's link is not shown the name and the street."""

    full_name = _OF_CHECKOUT["full_name"]
    postcode = _OF_CHECKOUT["postcode"]
    address_line1 = _OF_CHECKOUT["address_line1"]
    address_line2 = _OF_CHECKOUT["address_line2"]
    town = _OF_CHECKOUT["town"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs |= {"aria-invalid": "true"}
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("aria-describedby", f"id_{name}_error")

    def address(self) -> Address:
        """The address of a valid form."""
        data = self.cleaned_data
        return Address(**{**data, "postcode": data["postcode"].upper()})
