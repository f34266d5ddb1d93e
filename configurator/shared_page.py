"""What the page of a shared mix shows: the mix without the person, as it can be had today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from configurator.bench import Bench
from configurator.delivery import Promise, promise
from configurator.mix_address import MixState, read_state
from configurator.mix_drawing import Drawing, draw_mix
from configurator.mixing.mixer import Mixer, Verdict
from configurator.mixing.price import DeliveryPrice
from configurator.mixing.spec import Size
from configurator.models import SharedMix
from configurator.restrictions import read_restrictions
from configurator.shop import LEAVE_OUT
from configurator.ways_out import WaysOut, find_ways_out
from configurator.wording import avoid_words, list_of, mix_name, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The mix under the rules, prices, stock and avoid list of today.

    `price` in minor units; `ways_out` is None when it can be made for her; `avoid` says what she leaves out, and
    `has_avoided` whether this mix has some of it.
    """

    size: Size
    verdict: Verdict
    flags: str
    ways_out: WaysOut | None
    avoid: str
    has_avoided: bool
    delivery: DeliveryPrice
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPage:
    """`gone` names parts that are not offered any more; `today` is None where a part of it is gone or yet to choose.

    `address` leads to the mixer with the mix, or with what is left of it.
    """

    code: str
    recipe: str
    name: str
    parts: tuple[tuple[str, str], ...]
    drawing: Drawing
    gone: str
    today: Today | None
    address: str
    leave_out_address: str
    url: str
    picture_url: str


def build_shared(
    shared: SharedMix,
    *,
    old: Mixer,
    new: Mixer,
    bench: Bench,
    today: date,
    avoid: Collection[str] = (),
) -> SharedPage:
    """`old` is the mixer of the version that the mix was shared of, `new` that of the newest; no query."""
    state = read_state(new, choices="", query={**shared.mix, "size": shared.size})
    lost = {slot: part for slot, part in shared.mix.items() if state.mix.get(slot) != part}
    path = reverse("configurator:shared", args=[shared.code])
    return SharedPage(
        code=shared.code,
        recipe=new.spec.name,
        name=mix_name(old.spec, shared.mix),
        parts=parts_of(old.spec, shared.mix),
        drawing=draw_mix(old, shared.mix),
        gone=list_of(name for _slot, name in parts_of(old.spec, lost)),
        today=_read_today(new, state, bench=bench, today=today, avoid=avoid),
        address=asked_address(new, state, {**shared.mix, "size": shared.size}),
        leave_out_address=f"{LEAVE_OUT}?{urlencode({'next': path})}",
        url=settings.BASE_URL + path,
        picture_url=settings.BASE_URL + reverse("configurator:shared_picture", args=[shared.code]),
    )


def asked_address(mixer: Mixer, state: MixState, asked: Mapping[str, str]) -> str:
    """Where the mixer answers `asked`, of which it read `state`: it says what it does not offer and keeps the rest."""
    if not state.gone:
        return state.address(mixer)
    return f"{reverse('configurator:mixer', args=[mixer.spec.slug])}?{urlencode(asked)}"


def _read_today(
    mixer: Mixer, state: MixState, *, bench: Bench, today: date, avoid: Collection[str]
) -> Today | None:
    if not mixer.is_complete(state.mix):
        return None
    mix, size = state.mix, state.size
    within = read_restrictions(mixer, size, avoid=avoid, bench=bench, today=today)
    verdict = mixer.check(mix, size=size, avoid=within.avoid, out=within.out)
    answer = mixer.options(mix, size=size, avoid=within.avoid, out=within.out)
    return Today(
        size=size,
        verdict=verdict,
        flags=list_of(avoid_words(mixer.spec, verdict.label.flags)),
        ways_out=find_ways_out(mixer, state, answer=answer, verdict=verdict, within=within, hold=()),
        avoid=list_of(avoid_words(mixer.spec, avoid)),
        has_avoided=bool(verdict.avoided),
        delivery=bench.delivery,
        promise=promise(bench, today=today),
    )
