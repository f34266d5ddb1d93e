"""The drill of docs/deploy.md, as it stands there: a shop that sells is copied, restored elsewhere, and found whole."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from config.processes import BASE_DIR
from tests.behind_nginx import missing_programs
from tests.own_database import own_database
from tests.processes import Shop, open_shop, run_python

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

ORDERS = 3
READ_SOLD = (
    "from orders.models import Order;"
    "print(*Order.objects.filter(paid_at__isnull=False).values_list('number', flat=True))"
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with own_database() as env, open_shop("redis", "relay", env=env) as shop:
        yield shop


def read_drill(program: str) -> list[str]:
    """The commands of the block that needs that program, each in a line."""
    _before, _, text = (BASE_DIR / "docs" / "deploy.md").read_text().partition("\n## Backup")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    [drill] = [block for block in blocks if re.search(rf"^{program}\b", block, re.MULTILINE)]
    return str(drill).splitlines()


def read_address(shop: Shop) -> str:
    """Of its database on PostgreSQL; nothing for a shop on SQLite."""
    address = shop.environment["DATABASE_URL"]
    return address if address.startswith("postgres") else ""


def adapt(line: str, shop: Shop) -> str:
    """The line for this shop: its folder, its database, its Python."""
    line = line.replace(".venv/bin/python manage.py", f"{sys.executable} {BASE_DIR / 'manage.py'}")
    line = line.replace("/var/lib/concoct", str(shop.var_dir))
    if address := read_address(shop):
        line = line.replace("postgres:///concoct_drill", f"{address}_drill")
        line = re.sub(
            r"\bconcoct(_drill)?(?=\s|$)", lambda found: urlsplit(address).path[1:] + (found[1] or ""), line
        )
    return line


def make_environment(shop: Shop) -> dict[str, str]:
    """What the programs of the database read; the drill says by itself which database the shop is to look at."""
    address = urlsplit(read_address(shop))
    names = {"PGHOST": address.hostname, "PGUSER": address.username, "PGPASSWORD": address.password}
    given = {name: unquote(value) for name, value in names.items() if value}
    given |= {"PGPORT": str(address.port)} if address.port else {}
    return {name: value for name, value in shop.environment.items() if name != "DATABASE_URL"} | given


def run(line: str, shop: Shop, folder: Path) -> str:
    done = subprocess.run(
        ["/bin/sh", "-ec", line],
        cwd=folder,
        env=make_environment(shop),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_what_was_sold_is_there_again_after_a_backup_is_restored(shop: Shop, tmp_path: Path) -> None:
    program = "pg_dump" if read_address(shop) else "sqlite3"
    if missing_programs(program):
        pytest.skip(f"not on this machine: {program}")
    drill = [line for line in read_drill(program) if not line.startswith("dropdb")]
    sold = set(run_python("-m", "tests.examples.buying", str(ORDERS), environment=shop.environment).split())
    selling = subprocess.Popen(
        [sys.executable, "-m", "tests.examples.buying", "1000"],
        cwd=BASE_DIR,
        env=shop.environment,
        stdout=subprocess.PIPE,
    )
    try:
        assert selling.stdout is not None
        sold.add(selling.stdout.readline().decode().strip())
        said = "".join(run(adapt(line, shop), shop, tmp_path) for line in drill)
    finally:
        selling.kill()
        selling.communicate()

    settings = drill[-1].partition(" ")[0]
    kept = run(
        adapt(f'{settings} .venv/bin/python manage.py shell --no-imports -c "{READ_SOLD}"', shop),
        shop,
        tmp_path,
    )
    assert len(sold) == ORDERS + 1
    assert sold <= set(kept.split())
    assert said.splitlines()[:-1] == ([] if program == "pg_dump" else ["ok"])  # and no broken reference
    assert "invariants hold" in said
