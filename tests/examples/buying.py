"""Places and pays orders beside a running shop, in a process of its own: `python -m tests.examples.buying 12`."""

import sys

import django

django.setup()

from tests.orders.make import make_order  # noqa: E402


def main(orders: int) -> None:
    for _ in range(orders):
        print(make_order(paid=True).number)


if __name__ == "__main__":
    main(int(sys.argv[1]))
