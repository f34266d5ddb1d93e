"""The label as SVG: shapes and escaped text, no style sheet and no script."""

from xml.etree.ElementTree import Element, SubElement, tostring

import regex

from orders.labels.edges import JAR, SMALLEST, Text
from orders.labels.layout import Code, Layout
from orders.labels.measuring import measure

SVG = "http://www.w3.org/2000/svg"
FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
UNWRITABLE = regex.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")  # not in XML at all
THIN = 0.2
# The jar of Regulation (EC) 1223/2009, Annex VII, in a box of 8 by 8: its body and the lid that is off.
JAR_BODY = "M0.7 3.2h6.6v3.8q0 0.8-0.8 0.8h-5q-0.8 0-0.8-0.8Z"
JAR_LID = "M1 2.2L6.4 0.3L6.8 1.4L1.4 3.2"


def draw_label(layout: Layout) -> str:
    """The label as an SVG document of its own, in its real size."""
    svg = Element("svg", {"xmlns": SVG, **_box(layout), **_real_size(layout)})
    SubElement(svg, "title").text = _clean(" · ".join(text.text for text in layout.texts[:2]))
    _draw(svg, layout)
    return tostring(svg, encoding="unicode")


def draw_symbol(layout: Layout, *, name: str) -> str:
    """The same for a page: a symbol called `name`, which the page uses once for each piece."""
    svg = Element("svg", {"width": "0", "height": "0", "aria-hidden": "true", "class": "kept"})
    _draw(SubElement(svg, "symbol", {"id": name, **_box(layout)}), layout)
    return tostring(svg, encoding="unicode", short_empty_elements=False)


def _draw(svg: Element, layout: Layout) -> None:
    paper = {"width": _mm(layout.width), "height": _mm(layout.height), "fill": "#fff"}
    SubElement(svg, "rect", paper)
    group = SubElement(
        svg, "g", {"font-family": FONTS, "fill": "#000", "text-rendering": "geometricPrecision"}
    )
    for y in layout.folds:
        fold = {"stroke": "#000", "stroke-width": _mm(THIN), "stroke-dasharray": "1 1"}
        SubElement(group, "path", {"d": f"M0 {_mm(y)}H{_mm(layout.width)}", **fold})
        at = f"M{_mm(layout.width / 2 - 1)} {_mm(y - 1.6)}h2l-1 1.2Z"
        SubElement(group, "path", {"d": at, "data-is": "goes-on"})
    SubElement(
        group, "path", {"d": _modules(layout.code), "data-is": "code", "shape-rendering": "crispEdges"}
    )
    for text in layout.texts:
        _write(group, text)
    if layout.blank:
        x, y, end = layout.blank
        line = {"stroke": "#000", "stroke-width": _mm(THIN)}
        SubElement(group, "path", {"d": f"M{_mm(x)} {_mm(y)}H{_mm(end)}", **line})
    if layout.jar:
        _draw_jar(group, *layout.jar)


def _write(group: Element, text: Text) -> None:
    place = {"x": _mm(text.x), "y": _mm(text.y), "font-size": _mm(text.size)}
    if text.bold:
        place["font-weight"] = "bold"
    if text.squeeze:
        place |= {"textLength": _mm(text.width), "lengthAdjust": "spacingAndGlyphs"}
    SubElement(group, "text", place).text = _clean(text.text)


def _draw_jar(group: Element, x: float, y: float, text: str) -> None:
    jar = SubElement(
        group,
        "g",
        {
            "transform": f"translate({_mm(x)} {_mm(y)})",
            "fill": "none",
            "stroke": "#000",
            "stroke-width": "0.35",
        },
    )
    SubElement(jar, "path", {"d": JAR_BODY})
    SubElement(jar, "path", {"d": JAR_LID})
    room = JAR - 2.2
    width = min(measure(text, size=SMALLEST), room)
    place = {
        "x": _mm((JAR - width) / 2),
        "y": "6.4",
        "font-size": _mm(SMALLEST),
        "fill": "#000",
        "stroke": "none",
    }
    place |= {"textLength": _mm(width), "lengthAdjust": "spacingAndGlyphs"}
    SubElement(jar, "text", place).text = text


def _modules(code: Code) -> str:
    """One path for all dark modules: a stroke for each run of them in a row."""
    x0, y0 = code.corner
    side = code.module
    runs = []
    for row, modules in enumerate(code.rows):
        start = None
        for column, dark in enumerate((*modules, 0)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                width = (column - start) * side
                at = f"{_mm(x0 + start * side)} {_mm(y0 + row * side)}"
                runs.append(f"M{at}h{_mm(width)}v{_mm(side)}h-{_mm(width)}z")
                start = None
    return "".join(runs)


def _box(layout: Layout) -> dict[str, str]:
    return {"viewBox": f"0 0 {_mm(layout.width)} {_mm(layout.height)}"}


def _real_size(layout: Layout) -> dict[str, str]:
    return {"width": f"{_mm(layout.width)}mm", "height": f"{_mm(layout.height)}mm"}


def _mm(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text)
