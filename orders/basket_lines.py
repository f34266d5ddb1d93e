"""What a line of a basket holds under today's rules and prices: a mix put in, another in its place, a new price."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from configurator.bench import Bench, missing
from configurator.mix_address import MixState, read_state
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from orders import baskets
from orders.baskets import Content, content_of
from orders.line_check import check_line
from orders.models import BasketLine


def content_for(
    version: RecipeVersion, state: MixState, *, bench: Bench, avoid: Collection[str]
) -> Content | None:
    """What a line with this state would hold; None for what is not complete, offered, printable and makeable.

    `version` is the one on sale; `avoid` counts beside what the state itself leaves out.
    """
    mixer = mixer_for(version)
    if state.gone or state.label_error or not mixer.is_complete(state.mix):
        return None
    known = mixer.known_avoid([*avoid, *state.avoid])
    out = missing(bench, mixer.spec, state.size)
    verdict = mixer.check(state.mix, size=state.size, avoid=known, out=out)
    if not verdict.makeable:
        return None
    return Content(
        version=version,
        mix=state.mix,
        size=state.size.slug,
        unit_price=verdict.price,
        label_name=state.label_name,
    )


def edit(line: BasketLine, content: Content, *, now: datetime) -> None:
    """Other content in a line's place; its quantity and its gift tick stay."""
    kept = replace(content, quantity=line.quantity, is_gift=line.is_gift)
    baskets.change_line(line, kept, now=now)


def swap(
    line: BasketLine,
    path: str,
    *,
    price: str,
    version: RecipeVersion,
    bench: Bench,
    avoid: Collection[str],
    now: datetime,
) -> bool:
    """Another mix in a line's place, of the same size and name, at the price (minor units) that a button said.

    `path` is the mix as addresses have it. False, and nothing changed, if it cannot be made or that is not the price.
    """
    state = read_state(mixer_for(version), choices=path, query={"size": line.size})
    content = content_for(version, state, bench=bench, avoid=avoid)
    if content is None or content.size != line.size or price != str(content.unit_price):
        return False
    edit(line, replace(content, label_name=line.label_name), now=now)
    return True


def agree(
    line: BasketLine,
    *,
    price: str,
    version: RecipeVersion,
    bench: Bench,
    avoid: Collection[str],
    now: datetime,
) -> bool:
    """Take a line at the price (minor units) that a button said; False, and nothing changed, if it is not the price."""
    standing = check_line(line, version, bench=bench, avoid=avoid)
    if standing.problems or standing.price is None or price != str(standing.price):
        return False
    baskets.agree(line, version=version, unit_price=standing.price, now=now)
    return True


def removed_values(line: BasketLine) -> dict[str, object]:
    """What it takes to put a removed line back, fit for a session."""
    return {"pk": line.pk, "values": content_of(line).values()}
