"""The supervisor keeps its children running, whatever ends them, and leaves none behind."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import processes
from config.processes import BASE_DIR, Child, read_procfile
from config.supervisor import Supervisor
from tests.processes import START_SECONDS

SLEEP = "sleep 1000"
SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from config.processes import Child
from config.supervisor import Supervisor

folder, commands = Path(sys.argv[1]), json.loads(sys.argv[2])
children = [Child(name, line, environment=os.environ, log_dir=folder) for name, line in commands.items()]
supervisor = Supervisor(children, say=lambda who, what: print(who, what, flush=True))
for signum in (signal.SIGINT, signal.SIGTERM):
    signal.signal(signum, supervisor.ask_to_stop)
tell = lambda: (folder / "pids").write_text(json.dumps({c.name: c.process.pid for c in children if c.process}))
supervisor.run(on_tick=tell)
supervisor.stop()
"""


class Supervised:
    """A supervisor in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder

    def find_pids(self) -> dict[str, int]:
        path = self.folder / "pids"
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            pids: dict[str, int] = json.loads(path.read_text())
            return pids
        return {}

    def await_pid(self, name: str, *, other_than: int = 0) -> int:
        wait_until(lambda: self.find_pids().get(name, other_than) != other_than)
        return self.find_pids()[name]

    def end(self, signum: int) -> str:
        """Its exit must be clean; returns what it said."""
        self.process.send_signal(signum)
        said, _none = self.process.communicate(timeout=START_SECONDS)
        assert self.process.returncode == 0
        return said


def wait_until(is_true: Callable[[], bool], *, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Zombies do not count: nobody but their parent can bury them."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@contextlib.contextmanager
def supervise(folder: Path, **commands: str) -> Iterator[Supervised]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), json.dumps(commands)],
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    supervised = Supervised(process, folder)
    try:
        for name in commands:
            supervised.await_pid(name)
        yield supervised
    finally:
        process.kill()
        process.communicate()


def test_a_child_that_was_killed_is_started_again(tmp_path: Path) -> None:
    with supervise(tmp_path, redis=SLEEP, web=SLEEP) as supervised:
        first = supervised.await_pid("web")

        os.kill(first, signal.SIGKILL)
        second = supervised.await_pid("web", other_than=first)

        assert is_running(second)
        said = supervised.end(signal.SIGTERM)
    assert re.findall(r"^web (.*?)(?: \(its log.*)?$", said, flags=re.MULTILINE) == [
        "started",
        "was ended by SIGKILL; starting it again now",
        "started again",
    ]


def test_what_a_dead_child_had_started_dies_with_it(tmp_path: Path) -> None:
    line = f"sh -c '{SLEEP} & echo $!; wait'"
    with supervise(tmp_path, web=line) as supervised:
        leader = supervised.await_pid("web")
        wait_until(lambda: bool((tmp_path / "web.log").read_text()))
        grandchild = int((tmp_path / "web.log").read_text())
        assert is_running(grandchild)

        os.kill(leader, signal.SIGKILL)

        supervised.await_pid("web", other_than=leader)
        assert not is_running(grandchild)


def test_who_dies_young_again_and_again_is_retried_for_ever_with_longer_pauses(tmp_path: Path) -> None:
    child = Child("web", "false", environment={}, log_dir=tmp_path)
    supervisor = Supervisor([child], say=lambda _who, _what: None)

    pauses = []
    for _death in range(8):
        child.started = time.monotonic()
        supervisor.plan_restart(child, 1)
        pauses.append(round(supervisor.due["web"] - time.monotonic()))

    assert pauses == [0, 1, 2, 4, 8, 15, 15, 15]


def test_who_has_lived_long_is_restarted_at_once(tmp_path: Path) -> None:
    child = Child("web", "false", environment={}, log_dir=tmp_path)
    supervisor = Supervisor([child], say=lambda _who, _what: None)
    supervisor.deaths["web"] = 5

    child.started = time.monotonic() - 60
    supervisor.plan_restart(child, 1)

    assert supervisor.due["web"] <= time.monotonic()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_the_first_child_last(tmp_path: Path, signum: int) -> None:
    def line(name: str, seconds: float) -> str:
        told = f"sleep {seconds}; echo {name} >> {tmp_path}/order; exit"
        return f"""sh -c 'trap "{told}" TERM; echo; while :; do sleep 0.05; done'"""

    with supervise(
        tmp_path, redis=line("redis", 0), web=line("web", 0.4), worker=line("worker", 0)
    ) as supervised:
        pids = [supervised.await_pid(name) for name in ("redis", "web", "worker")]
        wait_until(lambda: all((tmp_path / f"{name}.log").read_text() for name in ("redis", "web", "worker")))

        supervised.end(signum)

        assert not any(is_running(pid) for pid in pids)
    assert (tmp_path / "order").read_text().split() == ["worker", "web", "redis"]


def test_a_second_signal_kills_who_does_not_stop(tmp_path: Path) -> None:
    with supervise(
        tmp_path, web="""sh -c 'trap "" TERM; echo; while :; do sleep 0.05; done'"""
    ) as supervised:
        pid = supervised.await_pid("web")
        wait_until(lambda: bool((tmp_path / "web.log").read_text()))
        supervised.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert is_running(pid)

        said = supervised.end(signal.SIGINT)

        assert not is_running(pid)
    assert "web does not stop; killing it" in said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with supervise(tmp_path, redis=SLEEP, web=SLEEP) as supervised:
        pids = [supervised.await_pid(name) for name in ("redis", "web")]

        supervised.process.kill()

        wait_until(lambda: not any(is_running(pid) for pid in pids))


def test_errors_in_a_log_are_said_and_other_lines_are_not(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []
    line = "sh -c 'echo all is well; echo an ERROR happened'"
    child = Child("web", line, environment=os.environ, log_dir=tmp_path)
    supervisor = Supervisor([child], say=lambda who, what: said.append((who, what)))

    supervisor.look_after(child)
    child.wait(5)
    supervisor.look_after(child)

    assert said[:2] == [("web", "started"), ("web", "an ERROR happened")]


def test_an_error_that_repeats_itself_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child("web", "false", environment={}, log_dir=tmp_path)
    supervisor = Supervisor([child], say=lambda _who, what: said.append(what))

    for line in ("12:01 ERROR no route", "12:02 ERROR no route", "12:03 ERROR no disk"):
        supervisor.complain(child, line)

    assert said == ["12:01 ERROR no route", "12:03 ERROR no disk"]


def test_a_log_that_was_deleted_or_cut_stops_nobody(tmp_path: Path) -> None:
    line = "sh -c 'seq 100; while :; do sleep 0.05; done'"
    with supervise(tmp_path, redis=SLEEP, web=line) as supervised:
        pid = supervised.await_pid("web")
        wait_until(lambda: bool((tmp_path / "web.log").read_text()))

        (tmp_path / "redis.log").unlink()
        os.truncate(tmp_path / "web.log", 0)
        time.sleep(0.5)
        os.kill(pid, signal.SIGKILL)

        assert is_running(supervised.await_pid("web", other_than=pid))
        supervised.end(signal.SIGTERM)


def test_a_long_log_is_cut_and_one_older_file_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOG_BYTES", 50)
    go = tmp_path / "go"
    line = f"sh -c 'seq 100 130; while [ ! -e {go} ]; do sleep 0.02; done; echo the end'"
    child = Child("web", line, environment=os.environ, log_dir=tmp_path)
    child.start()
    wait_until(lambda: "130" in child.log.read_text())

    news = []
    while lines := child.read_news():
        news += lines
    assert news == [str(number) for number in range(100, 131)]

    go.touch()
    child.wait(5)
    assert child.read_news() == ["the end"]
    assert (tmp_path / "web.log.1").exists()
    assert child.log.stat().st_size < 50


def test_the_procfile_names_the_processes() -> None:
    assert list(read_procfile()) == ["redis", "web", "worker", "relay"]


def test_comments_and_blank_lines_in_a_procfile_are_no_processes(tmp_path: Path) -> None:
    path = tmp_path / "Procfile"
    path.write_text("# what runs\n\nweb: serve --port ${PORT:-8000}\n")

    assert read_procfile(path) == {"web": "serve --port ${PORT:-8000}"}
