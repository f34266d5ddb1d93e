"""Labels as a browser draws them, in whatever font it has: nothing on anything else, and the code can be read."""

from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import sync_playwright

from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from orders.labels.content import read_label
from orders.labels.drawing import draw_label
from orders.labels.layout import lay_out
from tests.browser.looking import CHROMIUM_FLAGS, find_chromium
from tests.orders.labels.made import job_of

pytestmark = pytest.mark.slow

# For each drawing: the texts that stand on other texts, on the code or on the jar, or outside of it.
FAULTS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const {width, height} = svg.viewBox.baseVal;
    const own = [...svg.querySelectorAll('g > text')].filter(text => !text.parentNode.hasAttribute('transform'));
    const others = [svg.querySelector('[data-is=code]'), ...svg.querySelectorAll('g[transform]')].filter(Boolean);
    const box = shape => {
        const b = shape.getBBox(), m = shape.transform.baseVal.consolidate();
        const [x, y] = m ? [m.matrix.e, m.matrix.f] : [0, 0];
        if (shape.tagName === 'text') {  // its box is rounded to pixels: letters take .93 above and .24 below
            const size = parseFloat(shape.getAttribute('font-size'));
            b.x = parseFloat(shape.getAttribute('x')), b.width = shape.getComputedTextLength();
            b.y = parseFloat(shape.getAttribute('y')) - .93 * size, b.height = 1.17 * size;
        }
        return {shape, left: b.x + x, top: b.y + y, right: b.x + x + b.width, bottom: b.y + y + b.height};
    };
    const texts = own.map(box), all = texts.concat(others.map(box)), faults = [];
    const say = text => text.shape.textContent || text.shape.dataset.is;
    texts.forEach((a, i) => {
        if (a.left < 2.9 || a.right > width - 2.9 || a.top < 2.5 || a.bottom > height - 2)
            faults.push('outside: ' + say(a));
        for (const b of all.slice(i + 1))
            if (a.left < b.right - .01 && b.left < a.right - .01 && a.top < b.bottom - .01 && b.top < a.bottom - .01)
                faults.push(say(a) + ' on ' + say(b));
    });
    return faults;
})"""
SIZES = """() => [...document.querySelectorAll('text')].map(text => parseFloat(getComputedStyle(text).fontSize))"""


@pytest.fixture
def drawings(catalogue: RecipeVersion) -> dict[str, str]:
    """Address on the code -> drawing: every mix in the smallest and the usual bottle, and names that are hard."""
    wanted: list[Any] = [
        (mix, size, "Ada") for mix in mixer_for(catalogue).mixes() for size in ("50ml", "250ml")
    ]
    mix = wanted[0][0]
    wanted += [(mix, "50ml", name) for name in ("W" * 24, "नमस्ते दुनिया", "王" * 24, "Zoë & Ålesund, Œuvre")]
    labels = [read_label(job_of(catalogue, mix, size=size, name=name)) for mix, size, name in wanted]
    return {label.address: draw_label(lay_out(label)) for label in labels}


def test_every_label_fits_and_is_read_by_a_scanner(drawings: dict[str, str]) -> None:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("there is no Chromium on this machine (make browser installs one on Debian)")
    assert len(drawings) == 2 * 183 + 4

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page(device_scale_factor=4)  # about what a label printer has
        page.set_content("".join(drawings.values()))
        faults, sizes = page.evaluate(FAULTS), page.evaluate(SIZES)
        hard = [*list(drawings.items())[:2], *list(drawings.items())[-4:]]
        read = {}
        for address, drawing in hard:
            page.set_content(drawing)
            read[address] = page.locator("svg").screenshot()
        browser.close()

    assert faults == []
    assert min(sizes) >= 2.116  # millimetres: 6 pt
    for address, picture in read.items():
        image = Image.open(BytesIO(picture)).convert("L")
        assert [found.text for found in zxingcpp.read_barcodes(image)] == [address]
