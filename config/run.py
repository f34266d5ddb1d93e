"""Open the shop with one command: `python -m config.run` prepares it, starts its processes and watches over them."""

import contextlib
import fcntl
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from environs import EnvError

from config.messages import compile_languages
from config.postgres import make_child, make_url
from config.processes import Child, make_environment, read_procfile
from config.readiness import Readiness, answers
from config.supervisor import Supervisor

COPIED = ("worker", "relay")  # the web server starts its own copies: WEB_WORKERS
LEANED_ON = ("postgres", "redis")  # stopped when those that need them have ended
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class CannotRunError(Exception):
    """Says in one sentence why the shop cannot be opened and what to do about it."""


def say(who: str, what: str) -> None:
    with contextlib.suppress(OSError):  # a terminal that is gone must not take the shop with it
        print(f"{who:<9} {what[:300]}", flush=True)


def load_settings() -> None:
    try:
        django.setup()
    except (EnvError, ImproperlyConfigured) as error:
        raise CannotRunError(f"The settings cannot be used: {error}") from error
    except OSError as error:
        raise CannotRunError(f"The folder for the shop's state cannot be used: {error}") from error


def lock_var_dir() -> IO[str]:
    """Hold the folder for as long as the returned file is open; the kernel lets go of it however we end."""
    lock = (settings.VAR_DIR / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise CannotRunError(
            f"A shop is already running on {settings.VAR_DIR} (process {lock.read().strip() or 'unknown'}): stop it, "
            f"or open another one beside it: PORT={settings.PORT + 1} VAR_DIR=var2 make run"
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def check_port() -> None:
    """The web server itself would share a taken port in silence."""
    port = settings.PORT
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            reason = f"You may not open port {port}: choose one above 1023"
        except OSError:
            reason = f"Port {port} is taken by another program: stop that, or choose another port"
        else:
            return
    raise CannotRunError(f"{reason}: PORT={port + 1 if port > 1023 else 8001} make run")


def prepare(step: str, *command: str, **options: Any) -> str:
    say("prepare", step)
    output = io.StringIO()
    try:
        call_command(*command, stdout=output, **options)
    except CommandError as error:
        raise CannotRunError(f"{step}: {error}") from error
    except OperationalError as error:
        raise CannotRunError(f"{step}: the database does not answer as it should: {error}") from error
    return output.getvalue()


def compile_translations() -> None:
    try:
        for told in compile_languages(settings.LOCALE_PATHS[0]):
            say("prepare", told)
    except OSError as error:
        say("prepare", f"translations stay as they are: {error}")


def prepare_shop() -> str:
    """Bring the state up to date; returns the lines that tell the demo users' passwords."""
    prepare("bringing the database up to date", "migrate", interactive=False, verbosity=0)
    compile_translations()
    prepare("collecting static files", "collectstatic", interactive=False, verbosity=0)
    prepare("loading the catalogue, if there is none yet", "load_catalogue", "--if-empty")
    users = ""
    if not settings.HTTPS:
        users = prepare("creating demo users, if there are none yet", "create_demo_users")
    connections.close_all()
    return users


def make_children() -> list[Child]:
    """The shop's processes but for its database; RUN_COPIES says how many of those that may be several."""
    environment = make_environment(var_dir=settings.VAR_DIR, port=settings.PORT, redis_url=settings.REDIS_URL)
    commands = read_procfile()
    if not settings.OWN_REDIS:
        del commands["redis"]
    return [
        Child(copy, command, environment=environment, log_dir=settings.VAR_DIR / "log")
        for name, command in commands.items()
        for copy in name_copies(name)
    ]


def name_copies(name: str) -> list[str]:
    if name not in COPIED or settings.RUN_COPIES == 1:
        return [name]
    return [f"{name}-{number}" for number in range(1, settings.RUN_COPIES + 1)]


@contextlib.contextmanager
def open_database() -> Iterator[list[Child]]:
    """The shop's own PostgreSQL, answering, if it is to have one; stopped at the latest when the context ends."""
    if not settings.OWN_POSTGRES:
        yield []
        return
    environment = make_environment(var_dir=settings.VAR_DIR, port=settings.PORT, redis_url=settings.REDIS_URL)
    server = make_child(settings.POSTGRES_FOLDER, environment=environment, log_dir=settings.VAR_DIR / "log")
    say("prepare", "starting PostgreSQL")
    server.start()
    try:
        await_answer(server)
        say(server.name, "started")
        yield [server]
    finally:
        if server.is_alive:
            server.stop(STOP_SECONDS)


def await_answer(server: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(server):
        if not server.is_alive or time.monotonic() > deadline:
            said = server.read_news() or [f"It does not answer: see {server.log}"]
            raise CannotRunError(f"PostgreSQL cannot be started: {said[-1]}")
        time.sleep(0.05)


def shorten(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def describe_mails() -> str:
    if settings.MAILS_ARE_SENT:
        return f"sent by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return f"written to {shorten(settings.EMAIL_FILE_PATH)}/; set EMAIL_URL to send them"


def describe_database() -> str:
    if settings.OWN_POSTGRES:
        return f"{make_url(settings.POSTGRES_FOLDER)} (beside the shop: OWN_POSTGRES=true make demo)"
    database = settings.DATABASES["default"]
    place = f" on {database['HOST']}" if database["HOST"] else ""
    return f"{database['ENGINE'].rpartition('.')[2]}, {database['NAME']}{place}"


def describe_codes() -> str:
    """How to pass the second factor of the demo sign-ins without a phone."""
    elsewhere = settings.VAR_DIR != settings.BASE_DIR / "var"
    command = f"VAR_DIR={shorten(settings.VAR_DIR)} make code" if elsewhere else "make code"
    return f"asked for after the password; in another terminal, `{command}` prints it"


def make_welcome(users: str) -> str:
    url = settings.BASE_URL
    rows = [
        ("shop", f"{url}/"),
        ("mixer", f"{url}/mix/shampoo/"),
        ("admin", f"{url}/admin/"),
        ("API docs", f"{url}/api/"),
        *(("sign in", line) for line in users.splitlines()),
        *([("code", describe_codes())] if users and settings.STAFF_SECOND_FACTOR else []),
        ("logs", f"{shorten(settings.VAR_DIR / 'log')}/"),
        ("state", f"{shorten(settings.VAR_DIR)}/"),
        ("database", describe_database()),
        ("mails", describe_mails()),
    ]
    lines = "\n".join(f"  {name:<9} {value}" for name, value in rows)
    return f"\n{settings.SHOP_NAME} is open.\n\n{lines}\n\n  Ctrl-C stops it.\n"


@contextlib.contextmanager
def stopping_on_signals(supervisor: Supervisor) -> Iterator[None]:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, supervisor.ask_to_stop)
    try:
        yield
    finally:
        supervisor.stop()


def interrupt(*_signal: object) -> NoReturn:
    raise KeyboardInterrupt


def open_shop() -> None:
    load_settings()
    with lock_var_dir():
        check_port()
        with open_database() as database:
            users = prepare_shop()
            children = [*database, *make_children()]
            props = sum(child.name in LEANED_ON for child in children)
            supervisor = Supervisor(children, say=say, props=props)
            readiness = Readiness(children, on_ready=lambda: print(make_welcome(users), flush=True), say=say)
            with stopping_on_signals(supervisor):
                supervisor.run(on_tick=readiness.look)
                say("shop", "stopping ...")
    say("shop", "closed; nothing of it is running any more")


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    try:
        open_shop()
    except CannotRunError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before the shop had opened.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
