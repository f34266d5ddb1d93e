"""How every page is answered: status, headers, cookies, queries."""

from django.conf import settings
from django.test import Client

from tests.pages.checking import check, is_anything, is_page, is_readable, takes_only_forms
from tests.pages.samples import NO_ROUTE, Kind, Sample, Sent, new_shopper
from tests.pages.trusting import check_trusts_only_us
from tests.pages.visits import page_of, visit

MOST_QUERIES, MOST_OF_A_FORM = 10, 15


def is_opened(sample: Sample) -> bool:
    """It is no answer to a form."""
    return is_readable(sample) and not sample.is_sent


def is_opened_page(sample: Sample) -> bool:
    return is_page(sample) and is_opened(sample)


def is_of_a_view(sample: Sample) -> bool:
    return is_readable(sample) and sample.route != NO_ROUTE and sample.status != 301


def is_good_page(sample: Sample) -> bool:
    return is_page(sample) and sample.status == 200


def is_a_shoppers_own(sample: Sample) -> bool:
    return is_page(sample) and (is_of_an_order(sample) or (is_good_page(sample) and not sample.is_public))


def is_of_an_order(sample: Sample) -> bool:
    return sample.route.startswith("orders:")


@check(of=is_anything)
def it_is_answered_as_said(sample: Sample) -> None:
    opened = visit(sample)

    assert opened.status == sample.status, opened.headers.get("Location", opened.body[-500:])
    assert opened.headers.get("Content-Type", "").startswith("text/html") or sample.kind is Kind.FILE


@check(of=is_opened)
def head_is_answered_like_get_without_a_body(sample: Sample) -> None:
    head = visit(sample).head

    assert head is not None
    assert (head.status, head.body) == (sample.status, b"")


@check(of=is_of_a_view)
def no_other_method_is_taken(sample: Sample) -> None:
    shopper = new_shopper()
    address = sample.prepare(shopper)
    path = address.path if isinstance(address, Sent) else address

    for ask_by in (shopper.put, shopper.delete, shopper.patch):
        assert ask_by(path).status_code == 405


@check(of=takes_only_forms)
def what_takes_forms_takes_nothing_else(sample: Sample) -> None:
    shopper = new_shopper()
    address = str(sample.prepare(shopper))

    for ask_by in (shopper.get, shopper.head, shopper.put):
        assert ask_by(address).status_code == 405


@check(of=takes_only_forms)
def a_form_of_another_site_changes_nothing(sample: Sample) -> None:
    shopper = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})
    address = sample.prepare(new_shopper())

    response = shopper.post(str(address), {"recipe": "shampoo"})

    assert response.status_code == 403
    assert not response.cookies


@check(of=is_page)
def it_costs_at_most_10_queries_or_as_a_form_15(sample: Sample) -> None:
    assert visit(sample).queries <= (MOST_OF_A_FORM if sample.is_sent else MOST_QUERIES)


@check(of=is_opened_page)
def the_first_visit_sets_no_cookie_but_what_a_form_on_it_needs(sample: Sample) -> None:
    stranger = visit(sample).stranger

    assert stranger is not None
    may_be_set = {settings.CSRF_COOKIE_NAME} if b'name="csrfmiddlewaretoken"' in stranger.body else set()
    assert stranger.cookies <= may_be_set
    assert not (sample.is_public and stranger.cookies)


@check(of=is_readable)
def the_browser_is_told_to_trust_nothing_but_us(sample: Sample) -> None:
    check_trusts_only_us(visit(sample).headers)


@check(of=is_good_page)
def only_pages_that_are_the_same_for_everybody_are_for_search_engines(sample: Sample) -> None:
    headers, metas = visit(sample).headers, page_of(sample).every("meta")
    told = [meta.get("content") for meta in metas if meta.get("name") == "robots"]
    told += [headers["X-Robots-Tag"]] if "X-Robots-Tag" in headers else []

    assert any("noindex" in (words or "") for words in told) != sample.is_public


@check(of=is_a_shoppers_own)
def no_cache_keeps_what_is_a_shoppers_own(sample: Sample) -> None:
    headers = visit(sample).headers

    if is_of_an_order(sample):
        assert "no-store" in headers["Cache-Control"]
    else:
        assert "no-store" in headers.get("Cache-Control", "") or "Cookie" in headers["Vary"]
