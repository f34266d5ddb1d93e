"""Drawing the inputs of forms: Django takes two templates for each, which cost more than the rest of a page."""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

PLAIN = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("email", "hidden", "number", "text"))


class ShopRenderer(TemplatesSetting):
    """Templates for whatever is more than one plain `<input>`."""

    def render(
        self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> str:
        if template_name in PLAIN:
            return draw_input(context["widget"])
        return super().render(template_name, dict(context), request)


def draw_input(widget: Mapping[str, Any]) -> SafeString:
    """What `django/forms/widgets/input.html` makes of a widget's context, to the byte."""
    drawn = [f'<input type="{_escape(widget["type"])}" name="{_escape(widget["name"])}"']
    if widget["value"] is not None:
        drawn.append(f' value="{_escape(widget["value"])}"')
    for name, value in widget["attrs"].items():
        if value is True:
            drawn.append(f" {_escape(name)}")
        elif value is not False:
            drawn.append(f' {_escape(name)}="{_escape(value)}"')
    return mark_safe("".join(drawn) + ">")  # noqa: S308 each part is escaped


def _escape(value: object) -> SafeString:
    return conditional_escape(value if isinstance(value, SafeString) else str(value))
