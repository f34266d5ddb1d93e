"""A second language is a file: translated, every page says every word in it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as shop
from django.test import Client
from django.utils import timezone, translation

from config.languages import find_languages, with_languages
from configurator.days import written_day
from configurator.models import RecipeVersion
from orders.lateness import SLIP_KEY
from orders.mail_content import NAMES, write_mail
from orders.models import Job, Order, OrderLine, OutboxEntry, Shipment
from tests.orders.make import make_job, make_order
from tests.pages.samples import NAME, Kind, Sample, all_samples, new_shopper
from tests.pages.visits import ask
from tests.pages.wrapped import CODE, OPEN, make_language, untranslated

pytestmark = pytest.mark.usefixtures("catalogue")

SHOP = [shop.SHOP_NAME, shop.SHOP_TOWN, shop.SHOP_EMAIL, NAME]


@pytest.fixture(scope="session")
def wrapped_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    make_language(folder)
    return folder


@pytest.fixture
def wrapped(wrapped_files: Path, settings: LazySettings) -> None:
    """The shop with one more language, as its settings would have it."""
    settings.LOCALE_PATHS = [wrapped_files]
    settings.LANGUAGES = find_languages(wrapped_files, usual=shop.LANGUAGE_CODE)
    settings.MIDDLEWARE = with_languages(shop.MIDDLEWARE, settings.LANGUAGES)


def data_of_the_shop() -> set[str]:
    """What staff, shoppers and machines have written: it is in whatever language they wrote."""
    specs = RecipeVersion.objects.values_list("spec", flat=True)
    written = {text for spec in specs for text in strings_in(json.loads(spec))}
    for model in (Order, OrderLine, Shipment, Job):
        for row in model._default_manager.values():
            written |= {value for value in row.values() if isinstance(value, str)}
    return written.union(SHOP)


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in strings_in(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in strings_in(each))


@pytest.mark.parametrize("sample", all_samples(Kind.PAGE), ids=lambda sample: sample.id)
@pytest.mark.usefixtures("wrapped")
def test_no_word_of_a_page_escapes_translation(sample: Sample) -> None:
    shopper = new_shopper()
    shopper.defaults["HTTP_ACCEPT_LANGUAGE"] = f"{CODE},en;q=0.5"

    response = ask(shopper, sample.prepare(shopper))

    assert response.status_code == sample.status
    assert f'<html lang="{CODE}">' in response.content.decode()
    assert response["Content-Language"] == CODE
    assert untranslated(response.content, data=data_of_the_shop()) == []


@pytest.mark.parametrize("topic", NAMES)
@pytest.mark.usefixtures("wrapped")
def test_no_word_of_a_mail_escapes_translation(topic: str) -> None:
    now = timezone.now()
    order = make_job(Job.State.SHIPPED, now=now).order
    parcel = order.shipments.get()
    day = order.promised_on
    order.slips.create(
        number=1, told_before=day, expected_on=day + timedelta(days=1), reason="failed", at=now
    )
    Order.objects.update(language=CODE)
    order.refresh_from_db()
    keys: dict[str, str] = {
        OutboxEntry.Topic.MAIL_SHIPPED: str(parcel.public_id),
        OutboxEntry.Topic.MAIL_LATE: f"{SLIP_KEY}1",
    }

    mail = write_mail(OutboxEntry(order=order, topic=topic, key=keys.get(topic, "")))

    address = f"{shop.BASE_URL}{order.get_absolute_url()}"
    data = data_of_the_shop() | {address, f"{address}#choices", f"{shop.BASE_URL}/"}
    plain = f"<!DOCTYPE html><title>{escape(mail.subject)}</title><p>{escape(mail.text)}</p>"
    assert f'<html lang="{CODE}">' in mail.html
    assert untranslated(mail.html.encode(), data=data) == []
    assert untranslated(plain.encode(), data=data) == []


@pytest.mark.usefixtures("wrapped")
def test_who_asks_for_no_other_language_gets_the_shops_own() -> None:
    for asked in ("", "en", "tlh", "de;q=0.9"):
        response = Client(headers={"Accept-Language": asked}).get("/")
        assert b'<html lang="en-gb">' in response.content
        assert OPEN not in response.content.decode()
        assert "Accept-Language" in response["Vary"]


def test_with_one_language_no_answer_depends_on_what_the_browser_asks_for() -> None:
    response = Client(headers={"Accept-Language": CODE}).get("/")

    assert b'<html lang="en-gb">' in response.content
    assert "Accept-Language" not in response.get("Vary", "")


@pytest.mark.usefixtures("wrapped")
def test_prices_and_days_are_written_as_the_language_writes_them() -> None:
    order = make_order(paid=True)

    page = Client(headers={"Accept-Language": CODE}).get(order.get_absolute_url()).content.decode()

    assert "17,25" in page
    assert "17.25" not in page
    with translation.override(CODE):
        assert written_day(order.promised_on) in page


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>Hello ⟦there, <b>Warm Hearth</b> 250 ml⟧ Warm Hearth, 250 ml</p>", ["Hello , 250"]),
        ("<p title='⟦said⟧'>⟦a <i title='Said'>b⟦c⟧</i> d⟧, e f</p>", ["Said"]),
        ("<input placeholder=Name value=Ada><code>curl</code> so", ["so", "Name"]),
        ("<p>Warmth</p><p>⟦cut off</p><p>never seen</p>", ["Warmth", "brackets that do not close"]),
        ("<p>vendredo, 27 Novembro</p><p>Friday 27 November</p>", ["Friday 27 November"]),
    ],
)
def test_the_judge_sees_what_is_in_no_brackets(body: str, found: list[str]) -> None:
    page = f"<!DOCTYPE html><html><head><title>⟦x⟧</title></head><body>{body}</body></html>"

    assert untranslated(page.encode(), data=["Warm Hearth", "Warm"]) == found
