"""Every page of the admin, read from its own list of addresses: no axe violation, nothing that the policy refuses.

Those that staff work on are looked at on a phone in the dark, too, and with the list of all pages beside them, which is
the same on the others.
What an owner is shown is opened; forms to add and delete and histories, which are alike, with `LONG=1` only.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from config.processes import BASE_DIR
from tests.browser.looking import bring_axe, find_violations, find_violations_in_both_looks
from tests.browser.signing_in import signed_in
from tests.length import LONG
from tests.processes import Shop, open_shop
from tests.staff.table import COLUMNS, read_table

pytestmark = pytest.mark.slow

ALIKE = ("_add", "_delete", "_history")
ONE_OF_EACH = {"configurator_rule_add", "configurator_rule_delete", "configurator_rule_history"}
NO_PAGES = {"jsi18n"}
WORKED_ON = {
    "index", "late", "insights", "bench", "bench_job", "bench_send", "orders_order_changelist", "orders_order_change",
    "orders_job_changelist", "orders_job_change", "configurator_recipe_desk", "configurator_recipe_publish",
    "configurator_recipe_compare", "configurator_component_changelist", "configurator_component_change",
    "configurator_component_history", "configurator_rule_history", "configurator_components_import",
    "configurator_component_lists", "staff_auditentry_changelist", "operations",
}  # fmt: skip
MORE = {"what a search finds": "/admin/orders/order/?q=mend"}
FOLD_THE_LIST_OF_PAGES = "localStorage.setItem('django.admin.navSidebarIsOpen', 'false')"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A shop without worker and relay: nothing moves on by itself while it is looked at."""
    with open_shop("redis", "web") as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(shop: Shop) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.prepare_staff_pages"],
        cwd=BASE_DIR, env=shop.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    kept = {
        n: path for n, path in found.items() if LONG or not n.endswith(ALIKE) or n in ONE_OF_EACH | WORKED_ON
    }
    shown = {name for name, answers in read_table().items() if answers[COLUMNS.index("Owner")] == 200}
    pages = {name: path for name, path in kept.items() if name in shown - NO_PAGES}
    return {name: path for name, path in pages.items() if not path.endswith("/export/")} | MORE


def test_no_page_of_the_staff_has_a_violation_or_breaks_the_content_policy(
    browser: Browser, shop: Shop, pages: dict[str, str]
) -> None:
    found, complaints = [], list[str]()
    with signed_in(browser, shop, complaints=complaints) as page:
        bring_axe(page.context)
        for name, path in sorted(pages.items(), key=lambda page: page[0] not in WORKED_ON):
            if name not in WORKED_ON:
                page.evaluate(FOLD_THE_LIST_OF_PAGES)
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, name
            wrong = (find_violations_in_both_looks if name in WORKED_ON else find_violations)(page)
            found += [f"{name}: {each}" for each in wrong]
        complained = [*complaints]  # not what a page says that is being closed

    assert not found, "\n".join(found)
    assert not complained, "\n".join(complained)
    assert len(pages) > 60
    assert pages.keys() >= WORKED_ON
