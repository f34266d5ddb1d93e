"""The shop's processes as the Procfile names them, each in a process group and with a log file of its own."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
LOG_BYTES = 5_000_000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def read_procfile(path: Path = BASE_DIR / "Procfile") -> dict[str, str]:
    """Command lines by name, in the order of the file."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): command.strip() for name, command in pairs}


def make_environment(*, var_dir: Path, port: int, redis_url: str) -> dict[str, str]:
    """This process's environment, with our own interpreter first and what every process must agree on."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "REDIS_URL": redis_url,
    }


def die_with_parent(signum: int = signal.SIGTERM) -> None:
    """Linux sends us that signal when the supervisor dies, even of `kill -9`; elsewhere we'd live on."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)


class Child:
    """One named process that can be started again and again.

    It writes to its log file itself, not through a pipe: a supervisor that hangs never blocks it.
    """

    def __init__(
        self,
        name: str,
        command: str,
        *,
        environment: Mapping[str, str],
        log_dir: Path,
        stop_signal: int = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.command = command
        self.stop_signal = stop_signal
        self.environment = environment
        self.log = log_dir / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.read_to = 0
        self.log_start = 0  # where the log of the present run of it begins

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.read_to = self.log_start = log.tell()
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {self.command}"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - whoever starts children has one thread
            )
        self.started = time.monotonic()

    def send(self, signum: int, *, to_group: bool = False) -> None:
        """Signal the process, or with it everything it has started, even when it is dead itself."""
        if self.process is None:
            return
        try:
            (os.killpg if to_group else os.kill)(self.process.pid, signum)
        except ProcessLookupError:
            pass

    def wait(self, seconds: float) -> bool:
        """True when it has ended within that time."""
        if self.process is None:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float) -> bool:
        """Ask it to end, and end it with all that it has started; False when it had to be killed."""
        self.send(self.stop_signal)
        has_ended = self.wait(seconds)
        self.send(signal.SIGKILL, to_group=True)
        self.wait(seconds)
        return has_ended

    def read_news(self) -> list[str]:
        """The whole lines written to the log since the last call or start."""
        with self.log.open("rb") as log:
            log_size = log.seek(0, os.SEEK_END)
            if log_size < self.read_to:  # somebody else has cut it
                self.read_to = self.log_start = 0
            log.seek(self.read_to)
            news = log.read()
        whole = news[: news.rfind(b"\n") + 1]
        self.read_to += len(whole)
        if log_size > LOG_BYTES:
            self.rotate_log()
        return whole.decode(errors="replace").splitlines()

    def rotate_log(self) -> None:
        """Keep one older file. The process goes on appending to the same file, from its new beginning."""
        shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
        os.truncate(self.log, 0)
        self.read_to = self.log_start = 0
