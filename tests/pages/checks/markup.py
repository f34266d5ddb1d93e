"""The markup of every page: valid, titled, labelled, without a script or style of its own."""

from itertools import pairwise
from xml.etree.ElementTree import Element

from django.conf import settings

from tests.pages.checking import check, is_page
from tests.pages.html import HEADINGS, SVG, Html, text_of
from tests.pages.samples import Sample
from tests.pages.visits import page_of

POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list")
UNLABELLED = ("hidden", "submit", "button", "reset")


@check(of=is_page)
def it_is_valid_html(sample: Sample) -> None:
    page = page_of(sample)

    assert page.errors == []
    assert page.nesting_errors() == []
    assert page.root.get("lang") == settings.LANGUAGE_CODE


@check(of=is_page)
def its_ids_are_unique_and_lead_somewhere(sample: Sample) -> None:
    page = page_of(sample)
    ids = page.ids()
    wanted = [word for e in page.every() for name in POINTERS for word in e.get(name, "").split()]
    wanted += [link[1:] for a in page.every("a") if (link := a.get("href", "")).startswith("#")]

    assert sorted(ids) == sorted(set(ids))
    assert set(wanted) - set(ids) == set()


@check(of=is_page)
def it_has_one_title_that_names_page_and_shop_and_one_h1(sample: Sample) -> None:
    page = page_of(sample)
    titles = [text_of(e) for e in page.every("title")]
    headings = [text_of(e) for e in page.every("h1")]

    assert len(titles) == len(headings) == 1
    said, point, shop = titles[0].rpartition(" · ")
    assert (bool(said), point, shop) == (True, " · ", settings.SHOP_NAME)
    assert headings[0]


@check(of=is_page)
def its_headings_go_down_by_one_step_at_a_time(sample: Sample) -> None:
    page = page_of(sample)
    headings = [e for e in page.every(*sorted(HEADINGS)) if not _is_in_alert(page, e)]
    levels = [int(e.tag[1]) for e in headings]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@check(of=is_page)
def help_is_in_the_same_place(sample: Sample) -> None:
    page = page_of(sample)
    links = [a for nav in page.every("nav")[:1] for a in nav.iter("a")]
    [help_link] = [a for a in page.every("a") if a.get("href") == "#help"]

    assert links.index(help_link) == len(links) - 1
    assert next(each for each in page.within(help_link) if each.tag == "header")
    assert page.every("footer")[0].get("id") == "help"


@check(of=is_page)
def messages_have_a_place_that_is_read_out(sample: Sample) -> None:
    page = page_of(sample)
    [place] = [e for e in page.every() if e.get("role") == "status" and e.get("class") == "messages"]

    assert page.parents[place].tag == "main"


@check(of=is_page)
def every_control_has_a_label(sample: Sample) -> None:
    page = page_of(sample)
    labelled = {e.get("for") for e in page.every("label") if text_of(e)}
    controls = [e for e in page.every("input", "select", "textarea") if e.get("type") not in UNLABELLED]

    assert [e.attrib for e in controls if e.get("id") not in labelled and not e.get("aria-label")] == []


@check(of=is_page)
def every_link_and_button_says_what_it_does(sample: Sample) -> None:
    page = page_of(sample)

    assert [e.attrib for e in page.every("a", "button", "summary") if not _name_of(e)] == []
    assert [e.attrib for e in page.every("a") if not e.get("href")] == []


@check(of=is_page)
def every_picture_has_a_name_or_is_hidden_from_readers(sample: Sample) -> None:
    page = page_of(sample)
    drawings = [e for e in page.every(f"{SVG}svg") if not _is_hidden(page, e)]

    assert [e.attrib for e in page.every("img") if e.get("alt") is None] == []
    assert [e.attrib for e in drawings if e.get("role") != "img" or not _title_of(e)] == []


@check(of=is_page)
def it_has_no_script_style_or_handler_of_its_own(sample: Sample) -> None:
    page = page_of(sample)

    assert [text_of(e) for e in page.every("script") if not e.get("src") or text_of(e)] == []
    assert [e.attrib for e in page.every("style") if not e.get("nonce")] == []
    assert [e.attrib for e in page.every() for name in e.attrib if name.startswith(("on", "hx-on"))] == []
    assert [e.attrib for e in page.every() if "style" in e.attrib] == []
    assert [
        a.get("href") for a in page.every("a") if a.get("href", "").startswith(("javascript:", "data:"))
    ] == []


def _name_of(element: Element) -> str:
    return text_of(element) or element.get("aria-label", "")


def _title_of(drawing: Element) -> str:
    return "".join(text_of(e) for e in drawing.iter(f"{SVG}title")) or drawing.get("aria-label", "")


def _is_hidden(page: Html, element: Element) -> bool:
    return any(each.get("aria-hidden") == "true" for each in (element, *page.within(element)))


def _is_in_alert(page: Html, element: Element) -> bool:
    """A summary of errors stands before everything, the title of the page too."""
    return any(each.get("role") == "alert" for each in page.within(element))
