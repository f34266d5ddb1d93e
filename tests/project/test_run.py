"""`make run`: one sentence where it cannot open the shop, and nothing left behind when it closes it."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.processes import BASE_DIR
from orders.demo.http import Patience
from orders.demo.shopper import Shopper
from tests.length import LONG
from tests.processes import find_free_port, make_settings, make_template

OPEN_SECONDS = 300.0


class Run:
    """`python -m config.run` on a folder and port of its own."""

    def __init__(self, var_dir: Path, *, port: int, **extra: str) -> None:
        self.var_dir = var_dir
        self.port = port
        self.console = var_dir / "console"
        environment = make_settings(var_dir, port=port, extra=extra)
        if extra.get("OWN_POSTGRES"):
            del environment["DATABASE_URL"]
        with self.console.open("wb") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=BASE_DIR,
                env=environment,
                stdout=console,
                stderr=console,
            )

    def read(self) -> str:
        return self.console.read_text()

    def await_text(self, text: str, *, times: int = 1) -> None:
        deadline = time.monotonic() + OPEN_SECONDS
        while self.read().count(text) < times:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.read()}"
            assert time.monotonic() < deadline, f"{text!r} was never said:\n{self.read()}"
            time.sleep(0.1)

    def fails(self) -> str:
        """What it said; it must have ended by itself with exit code 1."""
        assert self.process.wait(OPEN_SECONDS) == 1, self.read()
        return self.read()

    def find_processes(self) -> dict[int, str]:
        """Every living process, by id, that was started with this shop's folder, whoever's child it is by now."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_text().replace("\0", " ").strip()
                # Redis writes its title over its environment; the title names its socket.
                if (
                    str(self.var_dir) in line
                    or f"VAR_DIR={self.var_dir}\0" in (folder / "environ").read_text()
                ):
                    found[int(folder.name)] = line
        return found

    def find_leader(self, words: str) -> int:
        """The process that leads the group of all whose command line has these words."""
        (leader,) = {os.getpgid(pid) for pid, line in self.find_processes().items() if words in line}
        return leader

    def count_web_processes(self) -> int:
        """Those that serve requests: the children of the web server's first process."""
        leader = self.find_leader("granian")
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        return len(children)

    def status(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=60) as response:
            status: int = response.status
            return status

    def await_status(self, status: int) -> None:
        deadline = time.monotonic() + OPEN_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                assert self.status() == status
                return
            time.sleep(0.1)
        pytest.fail(f"the web server does not answer:\n{self.read()}")

    def await_nothing_left(self) -> None:
        deadline = time.monotonic() + 60
        while left := self.find_processes():
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.1)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", self.port))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Run]:
    """One that is open."""
    var_dir = tmp_path / "shop"
    shutil.copytree(make_template(), var_dir)
    run = Run(var_dir, port=find_free_port(), WEB_WORKERS="1")
    try:
        run.await_text("Ctrl-C stops it.")
        yield run
    finally:
        run.process.terminate()
        run.process.wait(OPEN_SECONDS)


def test_a_taken_port_is_named_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        said = Run(tmp_path, port=port).fails()

    assert said == (
        f"Port {port} is taken by another program: stop that, or choose another port: PORT={port + 1} make run\n"
    )
    assert not (tmp_path / "shop.sqlite3").exists()


def test_a_folder_in_use_is_named_in_one_sentence(tmp_path: Path) -> None:
    port = find_free_port()
    with (tmp_path / "run.lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)

        said = Run(tmp_path, port=port).fails()

    assert said == (
        f"A shop is already running on {tmp_path} (process 4711): stop it, "
        f"or open another one beside it: PORT={port + 1} VAR_DIR=var2 make run\n"
    )
    assert not (tmp_path / "shop.sqlite3").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eighty"), ("CURRENCY", "pounds"), ("SECRET_KEY", "short")]
)
def test_a_nonsense_setting_is_named_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    said = Run(tmp_path, port=find_free_port(), **{name: value}).fails()

    assert said.startswith("The settings cannot be used: ")
    assert name in said
    assert said.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_it_opens_and_restarts_what_dies_and_if_it_is_killed_itself_leaves_nothing(shop: Run) -> None:
    assert shop.status() == 200
    passwords = json.loads((shop.var_dir / "demo_users.json").read_text())
    for name, password in passwords.items():
        assert re.search(rf"sign in +{name} +{password}", shop.read())

    for words in ("-server", "granian", "celery", "manage.py relay"):
        os.kill(shop.find_leader(words), signal.SIGKILL)
    for name in ("redis", "web", "worker", "relay"):
        shop.await_text(f"{name:<9} started again")
    shop.await_status(200)

    shop.process.kill()

    shop.await_nothing_left()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_on_a_postgresql_of_its_own_it_has_two_of_each_and_what_dies_comes_back_and_ctrl_c_closes_it() -> (
    None
):
    with tempfile.TemporaryDirectory(prefix="concoct-run-") as folder:
        var_dir = Path(folder)
        var_dir.chmod(0o711)  # PostgreSQL may have to run as another user
        shutil.copytree(make_template() / "static", var_dir / "static")
        port = find_free_port()

        first = open_on_postgres(var_dir, port)
        assert first.status() == 200
        for name in ("postgres", "redis", "web", "worker-1", "worker-2", "relay-1", "relay-2"):
            assert f"{name:<9} started" in first.read()
        assert re.search(r"database +postgres://concoct@\S+/concoct .*OWN_POSTGRES=true", first.read())
        assert not (var_dir / "shop.sqlite3").exists()
        os.kill(first.find_leader("postgres -D"), signal.SIGKILL)
        first.await_text("postgres  started again")
        first.await_status(200)
        assert first.count_web_processes() == 2
        order_until_done(first)
        close(first)

        if LONG:
            second = open_on_postgres(var_dir, port)
            assert "loading" in second.read()
            assert find_sign_ins(second) == find_sign_ins(first) != []
            close(second)


def open_on_postgres(var_dir: Path, port: int) -> Run:
    run = Run(var_dir, port=port, OWN_POSTGRES="true", RUN_COPIES="2", WEB_WORKERS="2")
    run.await_text("Ctrl-C stops it.")
    return run


def order_until_done(run: Run) -> None:
    """Sell a bottle; its job is handed off, and whoever has to be told is told: no outbox entry is left."""
    shopper = Shopper(
        f"http://127.0.0.1:{run.port}", say=print, patience=Patience(seconds=OPEN_SECONDS, say=print)
    )
    with shopper.client:
        token = shopper.order().rpartition("/")[2]
    address = re.search(r"database +(postgres://\S+)", run.read())
    assert address is not None
    deadline = time.monotonic() + OPEN_SECONDS
    with psycopg.connect(address[1], autocommit=True) as books:
        while (found := set(books.execute(DONE, {"token": token}).fetchall())) != {("ready", "done", True)}:
            assert time.monotonic() < deadline, f"{found}\n{run.read()}"
            time.sleep(0.2)


DONE = """
SELECT job.state, entry.state, event.seq IS NOT NULL FROM orders_order o
JOIN orders_job job ON job.order_id = o.id JOIN orders_outboxentry entry ON entry.order_id = o.id
JOIN orders_feedevent event ON event.job_id = job.id WHERE o.token = %(token)s
"""


def find_sign_ins(run: Run) -> list[str]:
    return re.findall(r"sign in +(\w+ +\S+)", run.read())


def close(run: Run) -> None:
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(OPEN_SECONDS) == 0, run.read()
    assert run.read().endswith("closed; nothing of it is running any more\n")
    assert run.find_processes() == {}
    run.await_nothing_left()
