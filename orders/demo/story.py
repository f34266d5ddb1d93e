"""The whole way, once: a shopper orders, a maker makes and ships, the shopper sees it on the tracking page."""

import time
from collections.abc import Callable

from orders.demo.http import DemoError, Sleep
from orders.demo.maker import Maker
from orders.demo.shopper import Shopper

LONGEST_SECONDS = 60.0
POLL_SECONDS = 0.5


def follow_order(
    shopper: Shopper, maker: Maker, *, sleep: Sleep = time.sleep, clock: Callable[[], float] = time.monotonic
) -> str:
    """Returns the path of the tracking page once it says shipped; raises DemoError if anything on the way does not.

    The maker makes whatever is ready, so an order that waits behind others gets its turn.
    """
    tracking = shopper.order()
    maker.introduce()
    deadline = clock() + LONGEST_SECONDS
    while not shopper.is_shipped(tracking):
        if maker.work():
            deadline = clock() + LONGEST_SECONDS
        elif clock() > deadline:
            raise DemoError(
                "The order is paid, but its job has not come to the maker: look at the shop's logs."
            )
        else:
            sleep(POLL_SECONDS)
    return tracking
