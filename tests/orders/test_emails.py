"""Mails: each goes out once, to the shopper, marked as what it is, and only while it is still true."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMultiAlternatives

from orders.emails import make_headers
from orders.making import start_job
from orders.models import Job, Order, OutboxEntry
from orders.outbox import add_entry, process_outbox
from orders.shipping import ship_jobs
from orders.staff_decisions import renew_token
from tests.orders.mails import add_slip, entry_of, read_mail
from tests.orders.make import lease_of, make_client, make_job, make_order, parcel_of
from tests.orders.smtp_sink import Mood, open_sink
from tests.orders.stored import stored_rows

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
S = OutboxEntry.State
Mailbox = list[EmailMultiAlternatives]


def run_errands(order: Order, *, now: datetime = NOW) -> None:
    for entry in order.outbox_entries.exclude(topic="handoff"):
        process_outbox(entry.pk, now=max(now, entry.next_attempt_at))


def told(mailbox: Mailbox) -> list[str]:
    """What the mails are about, from their Message-IDs."""
    return [str(mail.extra_headers["Message-ID"]).partition("@")[0].partition("-")[2] for mail in mailbox]


def test_from_payment_to_parcel_she_gets_three_mails_once_each(mailoutbox: Mailbox) -> None:
    job = make_job("shipped", now=NOW)
    assert [entry.key for entry in job.order.outbox_entries.filter(topic="mail_shipped")] == [
        str(job.order.shipments.get().public_id)
    ]
    Job.objects.update(state="in_production")  # so that the second mail is still true

    for _ in range(3):
        run_errands(job.order, now=NOW + timedelta(hours=1))

    key = str(job.order.shipments.get().public_id)[:8]
    assert told(mailoutbox) == ["confirmed", "in-production", f"shipped-{key}"]


def test_a_placed_order_that_is_not_paid_is_not_confirmed(mailoutbox: Mailbox) -> None:
    order = make_order(now=NOW)

    assert not order.outbox_entries.exists()
    assert mailoutbox == []


def test_a_mail_goes_to_the_shopper_alone_from_the_shop_and_asks_robots_not_to_answer(
    mailoutbox: Mailbox, settings: LazySettings
) -> None:
    settings.BASE_URL = "https://shop.example"
    order = make_order(paid=True, now=NOW)

    run_errands(order)

    [mail] = mailoutbox
    read = read_mail(mail.message().as_bytes())
    assert mail.recipients() == ["ada@example.org"]
    assert read.headers == {
        "MIME-Version": "1.0",
        "Subject": f"Order {order.number} is confirmed",
        "From": "Alembic Row <hello@alembic-row.example>",
        "To": "ada@example.org",
        "Message-ID": f"<{order.number}-confirmed@shop.example>",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "[::1]"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_message_id_ends_in_the_shops_host(settings: LazySettings, base_url: str, host: str) -> None:
    settings.BASE_URL = base_url
    entry = entry_of(make_order(paid=True), "mail_confirmed")

    assert make_headers(entry)["Message-ID"] == f"<{entry.order.number}-confirmed@{host}>"


def test_message_ids_differ_between_orders_topics_and_keys_and_fit_on_a_line(settings: LazySettings) -> None:
    settings.BASE_URL = "https://mixtures.alembic-row.example"
    first, second = make_job("shipped").order, make_job("shipped").order
    for order in (first, second):
        add_slip(order, number=1, now=NOW)
        add_slip(order, number=2, days=5, now=NOW)
    entries = OutboxEntry.objects.exclude(topic="handoff").select_related("order")

    ids = [make_headers(entry)["Message-ID"] for entry in entries]

    assert len(ids) == len(set(ids)) == 10
    assert all(len(f"Message-ID: {name}") <= 78 for name in ids)


def test_each_new_address_of_an_order_is_told_in_a_mail_of_its_own() -> None:
    order = make_order(paid=True)

    for _ in range(2):
        renew_token(order, now=NOW)

    confirmed = OutboxEntry.objects.filter(topic="mail_confirmed").select_related("order")
    assert len({make_headers(entry)["Message-ID"] for entry in confirmed}) == 3


def test_only_the_first_bottle_of_an_order_that_is_started_is_told(mailoutbox: Mailbox) -> None:
    first = make_job("claimed", now=NOW)
    second = make_job("claimed", now=NOW)
    Job.objects.filter(pk=second.pk).update(order=first.order)

    for job in (first, second):
        start_job(job.public_id, lease=lease_of(job), now=NOW)
    run_errands(first.order)

    assert told(mailoutbox) == ["confirmed", "in-production"]


def test_each_parcel_is_told_and_a_parcel_reported_twice_is_told_once(mailoutbox: Mailbox) -> None:
    client = make_client().row
    jobs = [make_job("produced", client=client, now=NOW) for _ in range(2)]
    order = jobs[0].order
    Job.objects.filter(pk=jobs[1].pk).update(order=order)
    parcels = [parcel_of(job) for job in jobs]

    for parcel in (*parcels, *parcels):
        ship_jobs(client, parcel=parcel, now=NOW)

    entries = order.outbox_entries.filter(topic="mail_shipped")
    assert sorted(entry.key for entry in entries) == sorted(
        str(sent.public_id) for sent in order.shipments.all()
    )
    assert entries.count() == 2


@pytest.mark.parametrize(
    "topic", ["mail_confirmed", "mail_in_production", "mail_late", "mail_cancel_refused"]
)
def test_a_mail_about_an_order_that_was_cancelled_meanwhile_is_not_sent(
    mailoutbox: Mailbox, topic: str
) -> None:
    order = make_job("in_production", now=NOW).order
    add_slip(order, now=NOW)
    add_entry(OutboxEntry.Topic.MAIL_CANCEL_REFUSED, order=order, now=NOW)
    Order.objects.update(state="cancelled")
    entry = entry_of(order, topic)

    assert process_outbox(entry.pk, now=NOW) is True

    entry.refresh_from_db()
    assert (entry.state, entry.error) == (S.DONE, "not sent: the order was cancelled meanwhile")
    assert mailoutbox == []


@pytest.mark.parametrize("topic", ["mail_in_production", "mail_late"])
def test_a_mail_from_the_bench_is_not_sent_after_the_parcel(mailoutbox: Mailbox, topic: str) -> None:
    order = make_job("shipped", now=NOW).order
    add_slip(order, now=NOW)
    entry = entry_of(order, topic)

    assert process_outbox(entry.pk, now=NOW) is True

    entry.refresh_from_db()
    assert (entry.state, entry.error) == (S.DONE, "not sent: everything was shipped meanwhile")
    assert mailoutbox == []


def test_a_bottle_that_failed_and_was_made_anew_keeps_no_order_open(mailoutbox: Mailbox) -> None:
    failed = make_job("failed", now=NOW)
    add_slip(failed.order, now=NOW)
    anew = make_job("shipped", now=NOW)
    Job.objects.filter(pk=anew.pk).update(order=failed.order, line=failed.line, remake_of=failed)

    assert process_outbox(entry_of(failed.order, "mail_late").pk, now=NOW) is True

    assert entry_of(failed.order, "mail_late").error == "not sent: everything was shipped meanwhile"
    assert mailoutbox == []


def test_of_two_slips_that_wait_only_the_later_is_told(mailoutbox: Mailbox) -> None:
    order = make_job("ready", now=NOW).order
    add_slip(order, number=1, now=NOW)
    add_slip(order, number=2, days=7, now=NOW)
    order.outbox_entries.exclude(topic="mail_late").delete()

    run_errands(order)

    assert told(mailoutbox) == ["late-slip-2"]
    assert list(order.outbox_entries.values_list("state", flat=True)) == [S.DONE, S.DONE]


def test_each_slip_is_told_when_its_time_comes(mailoutbox: Mailbox) -> None:
    order = make_job("ready", now=NOW).order
    for number in (1, 2):
        add_slip(order, number=number, days=3 * number, now=NOW)
        run_errands(order)

    assert told(mailoutbox) == ["confirmed", "late-slip-1", "late-slip-2"]


def test_a_cancellation_that_never_was_is_not_told_and_staff_see_why(mailoutbox: Mailbox) -> None:
    order = make_order(paid=True, now=NOW)
    entry = add_entry(OutboxEntry.Topic.MAIL_CANCELLED, order=order, now=NOW)

    assert process_outbox(entry.pk, now=NOW) is False

    entry.refresh_from_db()
    assert (entry.state, entry.error) == (
        S.PENDING,
        f"ValueError: order {order.number} is paid, not cancelled",
    )
    assert mailoutbox == []


def test_nothing_that_a_shopper_writes_gets_into_a_header(mailoutbox: Mailbox) -> None:
    order = make_job("in_production", label_name="Ada", now=NOW).order
    order.lines.update(label_name="<b>Eve\r\nBcc: eve@example.com\r\n\r\n")
    Order.objects.update(full_name="Eve\r\nBcc: eve@example.com", town="Leeds\r\nBcc: eve@example.com")
    add_slip(order, now=NOW)

    run_errands(order)

    assert told(mailoutbox) == ["confirmed", "in-production", "late-slip-1"]
    for mail in mailoutbox:
        read = read_mail(mail.message().as_bytes())
        assert mail.recipients() == ["ada@example.org"]
        assert "Bcc" not in read.headers
        assert not re.search(r"(?m)^Bcc:", mail.message().as_string().partition("\n\n")[0])
        assert "<b>Eve" not in read.html
        assert "&lt;b&gt;Eve" in read.html


def test_an_address_with_a_line_break_is_refused_by_the_mail_library() -> None:
    order = make_order(paid=True, now=NOW)
    Order.objects.update(email="ada@example.org\nBcc: eve@example.com")
    entry = entry_of(order, "mail_confirmed")

    assert process_outbox(entry.pk, now=NOW) is False

    entry.refresh_from_db()
    assert entry.error.startswith("BadHeaderError: ")


def use_server(settings: LazySettings, port: int, *, timeout: float = 10) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, timeout


def test_a_mail_server_gets_the_mail_over_the_wire(settings: LazySettings) -> None:
    order = make_order(paid=True, label_name="Zoë", now=NOW)

    with open_sink() as sink:
        use_server(settings, sink.port)
        run_errands(order)
        run_errands(order, now=NOW + timedelta(hours=1))

    [(sender, readers, content)] = sink.mails
    read = read_mail(content)
    assert (sender, readers) == ("hello@alembic-row.example", ["ada@example.org"])
    assert read.headers["Message-ID"] == f"<{order.number}-confirmed@127.0.0.1>"
    assert "made for Zoë" in read.text
    assert "made for Zoë" in read.words
    assert max(map(len, content.split(b"\r\n"))) <= 998, "the longest line that RFC 5322 allows"
    assert entry_of(order, "mail_confirmed").state == S.DONE


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        (Mood.REFUSES_READER, "SMTPRecipientsRefused: "),
        (Mood.HANGS_UP_AFTER_TAKING, "SMTPServerDisconnected: "),
        (Mood.SAYS_NOTHING, "SMTPServerDisconnected: Connection unexpectedly closed: timed out"),
    ],
)
def test_a_server_that_does_not_take_it_gets_the_same_mail_later(
    settings: LazySettings, mood: Mood, error: str
) -> None:
    order = make_order(paid=True, now=NOW)
    entry = entry_of(order, "mail_confirmed")
    with open_sink(mood) as sink:
        use_server(settings, sink.port, timeout=0.3)

        assert process_outbox(entry.pk, now=NOW) is False

        entry.refresh_from_db()
        assert (entry.state, entry.attempts) == (S.PENDING, 1)
        assert entry.error.startswith(error)
        taken = list(sink.mails)
        sink.mood = Mood.FINE
        settings.EMAIL_TIMEOUT = 10
        assert process_outbox(entry.pk, now=entry.next_attempt_at) is True

    again = read_mail(sink.mails[-1][2])
    assert len(sink.mails) == len(taken) + 1
    assert all(read_mail(content) == again for _sender, _readers, content in taken)


def test_a_server_that_is_gone_is_a_failure_that_changes_nothing_else(settings: LazySettings) -> None:
    order = make_order(paid=True, now=NOW)
    entry = entry_of(order, "mail_confirmed")
    with open_sink() as sink:
        use_server(settings, sink.port)
    before = stored_rows()

    assert process_outbox(entry.pk, now=NOW) is False

    after = stored_rows()
    entry.refresh_from_db()
    assert entry.error.startswith("ConnectionRefusedError: ")
    assert {**after, "OutboxEntry": []} == {**before, "OutboxEntry": []}


def test_who_was_refused_is_told_so_though_everything_is_sent_by_then(mailoutbox: Mailbox) -> None:
    order = make_job("shipped", now=NOW).order
    entry = add_entry(OutboxEntry.Topic.MAIL_CANCEL_REFUSED, order=order, now=NOW)

    assert process_outbox(entry.pk, now=NOW) is True

    assert told(mailoutbox) == ["cancel-refused"]
