"""A page as a tree, read by the rules that browsers read by, with every error that they would forgive."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

SVG = "{http://www.w3.org/2000/svg}"
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
PHRASING_ONLY = HEADINGS | {
    *("p", "span", "small", "strong", "em", "label", "button", "legend", "summary", "time", "code", "pre"),
}
BLOCKS = HEADINGS | {
    *("div", "p", "ul", "ol", "dl", "section", "article", "aside", "nav", "form", "fieldset", "table"),
    *("details", "pre"),
}
ONLY_CHILDREN = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}}
MAY_HOLD_HEADINGS = {"legend", "summary"}
TRANSPARENT = {"a"}  # it may hold what its parent may


class Html:
    """Tags of HTML by their plain names (`p`), those of SVG with their namespace (`SVG + "path"`)."""

    def __init__(self, body: bytes) -> None:
        parser = HTMLParser(namespace_html_elements=False)  # type: ignore[no-untyped-call]  # it has no types
        self.root: Element = parser.parse(body, transport_encoding="utf-8")  # type: ignore[no-untyped-call]
        self.errors = [
            f"line {line}, column {column}: {what} {more}" for (line, column), what, more in parser.errors
        ]
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def every(self, *tags: str) -> list[Element]:
        """All elements of these tags (of any, without) in the order of the page; comments are left out."""
        elements = [e for e in self.root.iter() if not callable(e.tag)]  # a comment's tag is a function
        return [e for e in elements if not tags or e.tag in tags]

    def within(self, element: Element) -> Iterator[Element]:
        """The elements around it, from the innermost."""
        while element in self.parents:
            element = self.parents[element]
            yield element

    def ids(self) -> list[str]:
        return [found for e in self.every() if (found := e.get("id")) is not None]

    def nesting_errors(self) -> list[str]:
        """Children where HTML's content models allow none of their kind, which parsers let pass."""
        found = []
        for e in self.every():
            parent = self.parents.get(e)
            if parent is None:
                continue
            if parent.tag in ONLY_CHILDREN and e.tag not in ONLY_CHILDREN[parent.tag]:
                found.append(f"<{e.tag}> in <{parent.tag}>")
            model = next((p.tag for p in self.within(e) if p.tag not in TRANSPARENT), "")
            is_title = model in MAY_HOLD_HEADINGS and e.tag in HEADINGS
            if e.tag in BLOCKS and model in PHRASING_ONLY and not is_title:
                found.append(f"<{e.tag}> in <{model}>")
        return found


def text_of(element: Element) -> str:
    """All text inside, with single spaces."""
    return " ".join("".join(element.itertext()).split())
