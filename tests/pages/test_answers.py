"""How every page is answered: status, headers, cookies, queries."""

import pytest
from django.conf import settings
from django.test import Client

from tests.pages.html import Html
from tests.pages.samples import NO_ROUTE, Kind, Sample, Sent, all_samples, new_shopper
from tests.pages.trusting import check_trusts_only_us
from tests.pages.visits import visit

pytestmark = pytest.mark.usefixtures("catalogue")

MOST_QUERIES = 10
OWN_COOKIES = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
PAGES = all_samples(Kind.PAGE)
READABLE = all_samples(Kind.PAGE, Kind.ELSEWHERE, Kind.FILE)

OF_VIEWS = [sample for sample in READABLE if sample.route != NO_ROUTE and sample.status != 301]

every_page = pytest.mark.parametrize("sample", PAGES, ids=lambda sample: sample.id)
every_readable = pytest.mark.parametrize("sample", READABLE, ids=lambda sample: sample.id)


@pytest.mark.parametrize("sample", all_samples(), ids=lambda sample: sample.id)
def test_it_is_answered_as_said(sample: Sample) -> None:
    opened = visit(sample)

    assert opened.status == sample.status, opened.headers.get("Location", opened.body[-500:])
    assert opened.headers.get("Content-Type", "").startswith("text/html") or sample.kind is Kind.FILE


@every_readable
def test_head_is_answered_like_get_without_a_body(sample: Sample) -> None:
    head = visit(sample).head

    if head is not None:
        assert (head.status, head.body) == (sample.status, b"")


@pytest.mark.parametrize("sample", OF_VIEWS, ids=lambda sample: sample.id)
def test_no_other_method_is_taken(sample: Sample) -> None:
    shopper = new_shopper()
    address = sample.prepare(shopper)
    path = address.path if isinstance(address, Sent) else address

    for ask_by in (shopper.put, shopper.delete, shopper.patch):
        assert ask_by(path).status_code == 405


@pytest.mark.parametrize("method", ["get", "head", "put"])
@pytest.mark.parametrize("sample", all_samples(Kind.POSTED), ids=lambda sample: sample.id)
def test_what_takes_forms_takes_nothing_else(sample: Sample, method: str) -> None:
    shopper = new_shopper()
    address = sample.prepare(shopper)

    assert getattr(shopper, method)(address).status_code == 405


@every_page
def test_it_costs_at_most_10_queries(sample: Sample) -> None:
    assert visit(sample).queries <= MOST_QUERIES


@every_page
def test_the_first_visit_sets_no_cookie_but_what_a_form_on_it_needs(sample: Sample) -> None:
    stranger = visit(sample).stranger

    if stranger is None:
        return
    may_be_set = {settings.CSRF_COOKIE_NAME} if b'name="csrfmiddlewaretoken"' in stranger.body else set()
    assert stranger.cookies <= may_be_set
    assert not (sample.is_public and stranger.cookies)


@pytest.mark.django_db
def test_no_sale_sets_other_cookies_than_session_and_csrf() -> None:
    assert frozenset().union(*(visit(sample).cookies for sample in PAGES)) == OWN_COOKIES


@every_readable
def test_the_browser_is_told_to_trust_nothing_but_us(sample: Sample) -> None:
    check_trusts_only_us(visit(sample).headers)


@every_page
def test_only_pages_that_are_the_same_for_everybody_are_for_search_engines(sample: Sample) -> None:
    opened = visit(sample)
    told = [meta.get("content") for meta in Html(opened.body).every("meta") if meta.get("name") == "robots"]
    told += [opened.headers["X-Robots-Tag"]] if "X-Robots-Tag" in opened.headers else []

    if sample.status == 200:
        assert any("noindex" in (words or "") for words in told) != sample.is_public


@every_page
def test_no_cache_keeps_what_is_a_shoppers_own(sample: Sample) -> None:
    headers = visit(sample).headers

    if sample.route.startswith("orders:"):
        assert "no-store" in headers["Cache-Control"]
    elif not sample.is_public and sample.status == 200:
        assert "no-store" in headers.get("Cache-Control", "") or "Cookie" in headers["Vary"]


@pytest.mark.parametrize("sample", all_samples(Kind.POSTED), ids=lambda sample: sample.id)
def test_a_form_of_another_site_changes_nothing(sample: Sample) -> None:
    shopper = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})
    address = sample.prepare(new_shopper())

    response = shopper.post(str(address), {"recipe": "shampoo"})

    assert response.status_code == 403
    assert not response.cookies
