"""Processes that race: Django starts once, and they are forked from there before anything is connected.

A module of racers ends with `fork_racers`; a test lets it run by `race_processes`.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings

READY = "there\n"
START = "start"  # the file that they wait for
MOST_SECONDS = 600.0

Racer = Callable[
    [Callable[[], None]], None
]  # it calls what it is given when it is ready, which returns at the start


def race_processes(
    module: str, names: Sequence[str], *words: str, url: str, folder: Path
) -> dict[str, list[str]]:
    """What each of the racers has printed, line by line; all of them end well. They work on the database at `url`."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "VAR_DIR": str(folder),
    }
    command = [sys.executable, "-m", module, str(folder), *words, *names]
    with subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _name in names]
        (folder / START).touch()
        try:
            process.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert said == [READY] * len(names)
    assert process.returncode == 0
    return {name: (folder / name).read_text().splitlines() for name in names}


def fork_racers(folder: Path, racers: Mapping[str, Racer]) -> int:
    """Run each in a process of its own, and give 0 if all have ended well."""
    forking = get_context("fork")
    processes = [forking.Process(target=_run, args=(folder, name, race)) for name, race in racers.items()]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return int(any(process.exitcode for process in processes))


def _run(folder: Path, name: str, race: Racer) -> None:
    """What it prints goes to the file of its name."""

    def wait_for_start() -> None:
        os.write(1, READY.encode())
        while not (folder / START).exists():
            time.sleep(0.001)

    with (folder / name).open("w") as said, contextlib.redirect_stdout(said):
        race(wait_for_start)
