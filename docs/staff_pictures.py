"""Takes the pictures of the guide for staff from a running shop: `make pictures` calls it.

Order numbers are made up and days are moved to one week, so that a picture changes only when its page does.
"""

import io
import re
import sys
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path

from django_otp.oath import TOTP
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.friday import walk
from tests.browser.signing_in import PASSWORD, enter_password, signed_in
from tests.processes import Shop

Shown = Page | Locator

FOLDER = Path(__file__).parent / "pictures" / "staff"
WINDOW: ViewportSize = {"width": 1280, "height": 620}
WIDEST, TALLEST, COLOURS = 1000, 1400, 96  # pixels, but for the last
FRIDAY = (
    "signed-in", "wrong-rule", "stopped", "still-stopped", "mended-rule", "preview", "published", "in-the-shop",
    "taking-back", "taken-back", "in-the-shop-again",
)  # fmt: skip
GUIDE = (
    "set-up", "backup-codes", "today", "component", "desk", "rule", "space", "publish", "bench", "weigh",
    "send", "orders", "order", "timeline", "history", "roles", "lost-phone",
)  # fmt: skip
NAMES = (*GUIDE, *(f"friday-{step}" for step in FRIDAY))

WORK = """
from datetime import timedelta
from django.contrib.auth.models import Group, User
from django.utils import timezone
from orders.models import Job, Order
from tests.orders.make import make_job
mixes = [("warm-hearth", "mend", "quench"), ("salt-meadow", "gleam", "lift"), ("orchard-rain", "calm", "calm")]
for i, (name, mix) in enumerate(zip(("Zelda", "Mira", "Tom"), mixes)):
    job = make_job(label_name=name, mix=dict(zip(("base", "main", "second"), mix)))
    Order.objects.filter(pk=job.order_id).update(number=f"ALEMB1CR0{i}")
    if not i:
        Job.objects.filter(pk=job.pk).update(promised_on=timezone.localdate() - timedelta(days=2))
olive = User.objects.create_user("olive", password="PASSWORD", is_staff=True)
olive.groups.add(Group.objects.get(name="Owner"))
""".replace("PASSWORD", PASSWORD)

STEADY = """() => {
  if (document.body.dataset.steady) return;  // a page is shown from more than one side
  document.body.dataset.steady = "yes";
  const day = 864e5, months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "), now = new Date();
  const long = (date) => date.toLocaleString("en-GB", { month: "long", timeZone: "UTC" });
  const weeks = Math.round((Date.UTC(2030, 0, 14) - now) / day / 7) * 7 * day;
  const moved = (text, d, month, year) => {
    const at = months.indexOf(month.slice(0, 3));
    if (at < 0) return text;
    const to = new Date(Date.UTC(year ?? now.getUTCFullYear(), at, d) + weeks);
    const name = month.length > 3 ? long(to) : months[to.getUTCMonth()];
    return `${to.getUTCDate()} ${name}` + (year ? ` ${to.getUTCFullYear()}` : "");
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue;
    const steady = text.replace(/\\b(\\d{1,2}) ([A-Z][a-z]{2,8})(?: (\\d{4}))?\\b/g, moved)
      .replace(/\\b\\d{1,2}:\\d{2}(?= [ap]\\.m\\.)/g, "10:00")
      .replace(/\\b\\d{2}:\\d{2}(:\\d{2})?\\b/g, "10:00");
    if (steady !== text) walker.currentNode.nodeValue = steady;
  }
}"""


def take_staff_pictures(browser: Browser, shop: Shop) -> None:
    """Every picture of `NAMES`, and no other; the folder holds nothing else afterwards."""
    shop.manage("shell", "-v0", "-c", WORK)
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = []
    for name, shown in every_step(browser, shop):
        save(name, shown)
        taken.append(name)
    if tuple(taken) != NAMES:
        sys.exit(f"NAMES does not say what was taken: {taken}")
    for picture in FOLDER.glob("*.png"):
        if picture.stem not in NAMES:
            picture.unlink()


