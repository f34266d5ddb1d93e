"""Mails to shoppers: each is an outbox entry that is sent once it is due, unless it has nothing to say any more."""

import logging
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from orders.lateness import SLIP_KEY
from orders.mail_content import NAMES, write_mail
from orders.models import Job, Order, OutboxEntry

logger = logging.getLogger(__name__)

Topic = OutboxEntry.Topic
MAILS = tuple(NAMES)
# Enough to tell parcels or new addresses of one order apart; a Message-ID has to fit on its line.
KEY_LETTERS = 8


def send_mail(entry: OutboxEntry, now: datetime) -> str | None:
    """Send the mail that an entry asks for to the shopper; returns why it was not sent, None if it was.

    Talks to a mail server for up to EMAIL_TIMEOUT seconds a step: call it in no transaction. Sent again, after a crash
    or an answer that got lost, the mail has the same Message-ID and date, by which mail programs and the folder of
    files know it as the same. Raises what the mail server or the connection to it raises.
    """
    if why_not := find_why_not(entry):
        logger.info("mail “%s” of order %s not sent: %s", NAMES[entry.topic], entry.order.number, why_not)
        return f"not sent: {why_not}"
    mail = write_mail(entry)
    message = EmailMultiAlternatives(
        mail.subject, mail.text, to=[entry.order.email], headers=make_headers(entry)
    )
    message.attach_alternative(mail.html, "text/html")
    message.send()
    logger.info("mail “%s” of order %s passed on", NAMES[entry.topic], entry.order.number)
    return None


def make_headers(entry: OutboxEntry) -> dict[str, str]:
    """The headers of a mail about an order."""
    key = entry.key[:KEY_LETTERS]
    name = "-".join(part for part in (entry.order.number, NAMES[entry.topic], key) if part)
    return same_headers(name, at=entry.created_at)


def same_headers(name: str, *, at: datetime) -> dict[str, str]:
    """What makes a mail the same when it is sent again, and keeps absence notes and other robots from answering it."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    domain = f"[{host}]" if ":" in host else punycode(host)
    return {
        "Message-ID": f"<{name}@{domain}>",
        "Date": format_datetime(at),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def find_why_not(entry: OutboxEntry) -> str:
    """Why a mail would say what is not so any more; empty if it may be sent.

    Raises ValueError for a mail about a cancellation that never was.
    """
    cancelled = entry.order.state == Order.State.CANCELLED
    if entry.topic == Topic.MAIL_CANCELLED and not cancelled:
        raise ValueError(f"order {entry.order.number} is {entry.order.state}, not cancelled")
    if entry.topic in (Topic.MAIL_CONFIRMED, Topic.MAIL_IN_PRODUCTION, Topic.MAIL_LATE) and cancelled:
        return "the order was cancelled meanwhile"
    if entry.topic in (Topic.MAIL_IN_PRODUCTION, Topic.MAIL_LATE) and _is_all_shipped(entry.order):
        return "everything was shipped meanwhile"
    if entry.topic == Topic.MAIL_LATE and _has_later_slip(entry):
        return "the order is later still, and another mail says so"
    return ""


def _is_all_shipped(order: Order) -> bool:
    states = set(order.jobs.not_replaced().values_list("state", flat=True)) - {Job.State.CANCELLED}
    return states == {Job.State.SHIPPED}


def _has_later_slip(entry: OutboxEntry) -> bool:
    return entry.order.slips.filter(number__gt=int(entry.key.removeprefix(SLIP_KEY))).exists()
