"""The mixer as HTML, drawn once for each state and remembered while all that it depends on is the same."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.mixer_page import MixerPage
from configurator.mixing.spec import Spec
from configurator.shop import shop_words

PAGE, CHOICE = "configurator/_mixer.html", "configurator/_choice.html"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page's title, product, style rules and body; for a choice the body is the answer to it."""

    title: str
    product: str
    paints: SafeString
    html: SafeString


def draw(
    spec: Spec, *, template: str, depends_on: tuple[object, ...], build: Callable[[], MixerPage]
) -> Drawn:
    """The drawn page, from memory if it has been drawn for the same things before.

    `depends_on` is all that `build` works from, as values whose `repr` tells them apart: the page is remembered under
    them and under the language.
    """
    key = sha256(repr((template, get_language(), depends_on)).encode()).hexdigest()
    kept = caches["pages"].get(key)
    if isinstance(kept, Drawn):
        return kept
    drawn = _draw(spec, build(), template=template)
    if not settings.DEBUG:
        caches["pages"].set(key, drawn)
    return drawn


def _draw(spec: Spec, page: MixerPage, *, template: str) -> Drawn:
    title = page.name if page.state.mix else _("Mix your %(name)s") % {"name": spec.name.lower()}
    context = {"page": page, "spec": spec, **shop_words()}
    return Drawn(
        title=title,
        product=spec.name,
        paints=render_to_string("configurator/_paints.html", context) if page.paints else SafeString(""),
        html=render_to_string(template, context),
    )
