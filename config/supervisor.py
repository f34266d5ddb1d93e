"""A small supervisor: starts what dies again, for ever, and stops everything together."""

import re
import signal
import time
from collections.abc import Callable, Sequence

from config.processes import Child

TICK_SECONDS = 0.2
STEADY_SECONDS = 10.0  # who has lived that long is restarted at once
LONGEST_PAUSE_SECONDS = 15.0
GRACE_SECONDS = 30.0  # a Celery worker takes up to 20 to let go of its tasks
ALARM = re.compile(r"\b(ERROR|CRITICAL)\b")

Say = Callable[[str, str], None]


def describe_exit(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


class Supervisor:
    """Runs `children` until it is asked to stop.

    The first `props` children are services that the others need (Redis, PostgreSQL); they stop last.
    """

    def __init__(self, children: Sequence[Child], *, say: Say, props: int = 1) -> None:
        self.children = children
        self.props = props
        self.say = say
        self.times_asked_to_stop = 0
        self.deaths = dict.fromkeys((child.name for child in children), 0)
        self.last_complaint: dict[str, str] = {}
        self.due = dict.fromkeys((child.name for child in children), 0.0)

    def ask_to_stop(self, *_signal: object) -> None:
        """A signal handler; asking a second time kills what has not stopped yet."""
        self.times_asked_to_stop += 1

    def run(self, *, on_tick: Callable[[], None]) -> None:
        while not self.times_asked_to_stop:
            for child in self.children:
                try:
                    self.look_after(child)
                except OSError as error:  # a full disk or a deleted log must not take the shop with it
                    self.complain(child, f"cannot be looked after: {error}")
            on_tick()
            time.sleep(TICK_SECONDS)

    def look_after(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= self.due[child.name]:
                child.start()
                self.say(child.name, "started again" if self.deaths[child.name] else "started")
            return
        code = child.process.poll()  # asked before reading, so that last words are heard
        try:
            news = child.read_news()
        except FileNotFoundError:
            news = []
        for line in filter(ALARM.search, news):
            self.complain(child, line)
        if code is None:
            return
        if code > 0 and news:
            self.say(child.name, news[-1])
        self.plan_restart(child, code)

    def complain(self, child: Child, line: str) -> None:
        """Say only the first of a row of lines that differ in nothing but numbers; the log has them all."""
        shape = re.sub(r"\d+", "", line)
        if shape != self.last_complaint.get(child.name):
            self.say(child.name, line)
        self.last_complaint[child.name] = shape

    def plan_restart(self, child: Child, code: int) -> None:
        """Bury a dead child: at once the first time, then after 1, 2, 4 ... seconds while it dies young."""
        child.send(signal.SIGKILL, to_group=True)  # what it had started would keep its port and its tasks
        child.process = None
        now = time.monotonic()
        if now - child.started >= STEADY_SECONDS:
            self.deaths[child.name] = 0
        deaths = self.deaths[child.name]
        pause = min(2.0 ** (deaths - 1), LONGEST_PAUSE_SECONDS) if deaths else 0.0
        self.deaths[child.name] += 1
        self.due[child.name] = now + pause
        when = f"in {pause:.0f} s" if pause else "now"
        self.say(child.name, f"{describe_exit(code)}; starting it again {when} (its log: {child.log})")

    def stop(self) -> None:
        """Returns when all have ended; kills those that take too long."""
        for batch in (self.children[self.props :], self.children[: self.props]):
            for child in batch:
                child.send(child.stop_signal)
            for child in batch:
                self.await_end(child)

    def await_end(self, child: Child) -> None:
        deadline = time.monotonic() + GRACE_SECONDS
        while not child.wait(TICK_SECONDS):
            if time.monotonic() > deadline or self.times_asked_to_stop > 1:
                self.say(child.name, "does not stop; killing it")
                break
        child.send(signal.SIGKILL, to_group=True)
        child.wait(GRACE_SECONDS)
