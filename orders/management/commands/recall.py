"""Prints the orders that a lot of a component went into."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.recall import known_lots, orders_of_lot


class Command(BaseCommand):
    help = "Print the orders that a lot of a component went into, with whom to write to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("component", help="short name of the component, such as warm-hearth")
        parser.add_argument("lot", help="the lot, to the letter")

    def handle(self, *args: Any, component: str, lot: str, **options: Any) -> None:
        found = orders_of_lot(component, lot)
        if not found:
            known = ", ".join(known_lots(component)) or "none: is the short name right?"
            raise CommandError(f"Lot {lot} of {component} went into no job. Its lots reported last: {known}")
        for recalled in found:
            order = recalled.order
            jobs = ", ".join(f"batch {job.batch} {job.state}" for job in recalled.jobs)
            self.stdout.write(
                f"{order.number}\t{order.full_name} <{order.email}>\t{recalled.pieces} pcs\t{jobs}"
            )
        pieces = sum(recalled.pieces for recalled in found)
        self.stdout.write(f"{len(found)} orders, {pieces} pieces.")