def save(name: str, shown: Shown) -> None:
    """A page from its top, or a part of one, as a small PNG."""
    page = shown if isinstance(shown, Page) else shown.page
    page.wait_for_load_state("networkidle")
    page.evaluate(STEADY)
    picture = page.screenshot(full_page=True) if isinstance(shown, Page) else shown.screenshot()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
    image.thumbnail((WIDEST, TALLEST))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def every_step(browser: Browser, shop: Shop) -> Iterator[tuple[str, Shown]]:
    """The names of the pictures in the order of the guide, each with what to take."""
    yield from first_sign_in(browser, shop)
    complaints: list[str] = []
    with signed_in(browser, shop, complaints=complaints, name="greta") as page:
        tidy(page)
        yield "today", page
        yield from recipes(page)
        yield from at_the_bench(page)
        yield from care(page)
        yield from people(page)
    with signed_in(browser, shop, complaints=complaints, name="frieda", role="Formulator") as page:
        tidy(page)
        for step, shown in walk(page):
            yield f"friday-{step}", shown.locator(".rule-editor") if step.endswith("-rule") else shown
    if complaints:
        sys.exit("\n".join(complaints))


def tidy(page: Page) -> None:
    """A low window with the list of pages folded away."""
    page.set_viewport_size(WINDOW)
    page.evaluate("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")
    page.reload()


def first_sign_in(browser: Browser, shop: Shop) -> Iterator[tuple[str, Shown]]:
    context = browser.new_context(base_url=shop.url, viewport=WINDOW)
    page = context.new_page()
    page.goto("/admin/")
    enter_password(page, "olive")
    key = b32decode(page.locator(".key").inner_text().replace(" ", ""))
    yield "set-up", page
    page.locator("#id_code").fill(f"{TOTP(key).token():06d}")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".codes")).to_be_visible()
    yield "backup-codes", page
    context.close()


def recipes(page: Page) -> Iterator[tuple[str, Shown]]:
    page.goto("/admin/configurator/component/add/")
    page.locator(".field-family .select2-selection").click()
    page.locator(".select2-results__option", has_text=re.compile("^Super-shots$")).click()
    page.locator("#id_name").press_sequentially("Dusk")
    page.locator("#id_tagline").fill("A calm end of the day")
    page.locator("#id_colour").fill("#334455")
    page.locator(".select2-container").first.focus()
    yield "component", page.locator("#content")
    page.goto("/admin/configurator/recipe/1/desk/")
    yield "desk", page
    for side, name in (("left", "Lift"), ("right", "Calm")):
        boxes = page.locator(f".rule-editor label:has([name={side}])")
        boxes.get_by_text(name, exact=True).click()
    page.get_by_label("because").fill("Calm weighs down what Lift lifts")
    expect(page.locator("#effect")).to_contain_text("Removes 8 of 256 mixes")
    yield "rule", page.locator(".rule-editor")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    yield "space", page.locator(".fits:has(.space)").first
    page.get_by_role("link", name="Preview and publish").click()
    page.get_by_label("Why this change?").fill("Lift with Calm came back as flat")
    yield "publish", page
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def at_the_bench(page: Page) -> Iterator[tuple[str, Shown]]:
    page.goto("/admin/bench/")
    page.get_by_role("button", name="Take the next").click()
    yield "bench", page.locator("#main")
    page.locator(".bench table").first.locator("tbody a").first.click()
    page.get_by_role("button", name="Begin").click()
    for box in page.locator(".part [type=checkbox]").all():
        box.check()
    for i, field in enumerate(page.get_by_label(re.compile("^Lot of ")).all()):
        field.fill(f"L-{i + 1:02}")
    page.get_by_label("Batch").fill("B-0107")
    yield "weigh", page.locator("#main")
    page.get_by_role("button", name="It is made").click()
    page.get_by_role("link", name="Send it").click()
    page.get_by_label("Carrier").fill("Owl Post")
    page.get_by_label("Tracking number").fill("TR 1")
    yield "send", page.locator("#main")
    page.get_by_role("button", name="It is with the carrier").click()


def care(page: Page) -> Iterator[tuple[str, Shown]]:
    page.goto("/admin/orders/order/?q=Lovelace")
    yield "orders", page
    page.get_by_role("link", name="ALEMB1CR00").click()
    yield "order", page.locator(".care")
    yield "timeline", page.locator(".timeline")


def people(page: Page) -> Iterator[tuple[str, Shown]]:
    page.goto("/admin/configurator/component/?q=Lift")
    page.get_by_role("link", name="Lift", exact=True).click()
    page.locator("#id_tagline").fill("Body that lasts")
    page.get_by_label("Why this change?").fill("Shoppers asked how long it holds")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="History").click()
    yield "history", page.locator("section.change").first
    page.goto("/admin/auth/user/")
    yield "roles", page
    page.get_by_role("link", name="olive").click()
    page.get_by_role("link", name="Lost phone").click()
    yield "lost-phone", page
