"""What a page must still show when the reader's system takes its colours away (forced colours, high contrast)."""

from pathlib import Path

from playwright.sync_api import Page

FIND_UNSEEN = Path(__file__).with_suffix(".js").read_text()


def find_unseen(page: Page) -> list[str]:
    """Controls without edge, underline or mark, states that only a colour tells, and focus without a ring.

    Each state is switched off and on in place: lines, weight, marks or drawing must change with it. Links in a
    colour of their own count as told, for the reader's system gives them one; the shop's name at the top looks the
    same on its own page in any colours. A key is pressed first, so that focus is that of a keyboard.
    """
    page.emulate_media(forced_colors="active")
    page.keyboard.press("Tab")
    found: list[str] = page.evaluate(FIND_UNSEEN)
    return found
