"""The list of components: what the form of one has, without stock, which is counted and not decided."""

from typing import Any

from configurator.exchanging.columns import Column, OneOf, Several, YesNo, cell_of
from configurator.exchanging.resource import ListResource
from configurator.models import Component, Family, Flag, HairType

cell = cell_of(Component)


class ComponentList(ListResource):
    key = ("component",)

    slug = cell("slug", "component")
    family = Column("family", widget=OneOf(Family))
    name = cell("name")
    tagline = cell("tagline", "what it does")
    is_offered = Column("is_offered", widget=YesNo(), name="offered")
    position = cell("position")
    surcharge = cell("surcharge")
    flags = Column("flags", widget=Several(Flag))
    suits = Column("suits", widget=Several(HairType))
    colour = cell("colour")
    glyph = cell("glyph")
    drawing = cell("drawing")
    drawing_style = cell("drawing_style", "drawn as")

    class Meta(ListResource.Meta):
        model = Component
        fields = (
            *("slug", "family", "name", "tagline", "is_offered", "position", "surcharge", "flags", "suits"),
            *("colour", "glyph", "drawing", "drawing_style"),
        )
        import_id_fields = ("slug",)

    def get_queryset(self) -> Any:
        return Component.objects.select_related("family").prefetch_related("flags", "suits")
