"""A staff member cannot hurt the shop on a Friday afternoon: every step of it in a browser, none of it a dead end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from staff.roles import FORMULATOR
from tests.browser.friday import walk
from tests.browser.looking import SIDEWAYS, find_violations
from tests.browser.signing_in import signed_in
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop("redis", "web") as opened:
        yield opened


def test_a_wrong_rule_is_stopped_mended_published_and_taken_back(browser: Browser, shop: Shop) -> None:
    complaints: list[str] = []
    violations: dict[str, list[str]] = {}
    too_wide: list[str] = []
    with signed_in(browser, shop, complaints=complaints, name="frieda", role=FORMULATOR) as page:
        for step, shown in walk(page):
            violations[step] = find_violations(shown)
            shown.set_viewport_size(PHONE)
            if shown.evaluate(SIDEWAYS):
                too_wide.append(step)
            shown.set_viewport_size(DESK)

    assert len(violations) == 11
    assert {step: found for step, found in violations.items() if found} == {}
    assert too_wide == []
    assert complaints == []
