"""How a member of the staff writes a rule on the desk of a recipe."""

from playwright.sync_api import Page, expect


def tick(page: Page, side: str, name: str) -> None:
    """A component on one side of the sentence; once more takes it away."""
    page.locator(f".rule-editor label:has([name={side}])").get_by_text(name, exact=True).click()


def say_why(page: Page, reason: str) -> None:
    """What shoppers read."""
    page.get_by_label("because").fill(reason)


def save_rule(page: Page) -> None:
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
