"""The files of docs/deploy: systemd and nginx take them, and the shop takes the settings that they give it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.processes import BASE_DIR, read_procfile
from tests.behind_nginx import DEPLOY, missing_programs, read_settings, write_nginx_config
from tests.processes import find_free_port, make_settings

GUIDE = BASE_DIR / "docs" / "deploy.md"
SERVICES = sorted(DEPLOY.glob("*.service"))


def needs(*programs: str) -> None:
    if missing := missing_programs(*programs):
        pytest.skip(f"not on this machine: {', '.join(missing)}")


def test_nginx_knows_each_group_that_the_target_starts() -> None:
    target, nginx = ((DEPLOY / name).read_text() for name in ("concoct.target", "nginx.conf"))

    for upstream, service in (("concoct_pages", "concoct-web"), ("concoct_fulfilment", "concoct-fulfilment")):
        [servers] = re.findall(rf"^upstream {upstream} {{\n(.*?)^}}", nginx, re.MULTILINE | re.DOTALL)
        ports = re.findall(r"server 127\.0\.0\.1:(\d+) ", servers)
        assert ports == re.findall(rf"{service}@(\d+)\.service", target)
        assert len(ports) == 2  # while one is restarted, the other is there


def test_an_upgrade_restarts_each_part_that_the_target_starts() -> None:
    target, guide = (DEPLOY / "concoct.target").read_text(), GUIDE.read_text()
    [block] = re.findall(r"^```\nfor unit in (.*?)^```", guide, re.MULTILINE | re.DOTALL)

    assert sorted(re.findall(r"concoct-[\w@]+", block)) == sorted(
        re.findall(r"(concoct-[\w@]+)\.service", target)
    )


def test_the_guide_sets_what_the_shop_reads_and_asks_for_logs_that_programs_read() -> None:
    [block] = re.findall(r"^```\n(BASE_URL=.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    given = dict(re.findall(r"^(\w+)=(.*)$", block, re.MULTILINE))
    known = set(re.findall(r"^(?:# )?([A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))

    assert given["LOG_FORMAT"] == "json"
    assert given.keys() <= known


def test_the_guide_names_commands_that_there_are() -> None:
    named = set(re.findall(r"manage\.py (\w+)", GUIDE.read_text()))

    assert "begin_feed_anew" in named
    assert named <= get_commands().keys()


@pytest.mark.parametrize(("given", "host"), [({}, "127.0.0.1"), ({"WEB_HOST": "10.0.0.2"}, "10.0.0.2")])
def test_a_web_group_listens_to_this_machine_alone_unless_told(given: dict[str, str], host: str) -> None:
    command = read_procfile()["web"].replace("python -m granian", "echo")

    done = subprocess.run(["/bin/sh", "-c", command], env=given, capture_output=True, text=True, check=True)

    assert f"--host {host} --port 8000 " in done.stdout


def test_each_service_becomes_a_process_of_the_procfile_and_the_target_starts_it() -> None:
    wanted = re.findall(r"concoct-[\w@.]+service", (DEPLOY / "concoct.target").read_text())

    assert {re.sub(r"@\d+", "@", name) for name in wanted} == {service.name for service in SERVICES}
    for service in SERVICES:
        [name] = re.findall(
            r"^ExecStart=.*?/opt/concoct/bin/process (\w+)$", service.read_text(), re.MULTILINE
        )
        assert name in read_procfile()


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_nothing_of_a_service_can_be_overruled_by_the_file_of_settings(service: Path) -> None:
    given = re.findall(r"^Environment=(\w+)=", service.read_text(), re.MULTILINE)

    assert given == ["PATH"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_asked_to_stop_by_its_first_process_alone(service: Path) -> None:
    """Which tells its children, once they have ended what they are at."""
    assert "KillMode=mixed" in service.read_text().splitlines()


def test_most_threads_of_the_fulfilment_api_may_wait_and_each_has_a_connection() -> None:
    given = read_settings(DEPLOY / "concoct-fulfilment@.service", port=8001)
    threads, places, pool = (
        int(given[name]) for name in ("WEB_THREADS", "WAITING_PLACES", "DATABASE_POOL_MAX")
    )

    assert threads / 2 < places < threads <= pool


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_the_shop_opens_with_the_settings_of_each_service(service: Path, tmp_path: Path) -> None:
    environment = make_settings(tmp_path, port=8000, extra=read_settings(service, port=8001))
    checked = [sys.executable, "-c", "from config import settings; print(settings.WAITING_PLACES)"]

    done = subprocess.run(checked, env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == environment.get("WAITING_PLACES", "1")


def test_systemd_finds_nothing_amiss_in_the_units(tmp_path: Path) -> None:
    needs("systemd-analyze")
    for unit in (*SERVICES, DEPLOY / "concoct.target"):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/concoct", str(BASE_DIR)))
    names = [service.name.replace("@", "@8000") for service in SERVICES]

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names, "concoct.target"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    complaints = [line for line in done.stderr.splitlines() if "concoct" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    needs("nginx", "openssl")
    config = write_nginx_config(
        tmp_path,
        plain=find_free_port(),
        tls=find_free_port(),
        pages=(8000, 8002),
        fulfilment=(8001, 8003),
    )

    done = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(config)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
