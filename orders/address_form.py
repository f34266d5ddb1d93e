"""The form that corrects an address: the checkout's fields that are on the parcel."""

from django import forms

from orders.address_changes import Address
from orders.checkout_form import CheckoutForm

_OF_CHECKOUT = CheckoutForm.base_fields


class AddressForm(forms.Form):
    """Empty but for the town: whoever holds the order's link is not shown the name and the street."""

    full_name = _OF_CHECKOUT["full_name"]
    postcode = _OF_CHECKOUT["postcode"]
    address_line1 = _OF_CHECKOUT["address_line1"]
    address_line2 = _OF_CHECKOUT["address_line2"]
    town = _OF_CHECKOUT["town"]

    def address(self) -> Address:
        """The address of a valid form."""
        data = self.cleaned_data
        return Address(**{**data, "postcode": data["postcode"].upper()})
