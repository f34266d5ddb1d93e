"""Orders of several lines, and mails as their reader sees them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

from django.utils import timezone

from configurator.bench import read_bench
from orders.models import Order, OutboxEntry, Slip
from orders.outbox import add_entry
from orders.placing import Wish, place_order, quote
from tests.orders.make import ADA, pay_order


def place(wishes: Sequence[Wish], *, now: datetime) -> Order:
    """A paid order of several lines."""
    total = quote(wishes, bench=read_bench(today=timezone.localdate(now)), now=now).total
    order = place_order(wishes, ADA, checkout_key=uuid.uuid4(), shown_total=total, now=now)
    pay_order(order, now=now)
    return order


def add_slip(order: Order, *, number: int = 1, days: int = 4, reason: str = "failed", now: datetime) -> Slip:
    """A slip by so many days past the promise, with its mail waiting in the outbox."""
    expected = order.promised_on + timedelta(days=days)
    slip = Slip.objects.create(
        order=order,
        number=number,
        told_before=order.promised_on,
        expected_on=expected,
        reason=reason,
        at=now,
    )
    add_entry(OutboxEntry.Topic.MAIL_LATE, order=order, key=f"slip-{number}", now=now)
    return slip


def entry_of(order: Order, topic: str) -> OutboxEntry:
    return OutboxEntry.objects.select_related("order").get(order=order, topic=topic)


@dataclass(frozen=True, slots=True)
class Read:
    """A mail: its headers, its two parts, and the HTML as text and links."""

    headers: dict[str, str]
    text: str
    html: str
    words: str
    links: tuple[str, ...]


def read_mail(content: bytes) -> Read:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    words, links = read_html(html.get_content())
    headers = {name: value for name, value in mail.items() if name != "Content-Type"}  # a boundary is random
    return Read(headers, text.get_content(), html.get_content(), words, links)


def read_folder(folder: Path) -> dict[str, Read]:
    """The mails in a folder by the names of their files; whatever else lies there counts, too."""
    return {file.name: read_mail(file.read_bytes()) for file in sorted(folder.iterdir())}


def read_html(html: str) -> tuple[str, tuple[str, ...]]:
    """What a page says in its body, and where its links lead."""
    reader = _Reader()
    reader.feed(html)
    return " ".join("".join(reader.said).split()), tuple(reader.links)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.in_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_body |= tag == "body"
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        if self.in_body:
            self.said.append(data)
