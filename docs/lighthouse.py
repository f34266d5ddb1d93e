"""Lets Lighthouse judge home, mixer and checkout of a running shop: `make lighthouse` (needs Node.js and Chromium).

Writes docs/lighthouse.md, with how soon pages answer a finger. Scores are out of 100; performance is
Lighthouse's own simulated slow 4G phone.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from docs.interactions import Measured, find_chromium, measure_interactions, write_section
from tests.browser.looking import CHROMIUM_FLAGS
from tests.processes import Shop, open_shop

LIGHTHOUSE = "lighthouse@12.8.2"  # the newest that runs on Node.js 20
REPORT = Path(__file__).parent / "lighthouse.md"
MIX = {"recipe": "shampoo", "base": "warm-hearth", "main": "mend", "second": "quench", "size": "250ml"}
CATEGORIES = ("performance", "accessibility", "best-practices")
FIGURES = {
    "largest-contentful-paint": "LCP",
    "cumulative-layout-shift": "CLS",
    "total-blocking-time": "blocked",
    "total-byte-weight": "bytes",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One page: its scores by category, and figures as Lighthouse writes them."""

    name: str
    scores: dict[str, int]
    figures: dict[str, str]


def judge(name: str, url: str, *, cookie: str, chromium: str, folder: Path) -> Judged:
    """Run Lighthouse on one page; raises CalledProcessError with what it printed."""
    report = folder / f"{name}.json"
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--chrome-flags=--headless {' '.join(CHROMIUM_FLAGS)}"]
    if cookie:
        command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"]
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": chromium})
    found: dict[str, Any] = json.loads(report.read_text())
    return Judged(
        name,
        {each: round(found["categories"][each]["score"] * 100) for each in CATEGORIES},
        {label: found["audits"][audit].get("displayValue", "") for audit, label in FIGURES.items()},
    )


def fill_basket(shop: Shop) -> str:
    """The cookies of a guest with one bottle in her basket."""
    with httpx.Client(base_url=shop.url) as client:
        client.post("/basket/add", data=MIX, headers={"Origin": shop.url})
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def write_report(pages: list[Judged], interactions: list[Measured]) -> None:
    lines = [
        "# Lighthouse",
        "",
        f"`make lighthouse` on {datetime.now(tz=UTC):%d %B %Y}, {LIGHTHOUSE}, Debian's Chromium, a phone on slow 4G.",
        "",
        f"| page | {' | '.join(CATEGORIES)} | {' | '.join(FIGURES.values())} |",
        f"| --- |{' ---: |' * (len(CATEGORIES) + len(FIGURES))}",
    ]
    for page in pages:
        cells = [*map(str, page.scores.values()), *page.figures.values()]
        lines.append(f"| {page.name} | {' | '.join(cells)} |".replace("\xa0", " "))
    lines += ["", *write_section(interactions)]
    REPORT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def main() -> None:
    chromium = find_chromium()
    if chromium is None or shutil.which("npx") is None:
        sys.exit("This needs Chromium (`make browser` installs it on Debian) and Node.js with npx.")
    with open_shop("redis", "web") as shop, tempfile.TemporaryDirectory() as folder:
        cookie = fill_basket(shop)
        pages = {"home": ("/", ""), "mixer": ("/mix/shampoo/", ""), "checkout": ("/checkout", cookie)}
        judged = [
            judge(name, shop.url + path, cookie=sent, chromium=chromium, folder=Path(folder))
            for name, (path, sent) in pages.items()
        ]
        interactions = measure_interactions(shop, chromium=chromium)
    write_report(judged, interactions)


if __name__ == "__main__":
    main()
