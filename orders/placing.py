"""Placing an order: what it will cost, and the one transaction that writes it down."""

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from configurator.bench import Bench, read_bench
from configurator.delivery import Promise, promise
from configurator.mixing.mixer import Mixer, UnknownChoiceError, Verdict
from configurator.models import RecipeVersion
from configurator.versions import mixer_for, newest_version
from orders.bench_without import without_orders
from orders.booking import BenchFullError, book_bench
from orders.models import Basket, Order, OrderLine, Payment
from orders.payments import OPEN_STATUSES, add_payment
from orders.stock import reserve_stock
from orders.tokens import new_token
from orders.unpaid_orders import let_go

PLACING_ATTEMPTS = 12  # how often a day at the bench may fill up under an order that is being placed
NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


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
    is_gift: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """A wish under the version on sale; `unit_price` in minor units."""

    wish: Wish
    version: RecipeVersion
    mixer: Mixer
    unit_price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What wishes cost together and when they arrive. Amounts are minor units."""

    lines: tuple[QuotedLine, ...]
    goods_total: int
    delivery_price: int
    promise: Promise

    @property
    def total(self) -> int:
        return self.goods_total + self.delivery_price

    @property
    def bottles(self) -> int:
        return sum(line.wish.quantity for line in self.lines)


class NotMakeableError(Exception):
    """A mix that the version on sale forbids; `verdict` has the reasons and the repairs."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__("This mix cannot be made.")


class BasketChangedError(Exception):
    """The basket does not hold any more what the checkout key stands for."""


class PriceChangedError(Exception):
    """The total is not the one that was shown; both in minor units."""

    is_price = True

    def __init__(self, shown: int, now: int) -> None:
        self.shown, self.now = shown, now
        super().__init__(f"The total was {shown} and is now {now}.")


class PromiseChangedError(Exception):
    """The order would arrive later than was shown."""

    is_price = False

    def __init__(self, shown: date, now: date) -> None:
        self.shown, self.now = shown, now
        super().__init__(f"The day was {shown} and is now {now}.")


def quote(wishes: Sequence[Wish], *, bench: Bench, now: datetime) -> Quote:
    """Price wishes against the versions on sale; one query per recipe (and one when a process meets a version).

    Raises NotOnSaleError, UnknownChoiceError (a slot, component or size that is not offered) and NotMakeableError.
    """
    versions: dict[str, RecipeVersion] = {}
    lines = []
    for wish in wishes:
        version = versions.get(wish.recipe) or newest_version(wish.recipe)
        versions[wish.recipe] = version
        lines.append(_quote_line(wish, version))
    goods_total = sum(line.unit_price * line.wish.quantity for line in lines)
    bottles = sum(wish.quantity for wish in wishes)
    return Quote(
        lines=tuple(lines),
        goods_total=goods_total,
        delivery_price=bench.delivery.of(goods_total),
        promise=promise(bench, today=timezone.localdate(now), bottles=bottles),
    )


def _quote_line(wish: Wish, version: RecipeVersion) -> QuotedLine:
    mixer = mixer_for(version)
    verdict = mixer.check(read_whole_mix(mixer, wish.mix), size=mixer.read_size(wish.size))
    if not verdict.makeable:
        raise NotMakeableError(verdict)
    return QuotedLine(wish=wish, version=version, mixer=mixer, unit_price=verdict.price)


def read_whole_mix(mixer: Mixer, raw: Mapping[str, str]) -> dict[str, str]:
    """A complete mix; raises UnknownChoiceError, for a slot that is left open as well."""
    mix = mixer.read_mix(raw)
    for slot, known in zip(mixer.spec.slots, mixer.option_slugs, strict=True):
        if slot.slug not in mix:
            raise UnknownChoiceError(f"mix.{slot.slug}", "", known)
    return mix


