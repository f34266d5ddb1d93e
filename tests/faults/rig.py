"""A real shop under load, whose parts can be made to fail: what dies is started again, as under a supervisor.

Everything happens in the one thread that calls `run`: a child that another thread starts would die with that thread.
"""

import contextlib
import json
import os
import shlex
import time
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from typing import Any

from config.processes import Child, read_procfile
from tests.processes import Shop, open_shop, run_python

TICK_SECONDS = 0.1
HURT_SECONDS = 30.0  # a part that loses its child while it starts may end of that
DIES_AS = 9  # the exit code of a buyer that was told to die
PARTS = ("redis", "web", "worker", "relay")
ENDLESS = """
import django; django.setup()
from configurator.models import Component, DeliveryTerms
Component.objects.update(stock_ml=9 * 10**6)
DeliveryTerms.objects.update(daily_capacity=None)
"""

Json = dict[str, Any]
Harm = Generator[
    float, None, None
]  # does harm to a rig and yields the seconds to let pass until the next harm


class Rig:
    """A shop with buyers, a visitor in a browser's place and a warehouse; `down` are the parts that stay dead.

    `inflicted` counts the harm that was done, `crashes` are ends that nobody has caused, `broken` are promises that a
    fault has seen broken, and while `is_owed` a fault waits for what the shop has promised.
    """

    def __init__(self, shop: Shop, *, rate: float, buyers: int = 2, pause: float = 0) -> None:
        self.shop, self.rate = shop, rate
        self.folder = shop.var_dir
        self.children: dict[str, Child] = dict(shop.children)
        self.down: set[str] = set()
        self.ended: set[str] = set()  # by us, and not started again yet
        self.hurt: dict[str, float] = {}  # when we last killed a process of theirs
        self.inflicted = 0
        self.crashes: list[str] = []
        self.broken: list[str] = []
        self.is_owed = False
        self.buyers = [f"buyer-{number}" for number in range(1, buyers + 1)]
        self.add("relay-2", read_procfile()["relay"])
        self.down.add("relay-2")
        visitor = "python -m tests.faults.visitor --journal visits.jsonl --bought bought.jsonl"
        self.add("visitor", f"{visitor} --url {shop.url} --pause {pause}")
        key = shop.manage("create_fulfilment_key", "warehouse").strip()
        warehouse = f"python examples/fulfilment_client.py --url {shop.url} --key {key} --state claim.json"
        self.add("warehouse", warehouse)
        for name in self.buyers:
            self.set_buyer(name)
        self.shoppers = [*self.buyers, "visitor"]
        self.down.update(self.shoppers)

    def add(self, name: str, command: str) -> None:
        words = [
            str(self.folder / word) if word.endswith((".json", ".jsonl")) else word
            for word in shlex.split(command)
        ]
        self.children[name] = Child(
            name, shlex.join(words), environment=self.shop.environment, log_dir=self.folder / "log"
        )

    def set_buyer(self, name: str, **options: float) -> None:
        rate = self.rate / len(self.buyers)
        extra = " ".join(f"--{option} {value}" for option, value in options.items())
        self.add(name, f"python -m tests.faults.buyer --journal bought.jsonl --rate {rate} {extra}")

    def run(self, seconds: float) -> None:
        """Let time pass; whatever has died meanwhile and is not meant to is started again."""
        end = time.monotonic() + seconds
        while True:
            for child in self.children.values():
                if child.name not in self.down and not child.is_alive:
                    self._note_end(child)
                    child.start()
            if time.monotonic() >= end:
                return
            time.sleep(min(TICK_SECONDS, max(0.0, end - time.monotonic())))

    def _note_end(self, child: Child) -> None:
        """Say so if it has ended, and not by our hand."""
        if child.process is None or child.is_alive:
            return
        if child.process.returncode == DIES_AS:
            self.inflicted += 1
        elif child.name not in self.ended and not self._is_hurt(child.name):
            said = child.log.read_text(errors="replace")[-2000:].splitlines()[-1:] or ["it said nothing"]
            self.crashes.append(f"{child.name} ended by itself with {child.process.returncode}: {said[0]}")
        self.ended.discard(child.name)

    def _is_hurt(self, name: str) -> bool:
        return name in self.hurt and time.monotonic() - self.hurt[name] < HURT_SECONDS

    def kill(self, name: str, *, stays_down: bool = False) -> None:
        """kill -9 of a part and of all that it has started."""
        child = self.children[name]
        self.ended.add(name)
        child.send(SIGKILL, to_group=True)
        child.wait(10)
        if stays_down:
            self.down.add(name)

    def ask_to_stop(self, name: str) -> None:
        """SIGTERM, as a deployment does; it is started again when it has ended."""
        self.ended.add(name)
        self.children[name].send(SIGTERM)

    def freeze(self, name: str) -> None:
        self.children[name].send(SIGSTOP, to_group=True)

    def thaw(self, name: str) -> None:
        self.children[name].send(SIGCONT, to_group=True)

    def raise_again(self, *names: str) -> None:
        self.down.difference_update(names)

    def kill_child_of(self, name: str) -> bool:
        """kill -9 of one process that a part has started; False if it has none just now."""
        process = self.children[name].process
        assert process is not None
        with contextlib.suppress(OSError):
            started = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if started:
                self.hurt[name] = time.monotonic()
                os.kill(int(started[-1]), SIGKILL)
                return True
        return False

    def stop_shoppers(self) -> None:
        for name in self.shoppers:
            self._note_end(self.children[name])
            self.down.add(name)
            self.ask_to_stop(name)
        for name in self.shoppers:
            if not self.children[name].wait(20):
                self.kill(name)  # the signal came where Python swallows what a handler raises

    @contextlib.contextmanager
    def warehouse_held(self) -> Iterator[None]:
        """It reports nothing meanwhile, and what was under way has ended."""
        self.freeze("warehouse")
        time.sleep(1.0)
        try:
            yield
        finally:
            self.thaw("warehouse")

    def count_bought(self) -> int:
        return self.count_lines("bought.jsonl")

    def count_answers(self) -> int:
        return self.count_lines("visits.jsonl", having=b'"status"')

    def count_lines(self, name: str, *, having: bytes = b"\n") -> int:
        journal = self.folder / name
        return journal.read_bytes().count(having) if journal.exists() else 0

    def read_journal(self, name: str, *, since: int = 0) -> list[Json]:
        """The lines of a journal after the first `since`; one that a dying process has cut short is left out."""
        journal = self.folder / name
        if not journal.exists():
            return []
        lines = journal.read_text().splitlines()[since:]
        return [json.loads(line) for line in lines if line.endswith("}")]

    def ask(self, module: str, **options: object) -> Json:
        """What a module of this folder, run beside the shop, prints as JSON."""
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        answer: Json = json.loads(run_python("-m", module, *words, environment=self.shop.environment))
        return answer

    def close(self) -> None:
        for name, child in self.children.items():
            if name not in self.shop.children:
                child.send(SIGCONT, to_group=True)
                child.send(SIGKILL, to_group=True)
                child.wait(5)


@contextlib.contextmanager
def open_rig(
    *,
    rate: float,
    database_url: str = "",
    buyers: int = 2,
    pause: float = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Rig]:
    """A shop with stock and capacity without end, and its load, which does not buy yet.

    The visitor pauses for so many seconds before each page.
    """
    env = {
        "SHOP_API_RATE": "100000/min",
        "FULFILMENT_API_RATE": "100000/min",
        "WEB_WORKERS": "2",
        "PYTHONDONTWRITEBYTECODE": "",  # what is killed starts often: three times as fast with bytecode
        **(settings or {}),
    }
    if database_url:
        env["DATABASE_URL"] = database_url
    with open_shop(*PARTS, env=env) as shop:
        run_python("-c", ENDLESS, environment=shop.environment)
        rig = Rig(shop, rate=rate, buyers=buyers, pause=pause)
        try:
            yield rig
        finally:
            rig.close()
