"""Template tags and filters of the shop's pages."""

from datetime import date, datetime

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.days import written_day, written_day_and_time, written_weekday
from configurator.label_drawing import Line, draw_label, squeezed
from configurator.money import written

register = template.Library()

GLYPHS = {
    "bottle": "M9 3h6v3l2 3v12H7V9l2-3Z",
    "feather": "M12 3c5 3 6 9 2 14l-2 4-2-4C6 12 7 6 12 3Zm0 3v12",
    "drop": "M12 3c4 6 6 9 6 12a6 6 0 0 1-12 0c0-3 2-6 6-12Z",
    "stitch": "M4 8l16 8M4 16l16-8M9 6v12M15 6v12",
    "sun": "M12 2v5M12 17v5M2 12h5M17 12h5M5 5l3 3M16 16l3 3M19 5l-3 3M8 16l-3 3",
    "star": "M12 3l2 7 7 2-7 2-2 7-2-7-7-2 7-2Z",
    "leaf": "M5 19C5 10 10 5 19 5c0 9-5 14-14 14Zm0 0 8-8",
    "loop": "M12 4a8 8 0 1 1-7 4M5 3v5h5",
    "spiral": "M7 4c8 0 8 5 2 5s-6 5 2 5 8 5 0 6",
}


SCALES = [  # of the short scale
    (10**18, gettext_lazy("quintillion")),
    (10**15, gettext_lazy("quadrillion")),
    (10**12, gettext_lazy("trillion")),
    (10**9, gettext_lazy("billion")),
]


@register.filter
def many(count: int) -> str:
    """A number for people: exact up to a billion, above it what it surely exceeds."""
    for size, name in SCALES:
        if count > size:
            return _("more than %(count)s %(scale)s") % {
                "count": number_format((count - 1) // size, force_grouping=True),
                "scale": name,
            }
    return number_format(count, force_grouping=True)


@register.filter
def money(amount: int) -> str:
    """Minor units of the shop's currency as people write them, such as £14.00."""
    return written(amount)


@register.filter
def glyph_path(name: str) -> str:
    """The SVG path of a glyph in a 24 x 24 box; the bottle for a name without one."""
    return GLYPHS.get(name, GLYPHS["bottle"])


@register.filter
def label_lines(name: str) -> tuple[Line, ...]:
    """The name on a bottle's label, as the lines that are drawn."""
    return draw_label(name)


@register.filter
def squeezed_to(text: str, room: int) -> int | None:
    """`room` for a name that would be wider than that in the picture of a product."""
    return squeezed(text, 11, room)


@register.filter
def day(value: date | datetime) -> str:
    """A day with its weekday, such as Friday 27 November."""
    return written_day(value)


@register.filter
def weekday(value: date | datetime) -> str:
    """The weekday alone, such as Friday."""
    return written_weekday(value)


@register.filter
def day_and_time(value: datetime) -> str:
    """A moment in the shop's time zone, such as Friday 27 November, 14:05."""
    return written_day_and_time(value)
