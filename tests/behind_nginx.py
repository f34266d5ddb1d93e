"""What docs/deploy has, for a shop on this machine: the settings that its units give, and its nginx.

That one has its own file, with other ports and a certificate of its own.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.processes import BASE_DIR, Child
from tests.processes import find_free_port

DEPLOY = BASE_DIR / "docs" / "deploy"
START_SECONDS = 30.0
STOP_SECONDS = 30.0
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
access_log off;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{config}
}}
"""


def missing_programs(*names: str) -> list[str]:
    return [name for name in names if shutil.which(name) is None]


def read_settings(service: Path, *, port: int) -> dict[str, str]:
    """What a unit gives the shop whatever stands in the file of settings: that wins over `Environment=`."""
    [command] = re.findall(r"^ExecStart=(.*)$", service.read_text().replace("%i", str(port)), re.MULTILINE)
    return dict(word.split("=", 1) for word in command.split() if "=" in word)


def write_nginx_config(
    folder: Path, *, plain: int, tls: int, pages: Sequence[int], fulfilment: Sequence[int]
) -> Path:
    """A file that `nginx -c` takes, listening on `plain` and `tls`, with the ports of the two groups of each kind."""
    make_certificate(folder)
    config = (DEPLOY / "nginx.conf").read_text()
    ports = {80: plain, 443: tls, **dict(zip((8000, 8002, 8001, 8003), (*pages, *fulfilment), strict=True))}
    config = re.sub(r"^ *listen \[::\].*\n", "", config, flags=re.MULTILINE)
    config = re.sub(r"listen (\d+)", lambda found: f"listen 127.0.0.1:{ports[int(found[1])]}", config)
    config = re.sub(
        r"server 127\.0\.0\.1:(\d+)", lambda found: f"server 127.0.0.1:{ports[int(found[1])]}", config
    )
    config = config.replace("/etc/letsencrypt/live/shop.example", str(folder))
    config = config.replace("Host $host;", "Host $http_host;")  # here the port is not the usual one
    path = folder / "nginx.conf"
    path.write_text(AROUND.format(folder=folder, config=config))
    return path


def make_certificate(folder: Path) -> None:
    files = "-keyout privkey.pem -out fullchain.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 {files}"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


@contextlib.contextmanager
def open_nginx(*, tls: int, pages: Sequence[int], fulfilment: Sequence[int]) -> Iterator[None]:
    """It answers on port `tls` when this begins, whether or not there is anything behind it."""
    with tempfile.TemporaryDirectory(prefix="concoct-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its workers run as another user
        config = write_nginx_config(
            folder, plain=find_free_port(), tls=tls, pages=pages, fulfilment=fulfilment
        )
        nginx = Child(
            "nginx", f"nginx -p {folder} -c {config}", environment=os.environ, log_dir=folder / "log"
        )
        nginx.start()
        try:
            _await_port(tls, nginx)
            yield
        finally:
            nginx.stop(STOP_SECONDS)


def _await_port(port: int, child: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if not child.is_alive or time.monotonic() > deadline:
                raise RuntimeError(child.log.read_text(errors="replace")[-2000:]) from error
            time.sleep(0.05)
        else:
            return
