"""What mails say: the same as the pages, whole in both parts, small, and harmless whatever a shopper wrote."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from configurator.mixing.label import label
from configurator.versions import mixer_for, newest_version
from orders.cancelling import SHOPPER, cancel_order
from orders.mail_content import Mail, write_mail
from orders.models import Job, JobTransition, Order, OutboxEntry
from orders.outbox import add_entry
from orders.placing import Wish
from orders.tracking import read_tracking
from tests.orders.mails import add_slip, entry_of, place, read_html
from tests.orders.make import MIX, make_job, make_order
from tests.orders.pages import read
from tests.orders.rewriting import steps_may_change

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OTHER = {**MIX, "main": "quench"}
ALL = (
    *("mail_confirmed", "mail_in_production", "mail_shipped", "mail_late", "mail_cancelled"),
    "mail_cancel_refused",
)
SMALL = 30 * 1024


def wish(mix: dict[str, str] = MIX, **kwargs: object) -> Wish:
    return Wish(**{"recipe": "shampoo", "mix": mix, "size": "250ml", **kwargs})  # type: ignore[arg-type]


ORDERS = {
    "one bottle": [wish()],
    "named and several": [wish(label_name="Zoë & O’Neill", quantity=3)],
    "several lines": [
        wish(label_name="Ada"),
        wish(OTHER, size="50ml", label_name="Ada", is_gift=True),
        wish(size="500ml", quantity=2),
    ],
    "the same twice": [wish(), wish()],
}


def make_all_mails(order: Order) -> dict[str, Mail]:
    """Each of the six mails about an order of one line that was shipped; whether it would go out is not asked."""
    add_slip(order, now=NOW)
    add_entry(OutboxEntry.Topic.MAIL_CANCELLED, order=order, now=NOW)
    add_entry(OutboxEntry.Topic.MAIL_CANCEL_REFUSED, order=order, now=NOW)
    return {topic: write_mail(entry_of(order, topic)) for topic in ALL}


@pytest.mark.parametrize("wishes", ORDERS.values(), ids=ORDERS)
def test_confirmation_and_pages_agree_on_items_amounts_date_and_ingredients(
    client: Client, wishes: list[Wish]
) -> None:
    order = place(wishes, now=NOW)

    mail = write_mail(entry_of(order, "mail_confirmed"))

    tracking = read(client.get(f"/order/{order.token}"))
    thanks = read(client.get(f"/order/{order.token}/thanks"))
    [day] = re.findall(r"With you by (\w+ \d+ \w+) \.", thanks.text)
    words = read_html(mail.html)[0]
    for said in (" ".join(mail.text.split()), words):
        for item in read_tracking(order).items:
            about = f"{item.recipe}, {item.name} {item.size.volume_ml} ml"
            about += f" · made for {item.label_name}" if item.label_name else ""
            about += f" · × {item.quantity}" if item.quantity > 1 else ""
            assert about in tracking.text
            assert about in thanks.text
            assert f"{about} · £{item.total / 100:.2f}" in said
            assert item.ingredients in tracking.text
            assert f"Ingredients: {item.ingredients}" in said
        goods, delivery, total = tracking.tags["dd"]
        assert f"Goods: {goods} Delivery: {delivery} Total, VAT included: {total}" in said
        assert f"by {day}." in said
        assert said.count("Ingredients: ") == len(wishes)


def test_ingredients_in_a_mail_are_those_of_the_label_in_the_same_order() -> None:
    order = place([wish(), wish(OTHER)], now=NOW)

    mail = write_mail(entry_of(order, "mail_confirmed"))

    spec = mixer_for(newest_version("shampoo")).spec
    lists = [line for line in mail.text.splitlines() if line.startswith("  Ingredients: ")]
    assert lists == [f"  Ingredients: {label(spec, mix).ingredient_text}" for mix in (MIX, OTHER)]


def test_production_names_the_bottle_that_was_started_and_no_other() -> None:
    order = place([wish(label_name="Ada"), wish(OTHER, label_name="Eve")], now=NOW)
    started = order.jobs.get(line__position=2)
    JobTransition.objects.create(job=started, version=2, to_state="in_production", by="fulfilment", at=NOW)
    entry = add_entry(OutboxEntry.Topic.MAIL_IN_PRODUCTION, order=order, now=NOW)

    mail = write_mail(entry)

    assert mail.subject == f"Order {order.number} is being made"
    for said in (mail.text, read_html(mail.html)[0]):
        assert f"We have begun to make order {order.number}, with this:" in said
        assert "made for Eve" in said
        assert "Ada" not in said
        assert "With you by Friday 6 March." in said


def test_shipping_names_carrier_number_and_what_is_in_that_parcel() -> None:
    job = make_job("shipped", label_name="Ada", now=NOW)
    other = make_job("produced", label_name="Eve", now=NOW)
    Job.objects.filter(pk=other.pk).update(order=job.order)
    other.line.position, other.line.order = 2, job.order
    other.line.save()

    mail = write_mail(entry_of(job.order, "mail_shipped"))

    for said in (mail.text, read_html(mail.html)[0]):
        assert f"A parcel of order {job.order.number} is with Owl Post, number TR1." in said
        assert "made for Ada" in said
        assert "Eve" not in said
        assert "The rest of your order follows in another parcel." in said
    Job.objects.filter(pk=other.pk).update(state="cancelled")
    assert "The rest" not in write_mail(entry_of(job.order, "mail_shipped")).text


def test_lateness_is_told_with_both_days_the_reason_and_three_choices(settings: LazySettings) -> None:
    settings.BASE_URL = "https://shop.example"
    order = make_job("ready", now=NOW).order
    add_slip(order, days=4, reason="failed", now=NOW)

    mail = write_mail(entry_of(order, "mail_late"))

    assert mail.subject == f"Order {order.number} is late: now expected on Tuesday 10 March"
    for said in (" ".join(mail.text.split()), read_html(mail.html)[0]):
        assert (
            "We promised it for Friday 6 March; we now expect it to be with you by Tuesday 10 March." in said
        )
        assert "The reason: something went wrong while it was made, and it has to be made again." in said
        for choice in ("Wait.", "Change it", "Cancel it and get all your money back."):
            assert choice in said
    assert f"https://shop.example/order/{order.token}#choices" in mail.text.splitlines()
    assert f"https://shop.example/order/{order.token}#choices" in read_html(mail.html)[1]


def test_a_cancellation_says_what_is_given_back() -> None:
    order = make_order(paid=True, quantity=2, now=NOW)
    assert cancel_order(order, by=SHOPPER, now=NOW)

    mail = write_mail(entry_of(order, "mail_cancelled"))

    for said in (mail.text, read_html(mail.html)[0]):
        assert f"Order {order.number} is cancelled. Nothing of it will be sent." in said
        assert "We give back £28.00, all that you paid, the way you paid it." in said


def test_a_cancellation_of_what_was_never_paid_gives_nothing_back() -> None:
    order = make_order(now=NOW)
    Order.objects.update(state="cancelled")

    mail = write_mail(add_entry(OutboxEntry.Topic.MAIL_CANCELLED, order=order, now=NOW))

    for said in (mail.text, read_html(mail.html)[0]):
        assert "Nothing was charged." in said
        assert "give back" not in said


def test_a_refused_cancellation_says_that_the_order_goes_on_and_when_it_comes() -> None:
    order = make_job("in_production", now=NOW).order
    entry = add_entry(OutboxEntry.Topic.MAIL_CANCEL_REFUSED, order=order, now=NOW)

    mail = write_mail(entry)

    assert mail.subject == f"Order {order.number} goes on: it was too late to stop"
    for said in (" ".join(mail.text.split()), read_html(mail.html)[0]):
        assert f"You asked us to cancel order {order.number}." in said
        assert "it was too late to stop, so it goes on and comes to you." in said
        assert "With you by Friday 6 March." in said
        assert "give back" not in said


@pytest.mark.parametrize("topic", ALL)
def test_every_mail_leads_to_the_orders_page_and_says_all_in_both_parts(
    settings: LazySettings, topic: str
) -> None:
    settings.BASE_URL = "https://shop.example"
    order = make_job("shipped", label_name="Zoë", now=NOW).order

    mail = make_all_mails(order)[topic]

    words, links = read_html(mail.html)
    text = " ".join(mail.text.split())
    address = f"https://shop.example/order/{order.token}"
    assert address in mail.text.splitlines()
    assert address in links
    shared = ("Zoë", "Alembic Row, Leeds", "Write to hello@alembic-row.example; a person answers.")
    for said in (*shared, "Shampoo, Warm Hearth with Mend and Quench 250 ml", "keep it to yourself"):
        assert said in text
        assert said in words
    figures = re.compile(r"£[\d.]+|\d+ March|\d+ ml|× \d+")
    assert sorted(figures.findall(text)) == sorted(figures.findall(words.removeprefix(mail.subject)))


@pytest.mark.parametrize("topic", ALL)
def test_no_mail_loads_anything_or_tells_who_opened_it(settings: LazySettings, topic: str) -> None:
    settings.BASE_URL = "https://shop.example"
    order = make_job("shipped", now=NOW).order

    mail = make_all_mails(order)[topic]

    assert not re.search(r"<(img|link|script|style|iframe|table|form|base|object|svg)\b", mail.html)
    assert not re.search(r"\b(src|srcset|background|ping|on\w+)=|url\(", mail.html)
    address = f"https://shop.example/order/{order.token}"
    allowed = {address, f"{address}#choices", "https://shop.example/", "mailto:hello@alembic-row.example"}
    assert set(read_html(mail.html)[1]) <= allowed
    assert set(re.findall(r"https?://\S+", mail.text)) <= allowed


@pytest.mark.parametrize("topic", ALL)
def test_mails_are_html_in_their_language_that_follows_light_and_dark(topic: str) -> None:
    mail = make_all_mails(make_job("shipped", now=NOW).order)[topic]

    assert mail.html.startswith('<!DOCTYPE html>\n<html lang="en-gb">\n')
    assert '<meta name="color-scheme" content="light dark">' in mail.html
    assert f"<title>{mail.subject}</title>" in mail.html
    colours = re.findall(r"(?:color|background(?:-color)?):\s*(#\w+)", mail.html)
    assert colours == ["#0F5C4D", "#FFFFFF"], "of the button alone; all else is the reader's own"


def test_a_mail_is_in_the_language_of_its_order_and_leaves_ours_alone() -> None:
    order = make_order(paid=True, now=NOW)
    Order.objects.update(language="de")
    with translation.override("fr"):
        mail = write_mail(entry_of(order, "mail_confirmed"))
        assert translation.get_language() == "fr"

    assert '<html lang="de">' in mail.html
    assert "Freitag, 6. März" in mail.text
    assert "17,25\N{NO-BREAK SPACE}£" in mail.text


@pytest.mark.parametrize("topic", ALL)
@pytest.mark.parametrize(
    "name", ["<b>Eve</b>", '"><script>alert(1)</script>', "{{ order.token }}", "Eve & Ada"]
)
def test_what_a_shopper_wrote_is_text_in_every_mail(topic: str, name: str) -> None:
    order = make_job("shipped", now=NOW).order
    order.lines.update(label_name=name)

    mail = make_all_mails(order)[topic]

    assert f"made for {name}" in mail.text
    assert f"made for {name}" in read_html(mail.html)[0]
    assert "<b>" not in mail.html
    assert "<script" not in mail.html
    assert "Eve" not in mail.subject


def find_longest_mixes() -> Iterator[dict[str, str]]:
    """The mixes with the most to say: most letters in their ingredient lists."""
    mixer = mixer_for(newest_version("shampoo"))
    spec = mixer.spec
    choices = [[part.slug for part in spec.components_of(slot)] for slot in spec.slots]
    mixes = [dict(zip([slot.slug for slot in spec.slots], mix, strict=True)) for mix in product(*choices)]
    makeable = [mix for mix in mixes if mixer.is_makeable(mix)]
    yield from sorted(makeable, key=lambda mix: len(label(spec, mix).ingredient_text), reverse=True)[:20]


def test_twenty_lines_of_the_longest_mixes_and_names_are_at_most_30_kb_a_part() -> None:
    longest_name = ("\U0001e900" + "\u0301" * 4) * 24  # 24 letters, 120 code points
    order = place([wish(mix, quantity=9) for mix in find_longest_mixes()], now=NOW)
    order.lines.update(label_name=longest_name)
    with steps_may_change():
        JobTransition.objects.all().update(to_state="in_production")
    add_entry(OutboxEntry.Topic.MAIL_IN_PRODUCTION, order=order, now=NOW)
    add_slip(order, now=NOW)
    add_entry(OutboxEntry.Topic.MAIL_CANCELLED, order=order, now=NOW)
    add_entry(OutboxEntry.Topic.MAIL_CANCEL_REFUSED, order=order, now=NOW)

    for topic in [each for each in ALL if each != "mail_shipped"]:
        mail = write_mail(entry_of(order, topic))

        assert mail.text.count(longest_name) == mail.html.count(longest_name) == 20
        assert len(mail.text.encode()) <= SMALL, topic
        assert len(mail.html.encode()) <= SMALL, topic
        if topic == "mail_confirmed":
            assert len(mail.html.encode()) > 20 * 1024, "a large one indeed"
