"""The shop's own Redis listens where a socket's name fits, and only its owner may reach it."""

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.processes import Child, make_environment
from tests.processes import START_SECONDS, run_python

PRINT_SOCKET = "from django.conf import settings; print(settings.REDIS_SOCKET)"


@pytest.fixture
def deep_folder(tmp_path: Path) -> Path:
    folder = tmp_path / ("deep" * 25) / "var"
    folder.mkdir(parents=True)
    return folder


def find_socket(var_dir: Path) -> Path:
    environment = make_environment(var_dir=var_dir, port=8000, redis_url="")
    del environment["REDIS_URL"]
    return Path(run_python("-c", PRINT_SOCKET, environment=environment).strip())


@pytest.fixture
def socket(deep_folder: Path) -> Iterator[Path]:
    path = find_socket(deep_folder)
    yield path
    path.unlink(missing_ok=True)
    path.parent.rmdir()


def test_it_is_under_the_folder_of_the_shop(tmp_path: Path) -> None:
    assert find_socket(tmp_path) == tmp_path / "redis.sock"


def test_a_deep_folder_has_a_short_private_one_elsewhere(deep_folder: Path, socket: Path) -> None:
    assert len(str(socket)) < 100
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert find_socket(deep_folder) == socket


def test_the_server_answers_there_and_keeps_nothing_on_disk(deep_folder: Path, socket: Path) -> None:
    environment = make_environment(var_dir=deep_folder, port=8000, redis_url=f"unix://{socket}")
    child = Child("redis", "python -m config.redis", environment=environment, log_dir=deep_folder)
    child.start()
    deadline = time.monotonic() + START_SECONDS
    while not socket.exists():
        assert child.is_alive, child.log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)

    with redis.Redis.from_url(f"unix://{socket}") as client:
        assert client.ping()
        assert client.config_get("save", "appendonly", "port") == {
            "save": "",
            "appendonly": "no",
            "port": "0",
        }
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700

    child.send(15)
    assert child.wait(START_SECONDS)
