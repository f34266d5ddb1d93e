"""A shop of real processes for tests that need one: its own folder, port, database and Redis.

    with open_shop("redis", "web", "worker", "relay") as shop:
        shop.kill("worker")
        ...
        shop.start("worker")

The first use in a session migrates a database and loads the catalogue; every shop then starts from a copy of it.
"""

import atexit
import contextlib
import fcntl
import functools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from typing import IO
from urllib.parse import quote

from config.postgres import find_programs
from config.processes import BASE_DIR, Child, make_environment, read_procfile
from config.readiness import answers

START_SECONDS = 60.0
PREPARE = "from config import run; run.load_settings(); run.prepare_shop()"
PREPARE_DATABASE = """
from config import run
run.load_settings()
run.prepare("tables", "migrate", interactive=False, verbosity=0)
run.prepare("catalogue", "load_catalogue")
"""


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_settings(var_dir: Path, *, port: int, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of one shop: nothing that matters comes from the developer's own environment or .env."""
    base = make_environment(
        var_dir=var_dir, port=port, redis_url=f"unix://{quote(str(var_dir / 'redis.sock'))}"
    )
    own = {
        "BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{quote(str(var_dir / 'shop.sqlite3'))}",
        "DEBUG": "false",
        "EMAIL_URL": "",
        "LOG_FORMAT": "line",
        "LOG_LEVEL": "INFO",
        "STRIPE_API_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
        "WEB_WORKERS": "1",
    }
    return {**base, **own, **extra}


def run_python(*arguments: str, environment: Mapping[str, str]) -> str:
    """What it printed on standard output; an error shows all that it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@functools.cache
def make_template() -> Path:
    """The folder of a shop that has been prepared and never opened; the workers of one xdist run share it.

    Runs one after another share the folder SHOP_TEMPLATE, if that is set: who has set it takes it away.
    """
    if given := os.environ.get("SHOP_TEMPLATE"):
        _prepare_once(Path(given))
        return Path(given)
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", secrets.token_hex(16))
    folder = Path(tempfile.gettempdir()) / f"concoct-template-{run_id}"
    folder.mkdir(mode=0o700, exist_ok=True)
    assert folder.stat().st_uid == os.geteuid(), f"{folder} is somebody else's"
    users = (folder / "users").open("ab")  # open, and so shared, for as long as this process lives
    _prepare_once(folder, users)
    atexit.register(_leave_template, folder, users)
    return folder


def _prepare_once(folder: Path, users: IO[bytes] | None = None) -> None:
    with (folder / "making").open("ab") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            run_python("-c", PREPARE, environment=make_settings(folder, port=8000, extra={}))
            (folder / "made").touch()
        if users is not None:
            fcntl.flock(users, fcntl.LOCK_SH)


def _leave_template(folder: Path, users: IO[bytes]) -> None:
    """Who leaves last takes it away."""
    fcntl.flock(users, fcntl.LOCK_UN)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def prepare_postgres(shop: "Shop", template: Path) -> None:
    """The first database is made by the shop's own commands, each further one is a copy of that."""
    [programs, *_worse] = find_programs()
    dump, url = template / "postgres.sql", shop.environment["DATABASE_URL"]
    with (template / "making").open("ab") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        if not dump.exists():
            run_python("-c", PREPARE_DATABASE, environment=shop.environment)
            draft = dump.with_suffix(".draft")
            subprocess.run([programs / "pg_dump", "--no-owner", "--file", draft, url], check=True)
            draft.rename(dump)
            return
    restore = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
    subprocess.run([programs / "psql", *restore, "--file", dump, url], check=True)


class Shop:
    """The processes named, as the Procfile has them; nothing restarts them but the test."""

    def __init__(self, *names: str, var_dir: Path, port: int, extra: Mapping[str, str]) -> None:
        self.var_dir = var_dir
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = make_settings(var_dir, port=port, extra=extra)
        commands = read_procfile()
        self.children = {
            name: Child(name, commands[name], environment=self.environment, log_dir=var_dir / "log")
            for name in names
        }

    def start(self, name: str, *, wait: bool = True) -> None:
        """Returns when the process answers, if that is waited for."""
        self.children[name].start()
        if wait:
            self.wait_for(name)

    def wait_for(self, name: str) -> None:
        child, deadline = self.children[name], time.monotonic() + START_SECONDS
        while not answers(child):
            assert child.is_alive, f"{name} died while starting:\n{self.read_log(name)}"
            assert time.monotonic() < deadline, f"{name} does not answer:\n{self.read_log(name)}"
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """kill -9, with everything that the process has started."""
        child = self.children[name]
        assert child.process is not None, f"{name} was never started"
        child.send(SIGKILL, to_group=True)
        child.wait(10)
        with contextlib.suppress(
            ProcessLookupError
        ):  # its children take a moment longer to let go of the port
            for _moment in range(25):
                os.killpg(child.process.pid, 0)
                time.sleep(0.02)

    def stop(self, name: str) -> None:
        """Freeze it (SIGSTOP): it keeps its sockets open and answers nothing."""
        self.children[name].send(SIGSTOP, to_group=True)

    def cont(self, name: str) -> None:
        self.children[name].send(SIGCONT, to_group=True)

    def manage(self, *arguments: str) -> str:
        """What a management command prints when it is run beside the shop."""
        return run_python("manage.py", *arguments, environment=self.environment)

    def read_log(self, name: str) -> str:
        return self.children[name].log.read_text(errors="replace")

    def print_logs(self) -> None:
        for name, child in self.children.items():
            if child.log.exists():
                print(f"---- {name}.log (its end)\n{self.read_log(name)[-4000:]}")

    def close(self) -> None:
        for child in reversed(self.children.values()):
            child.send(SIGCONT, to_group=True)
            child.send(SIGTERM)
        for child in self.children.values():
            if not child.wait(5):
                print(f"{child.name} did not stop within 5 s")
            child.send(SIGKILL, to_group=True)
            child.wait(5)


@contextlib.contextmanager
def open_shop(*names: str, env: Mapping[str, str] | None = None) -> Iterator[Shop]:
    """Start the named processes, and wait until all of them answer.

    `env` adds settings; a DATABASE_URL there is prepared first: it has the shipped catalogue then, and no demo users.
    """
    extra = env or {}
    template = make_template()
    var_dir = Path(tempfile.mkdtemp(prefix="concoct-shop-"))
    shop = Shop(*names, var_dir=var_dir, port=find_free_port(), extra=extra)
    (var_dir / "static").symlink_to(template / "static")
    shutil.copy(template / "secret_key", var_dir)
    if "DATABASE_URL" in extra:
        prepare_postgres(shop, template)
    else:
        shutil.copy(template / "shop.sqlite3", var_dir)
    try:
        for name in names:
            shop.start(name, wait=name == "redis")  # the others look for it when they begin
        for name in names:
            shop.wait_for(name)
        yield shop
    except BaseException:
        shop.print_logs()
        raise
    finally:
        shop.close()
        shutil.rmtree(var_dir, ignore_errors=True)
