"""One process that buys: places orders and has them paid, as the web server does, and notes what was acknowledged.

    python -m tests.faults.buyer --journal FILE --rate ORDERS_A_SECOND [--dies 0.05] [--sends 3] \
        [--bottles 12]

A line of the journal is written once the order is paid as far as the buyer was told: what stands there must never be
lost. `--dies`: in so many of all cases the process ends between commit and publish. `--sends`: so often each message
is sent. `--bottles`: so many of them each order has, a job each; else one or two.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO, TypeVar

import django

django.setup()

from django.db import InterfaceError, OperationalError, close_old_connections, connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from payments import PaymentStatus  # noqa: E402

from configurator.bench import read_bench  # noqa: E402
from configurator.mixing.mixer import Mixer  # noqa: E402
from configurator.versions import mixer_for, newest_version  # noqa: E402
from orders import sending  # noqa: E402
from orders.models import Order  # noqa: E402
from orders.payments import apply_payment  # noqa: E402
from orders.placing import Customer, Wish, place_order, quote  # noqa: E402
from tests.faults.rig import DIES_AS  # noqa: E402

T = TypeVar("T")

ADA = Customer(
    email="ada@example.org",
    full_name="Ada Lovelace",
    postcode="LS1 4DY",
    address_line1="12 Calverley Street",
    address_line2="",
    town="Leeds",
)


def place(mixer: Mixer, rng: random.Random, *, bottles: int, now: datetime) -> Order:
    """So many bottles of any mixes that can be made; 0 is one or two."""
    wishes = [
        Wish(recipe="shampoo", mix=mixer.sample(rng) or {}, size="250ml", label_name="Ada", quantity=1)
        for _line in range(bottles or rng.choice([1, 1, 1, 2]))
    ]
    bench = read_bench(today=timezone.localdate(now))
    total = quote(wishes, bench=bench, now=now).total
    return place_order(wishes, ADA, checkout_key=uuid.uuid4(), shown_total=total, bench=bench, now=now)


def pay(order: Order) -> None:
    """As a provider's notice does, which comes again until it is heard."""
    payment = order.payments.get()
    if payment.status == PaymentStatus.CONFIRMED:
        apply_payment(payment, now=timezone.now())
    else:
        payment.change_status(PaymentStatus.CONFIRMED)


def buy(mixer: Mixer, rng: random.Random, journal: TextIO, *, bottles: int) -> None:
    order = until_it_works(lambda: place(mixer, rng, bottles=bottles, now=timezone.now()))
    until_it_works(lambda: pay(order))
    journal.write(f"{json.dumps({'number': order.number})}\n")
    journal.flush()


def until_it_works(call: Callable[[], T]) -> T:
    """As a person does who meets a busy shop: again after a moment. What was half done is done, or was not."""
    while True:
        try:
            return call()
        except (OperationalError, InterfaceError) as error:
            print(f"buyer: again after {error}", flush=True)
            connection.close()
            close_old_connections()
            time.sleep(0.2)


def spoil_sending(*, dies: float, sends: int, rng: random.Random) -> None:
    send = sending.send

    def spoiled(*entry_ids: int) -> bool:
        if rng.random() < dies:
            os._exit(DIES_AS)
        return min(tuple(send(*entry_ids) for _time in range(sends)))

    sending.send = spoiled


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--dies", type=float, default=0)
    parser.add_argument("--sends", type=int, default=1)
    parser.add_argument("--bottles", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random()
    spoil_sending(dies=given.dies, sends=given.sends, rng=rng)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    mixer = until_it_works(lambda: mixer_for(newest_version("shampoo")))
    with given.journal.open("a") as journal:
        due = time.monotonic()
        while True:
            buy(mixer, rng, journal, bottles=given.bottles)
            due = max(due + rng.expovariate(given.rate), time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
