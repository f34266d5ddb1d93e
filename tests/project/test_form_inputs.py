"""Inputs of forms are drawn as Django's own templates draw them."""

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from config.form_inputs import ShopRenderer

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "widget", [forms.TextInput, forms.EmailInput, forms.NumberInput, forms.HiddenInput, forms.Textarea]
)
@pytest.mark.parametrize("value", [None, "", "Ada", '<b>"Zoë" & Co</b>', mark_safe("<i>"), 12, _("Main")])
@pytest.mark.parametrize(
    "attrs",
    [
        {},
        {"id": "id_town", "maxlength": "80", "autocomplete": "off"},
        {"required": True, "autofocus": False, "aria-label": '"> <script>'},
        {"size": 3, "title": _("Main"), "class": mark_safe("a&b")},
    ],
)
def test_to_the_byte(widget: type[forms.Widget], value: object, attrs: dict[str, object]) -> None:
    drawn = [
        widget().render("na<me", value, attrs=dict(attrs), renderer=renderer())
        for renderer in (ShopRenderer, TemplatesSetting)
    ]

    assert drawn[0] == drawn[1]


def test_the_shops_forms_use_it() -> None:
    assert isinstance(forms.Form().renderer, ShopRenderer)