def place_order(
    wishes: Sequence[Wish],
    customer: Customer,
    *,
    checkout_key: uuid.UUID,
    shown_total: int,
    shown_day: date | None = None,
    basket: Basket | None = None,
    bench: Bench | None = None,
    unpaid: Sequence[Order] | None = None,
    now: datetime,
) -> Order:
    """The order for wishes with its lines, reserved stock, booked days and payment, all or nothing.

    `checkout_key` names the content of a basket: a second call with the same key returns the first order (with the
    customer's details as last sent, while it is unpaid), over the total and for the day that it was placed for: whoever
    was shown others has to be asked before. An earlier unpaid order of the same basket, of other content, is let go:
    what it holds counts as free. For a new order, raises what `quote` raises, PriceChangedError when the total is not
    `shown_total`, PromiseChangedError when it would arrive later than on `shown_day`, BasketChangedError when
    `basket` has another key by now, stock.OutOfStockError and booking.BenchFullError. Locks the basket. `unpaid`
    are the basket's unpaid orders and `bench` the bench without what they hold, both just read; None to have them read.
    """
    before = _orders_before(checkout_key, basket) if unpaid is None else unpaid
    placed = _same_content(before, checkout_key)
    if placed is not None:
        return _bring_up_to_date(placed, customer)
    for attempt in range(PLACING_ATTEMPTS):
        if bench is None:
            bench = without_orders(read_bench(today=timezone.localdate(now)), before)
        quoted = quote(wishes, bench=bench, now=now)
        _check_shown(quoted, total=shown_total, day=shown_day)
        for order in before:  # in transactions of their own: they may hold the very stock that this one needs
            let_go(order, now=now)
        try:
            return _write(quoted, customer, bench=bench, checkout_key=checkout_key, basket=basket, now=now)
        except (IntegrityError, BasketChangedError):  # by its double, perhaps, which may even be paid by now
            placed = _same_content(_orders_before(checkout_key, None), checkout_key)
            if placed is None:
                raise
            return _bring_up_to_date(placed, customer)
        except BenchFullError:  # somebody was faster: promise anew
            if attempt == PLACING_ATTEMPTS - 1:
                raise
            bench = None
    raise AssertionError("the last attempt returns or raises")


def _orders_before(checkout_key: uuid.UUID, basket: Basket | None) -> list[Order]:
    """The order of this very content, and the unpaid ones of the basket; one query."""
    wanted = Q(checkout_key=checkout_key)
    if basket is not None:
        wanted |= Q(basket=basket, state=Order.State.PLACED)
    return list(Order.objects.filter(wanted))


def _same_content(orders: Iterable[Order], checkout_key: uuid.UUID) -> Order | None:
    return next((order for order in orders if order.checkout_key == checkout_key), None)


def _check_shown(quoted: Quote, *, total: int, day: date | None) -> None:
    if quoted.total != total:
        raise PriceChangedError(total, quoted.total)
    if day is not None and quoted.promise.arrives_on > day:
        raise PromiseChangedError(day, quoted.promise.arrives_on)


def _bring_up_to_date(order: Order, customer: Customer) -> Order:
    """The customer's details as she sent them last, while the order is unpaid."""
    details = asdict(customer)
    if order.state == Order.State.PLACED and any(getattr(order, name) != details[name] for name in details):
        Order.objects.filter(pk=order.pk, state=Order.State.PLACED).update(**details)
        Payment.objects.filter(order=order, status__in=OPEN_STATUSES).update(billing_email=customer.email)
    return order


def _write(
    quoted: Quote,
    customer: Customer,
    *,
    bench: Bench,
    checkout_key: uuid.UUID,
    basket: Basket | None,
    now: datetime,
) -> Order:
    with transaction.atomic():
        if basket is not None:
            _check_basket(basket, checkout_key, now=now)
        order = Order.objects.create(
            number="".join(secrets.choice(NUMBER_ALPHABET) for _ in range(10)),
            token=new_token(),
            checkout_key=checkout_key,
            basket=basket,
            country=settings.SHOP_COUNTRY,
            currency=settings.CURRENCY,
            goods_total=quoted.goods_total,
            delivery_price=quoted.delivery_price,
            total=quoted.total,
            promised_on=quoted.promise.arrives_on,
            expected_on=quoted.promise.arrives_on,
            made_on=quoted.promise.made_on,
            language=get_language() or settings.LANGUAGE_CODE,
            placed_at=now,
            **asdict(customer),
        )
        lines = OrderLine.objects.bulk_create(
            OrderLine(
                order=order,
                position=position,
                version=line.version,
                mix=dict(line.mixer.read_mix(line.wish.mix)),
                size=line.wish.size,
                label_name=line.wish.label_name,
                quantity=line.wish.quantity,
                unit_price=line.unit_price,
                is_gift=line.wish.is_gift,
            )
            for position, line in enumerate(quoted.lines, start=1)
        )
        reserve_stock(lines)
        book_bench(order, quoted.promise, bench=bench)
        add_payment(order)
        return order


def _check_basket(basket: Basket, checkout_key: uuid.UUID, *, now: datetime) -> None:
    """Lock the basket: its content cannot change while the order is written."""
    same = Basket.objects.filter(pk=basket.pk, checkout_key=checkout_key)
    if not same.update(touched_at=now):
        raise BasketChangedError
