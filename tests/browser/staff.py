"""Staff who change what a running shop sells while somebody is buying.

They sit in a process of their own that stays open, because each start of Django takes seconds:

    with open_staff(shop) as staff:
        staff.forbid("lift", "coil", "They curdle")
        ...
        staff.allow_again()
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator

from config.processes import BASE_DIR
from tests.processes import Shop

DONE = "done"


class Staff:
    """Each change is published when its call returns."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def set_price(self, size: str, price: int) -> None:
        """Of a size of shampoo, in minor units."""
        self._ask("set_price", size, price)

    def forbid(self, one: str, other: str, reason: str) -> None:
        """Never two components of shampoo together."""
        self._ask("forbid", one, other, reason)

    def allow_again(self) -> None:
        """Take back what was forbidden."""
        self._ask("allow_again")

    def _ask(self, change: str, *values: str | int) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([change, *values]) + "\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == DONE, f"{change} failed"


@contextlib.contextmanager
def open_staff(shop: Shop) -> Iterator[Staff]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.browser.staff"],
        cwd=BASE_DIR,
        env=shop.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Staff(process)  # leaving closes its input, and so ends it


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from configurator.models import Size
    from tests.configurator.drafts import make_rule, publish, shampoo

    for line in sys.stdin:
        change, *values = json.loads(line)
        if change == "set_price":
            Size.objects.filter(recipe=shampoo(), slug=values[0]).update(price=values[1])
        elif change == "forbid":
            make_rule("forbidden", left=[values[0]], right=[values[1]], reason=values[2])
        elif change == "allow_again":
            shampoo().rules.filter(slug="forbidden").delete()
        else:
            raise ValueError(change)
        publish()
        print(DONE, flush=True)


if __name__ == "__main__":
    main()
