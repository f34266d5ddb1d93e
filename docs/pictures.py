"""Takes the pictures of the README and of the guide for staff from a running shop: `make pictures`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from docs.staff_pictures import take_staff_pictures
from tests.browser.looking import CHROMIUM_FLAGS, find_chromium
from tests.processes import open_shop

FOLDER = Path(__file__).parent / "pictures"
PICTURES = {
    "home.png": ("/", 1280, 900, "light"),
    "mixer.png": ("/mix/shampoo/warm-hearth/mend/quench?label=Ada", 1280, 860, "light"),
    "mixer-dark-phone.png": ("/mix/shampoo/salt-meadow/mend/gleam", 390, 844, "dark"),
}


def take_pictures() -> None:
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium on this machine; `make browser` installs one on Debian.")
    FOLDER.mkdir(exist_ok=True)
    with open_shop("redis", "web") as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        for name, (path, width, height, scheme) in PICTURES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page.goto(shop.url + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / name)
            page.close()
        take_staff_pictures(browser, shop)
        browser.close()


if __name__ == "__main__":
    take_pictures()
