"""The bench as it would be without orders that wait for payment: what they hold is hers to order anew."""

from collections.abc import Iterable
from dataclasses import replace

from configurator.bench import Bench, Day
from orders.models import Order
from orders.stock import amounts_for


def without_orders(bench: Bench, orders: Iterable[Order]) -> Bench:
    """`bench` with the days and the stock given back that unpaid orders hold; two queries per order."""
    for order in orders:
        days, stock = dict(bench.days), dict(bench.stock)
        for booking in order.bookings.all():
            day = days.get(booking.day, Day())
            days[booking.day] = replace(day, booked=max(day.booked - booking.bottles, 0))
        lines = order.lines.select_related("version").defer("version__spec", "version__space")
        for slug, amount in amounts_for(lines).items():
            if slug in stock:
                left = stock[slug].microlitres + round(amount * 1000)
                stock[slug] = replace(stock[slug], microlitres=left)
        bench = replace(bench, days=days, stock=stock)
    return bench
