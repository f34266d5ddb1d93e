"""Placing an order: what it will cost, and the one transaction that writes it down."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from configurator.delivery import delivery_price, promise, read_terms
from configurator.mixing.mixer import Mixer, UnknownChoiceError, Verdict
from configurator.models import RecipeVersion
from configurator.versions import mixer_for, newest_version
from orders.models import Order, OrderLine, Payment
from orders.payments import OPEN_STATUSES, open_payment
from orders.stock import reserve_stock

NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_BYTES = 24  # 192 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who gets the parcel."""

    email: str
    full_name: str
    postcode: str
    address_line1: str
    address_line2: str
    town: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What someone wants made: a complete mix of a recipe in a size, with the name on its label."""

    recipe: str
    mix: Mapping[str, str]
    size: str
    label_name: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a wish costs and when it arrives, under the version on sale. Amounts are minor units."""

    version: RecipeVersion
    mixer: Mixer
    verdict: Verdict
    unit_price: int
    goods_total: int
    delivery_price: int
    promised_on: date

    @property
    def total(self) -> int:
        return self.goods_total + self.delivery_price


class NotMakeableError(Exception):
    """A mix that the version on sale forbids; `verdict` has the reasons and the repairs."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__("This mix cannot be made.")


class PriceChangedError(Exception):
    """The total is not the one that was shown; both in minor units."""

    def __init__(self, shown: int, now: int) -> None:
        self.shown, self.now = shown, now
        super().__init__(f"The total was {shown} and is now {now}.")


def quote(wish: Wish, *, now: datetime) -> Quote:
    """Price a wish against the version on sale; three queries at most.

    Raises NotOnSaleError, UnknownChoiceError (a slot, component or size that is not offered) and NotMakeableError.
    """
    version = newest_version(wish.recipe)
    mixer = mixer_for(version)
    size = mixer.read_size(wish.size)
    verdict = mixer.check(_read_mix(mixer, wish.mix), size=size)
    if not verdict.makeable:
        raise NotMakeableError(verdict)
    terms = read_terms()
    goods_total = verdict.price * wish.quantity
    return Quote(
        version=version,
        mixer=mixer,
        verdict=verdict,
        unit_price=verdict.price,
        goods_total=goods_total,
        delivery_price=delivery_price(terms).of(goods_total),
        promised_on=promise(terms, today=timezone.localdate(now)).arrives_on,
    )


def _read_mix(mixer: Mixer, raw: Mapping[str, str]) -> dict[str, str]:
    """A complete mix; a slot that is left open is an unknown choice too."""
    mix = mixer.read_mix(raw)
    for slot, known in zip(mixer.spec.slots, mixer.option_slugs, strict=True):
        if slot.slug not in mix:
            raise UnknownChoiceError(f"mix.{slot.slug}", "", known)
    return mix


def place_order(
    wish: Wish, customer: Customer, *, checkout_key: uuid.UUID, shown_total: int, now: datetime
) -> Order:
    """The order for a wish with its line, its reserved stock and its payment, all or nothing.

    `checkout_key` came with the form: a second call with the same key returns the first order (with the customer's
    details as last sent, while it is unpaid). Raises what `quote` raises, PriceChangedError when the total is not
    `shown_total`, and stock.OutOfStockError.
    """
    placed = _placed_before(checkout_key, customer)
    if placed is not None:
        return placed
    quoted = quote(wish, now=now)
    if quoted.total != shown_total:
        raise PriceChangedError(shown_total, quoted.total)
    try:
        with transaction.atomic():
            order = _write_order(quoted, customer, checkout_key=checkout_key, now=now)
            line = OrderLine.objects.create(
                order=order,
                position=1,
                version=quoted.version,
                mix=dict(quoted.mixer.read_mix(wish.mix)),
                size=wish.size,
                label_name=wish.label_name,
                quantity=wish.quantity,
                unit_price=quoted.unit_price,
            )
            reserve_stock([line])
            open_payment(order)
    except IntegrityError:
        placed = _placed_before(checkout_key, customer)
        if placed is None:
            raise
        return placed
    return order


def _placed_before(checkout_key: uuid.UUID, customer: Customer) -> Order | None:
    order = Order.objects.filter(checkout_key=checkout_key).first()
    if order is not None and order.state == Order.State.PLACED:
        Order.objects.filter(pk=order.pk, state=Order.State.PLACED).update(**asdict(customer))
        Payment.objects.filter(order=order, status__in=OPEN_STATUSES).update(billing_email=customer.email)
    return order


def _write_order(quoted: Quote, customer: Customer, *, checkout_key: uuid.UUID, now: datetime) -> Order:
    return Order.objects.create(
        number="".join(secrets.choice(NUMBER_ALPHABET) for _ in range(10)),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        checkout_key=checkout_key,
        country=settings.SHOP_COUNTRY,
        currency=settings.CURRENCY,
        goods_total=quoted.goods_total,
        delivery_price=quoted.delivery_price,
        total=quoted.total,
        promised_on=quoted.promised_on,
        placed_at=now,
        **asdict(customer),
    )
