"""How a stored line stands under the version on sale now: its price, why it cannot be made, what would help."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from configurator.bench import Bench, missing
from configurator.mix_address import mix_path, read_state
from configurator.mixing.mixer import Mixer, UnknownChoiceError, Verdict
from configurator.mixing.price import unit_price
from configurator.mixing.spec import Size, Spec
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from configurator.wording import broken_texts, component_name, list_of, repair_text
from orders.models import BasketLine

MOST_REPAIRS = 3


@dataclass(frozen=True, slots=True)
class Repair:
    """A makeable mix near the one of a line, as addresses have it, and its price in minor units."""

    text: str
    path: str
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`price` in minor units, None for what cannot be priced; `problems` say why it cannot be ordered as it is.

    `address` leads to the mixer with what is still offered of it; empty when its recipe is no longer sold.
    """

    version: RecipeVersion | None
    price: int | None
    problems: tuple[str, ...]
    repairs: tuple[Repair, ...]
    address: str


def check_line(
    line: BasketLine, version: RecipeVersion | None, *, bench: Bench, avoid: Collection[str] = ()
) -> Standing:
    """The standing of a line under `version`, the one on sale (None: its recipe is no longer sold); no query."""
    if version is None:
        gone = (_("We do not make this any more."),)
        return Standing(version=None, price=None, problems=gone, repairs=(), address="")
    mixer = mixer_for(version)
    size = _size(mixer, line)
    out = missing(bench, mixer.spec, size or mixer.spec.sizes[0])
    known = mixer.known_avoid(avoid)
    withdrawn = _withdrawn(mixer, line, size)
    if withdrawn or size is None:
        price, repairs = None, _fills(mixer, line, size, avoid=known, out=out)
    else:
        verdict = mixer.check(mixer.read_mix(line.mix), size=size, avoid=known, out=out)
        price = verdict.price
        withdrawn = tuple(_reasons(mixer.spec, verdict, out))
        repairs = tuple(
            Repair(
                repair_text(mixer.spec, line.mix, mix),
                mix_path(mixer, mix),
                unit_price(mixer.spec, mix, size),
            )
            for mix in verdict.repairs
        )
    return Standing(
        version=version,
        price=price,
        problems=withdrawn,
        repairs=repairs,
        address=_address(mixer, line),
    )


def _size(mixer: Mixer, line: BasketLine) -> Size | None:
    try:
        return mixer.read_size(line.size)
    except UnknownChoiceError:
        return None


def _kept(mixer: Mixer, line: BasketLine) -> dict[str, str]:
    """The part of its mix that is still offered."""
    return read_state(mixer, choices="", query=line.mix).mix


def _withdrawn(mixer: Mixer, line: BasketLine, size: Size | None) -> tuple[str, ...]:
    """What of the line is not offered any more, and what has to be chosen that was not there."""
    sold, kept = mixer_for(line.version).spec, _kept(mixer, line)
    gone = [component_name(sold, part) for slot, part in line.mix.items() if slot not in kept]
    fresh = [slot.name for slot in mixer.spec.slots if slot.slug not in line.mix]
    said = [_("We do not offer this any more: %(what)s.") % {"what": list_of(gone)}] if gone else []
    if size is None:
        said.append(_("We do not offer this size any more."))
    if fresh:
        said.append(_("There is something new to choose: %(what)s.") % {"what": list_of(fresh)})
    return tuple(said)


def _reasons(spec: Spec, verdict: Verdict, out: Mapping[tuple[str, str], date | None]) -> list[str]:
    """What was makeable when she put it in, and is not now: why."""
    said = [
        _("We do not make this mix any more: %(reason)s") % {"reason": reason}
        for reason in broken_texts(spec, replace(verdict, avoided=(), out=()))
    ]
    return said + broken_texts(spec, replace(verdict, broken=()), back_on=out)


def _fills(
    mixer: Mixer,
    line: BasketLine,
    size: Size | None,
    *,
    avoid: Collection[str],
    out: Collection[tuple[str, str]],
) -> tuple[Repair, ...]:
    """Where one part was withdrawn: what could take its place and leave the others as they are."""
    kept = _kept(mixer, line)
    empty = [slot for slot in mixer.spec.slots if slot.slug not in kept]
    if size is None or len(empty) != 1 or empty[0].slug not in line.mix:
        return ()
    slot = empty[0]
    rows = mixer.options(kept, size=size, avoid=avoid, out=out).slots
    fitting = [option for row in rows if row.slot == slot for option in row.options if option.is_open]
    old = component_name(mixer_for(line.version).spec, line.mix[slot.slug])
    repairs = []
    for option in fitting[:MOST_REPAIRS]:
        mix = mixer.read_mix({**kept, slot.slug: option.slug})
        names = {"slot": slot.name, "new": component_name(mixer.spec, option.slug), "old": old}
        text = _("%(slot)s: %(new)s instead of %(old)s") % names
        repairs.append(Repair(text, mix_path(mixer, mix), unit_price(mixer.spec, mix, size)))
    return tuple(repairs)


def _address(mixer: Mixer, line: BasketLine) -> str:
    """Where the line is changed: the mixer with what is still offered of it, knowing which line it is."""
    query = {**_kept(mixer, line), "label": line.label_name, "line": str(line.pk)}
    if _size(mixer, line) is not None:
        query["size"] = line.size
    return read_state(mixer, choices="", query=query).address(mixer)
