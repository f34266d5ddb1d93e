"""The nginx of docs/deploy for a shop on this machine: its own file, with other ports and a certificate of its own."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from config.processes import BASE_DIR

DEPLOY = BASE_DIR / "docs" / "deploy"
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


def write_nginx_config(folder: Path, *, plain: int, tls: int, pages: Sequence[int], fulfilment: int) -> Path:
    """A file that `nginx -c` takes, listening on `plain` and `tls`; `pages` are the ports of the two groups."""
    make_certificate(folder)
    config = (DEPLOY / "nginx.conf").read_text()
    ports = {80: plain, 443: tls, 8000: pages[0], 8002: pages[1], 8001: fulfilment}
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
