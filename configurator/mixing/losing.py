"""Who is left with less, or with nothing, when one version of a recipe takes the place of another."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import NONE
from configurator.mixing.walking import bits


class LossKind(StrEnum):
    COMPONENT = "component"
    STARTER = "starter"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is left with nothing: a component or starter that no makeable mix holds, or an avoid flag."""

    kind: LossKind
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Avoiding:
    """How many mixes are left for someone who avoids a flag; `before` is None for a first version.

    Both are None where mixes are too many to count; then only `has_any` is known.
    """

    slug: str
    name: str
    before: int | None
    after: int | None
    has_any: bool

    @property
    def has_less(self) -> bool:
        return self.before is not None and self.after is not None and self.after < self.before


def find_losses(
    old: Mixer | None, new: Mixer, *, starters_left_out: Collection[str] = ()
) -> tuple[Loss, ...]:
    """What `new` leaves with nothing and `old`, the version on sale, does not; without one, all that `new` leaves so.

    A component that is no longer offered counts. So does a starter of `old` that is still drafted and cannot be told to
    shoppers any more, for lack of a part or of what it holds (`starters_left_out`: their names); one that was deleted
    does not: that was meant.
    """
    return (*_components(old, new), *_starters(old, new, starters_left_out), *_avoided(old, new))


def avoiding(old: Mixer | None, new: Mixer) -> tuple[Avoiding, ...]:
    """For each flag that components of either version carry, how many mixes are left to who avoids it."""
    names = {flag.slug: flag.name for mixer in (old, new) if mixer for flag in mixer.spec.flags}
    return tuple(
        Avoiding(
            slug,
            name,
            before=None if old is None else old.count(avoid=[slug]),
            after=new.count(avoid=[slug]),
            has_any=_has_any(new, slug),
        )
        for slug, name in names.items()
    )


def _components(old: Mixer | None, new: Mixer) -> list[Loss]:
    usable, offered = _usable(new), _names(new)
    if old is None:
        gone = [slug for slug in offered if slug not in usable]
    else:
        had = _usable(old)
        fresh = [slug for slug in offered if slug not in _names(old)]
        gone = [slug for slug in dict.fromkeys([*had, *fresh]) if slug not in usable]
    names = {**(_names(old) if old else {}), **offered}
    return [Loss(LossKind.COMPONENT, slug, names[slug]) for slug in gone]


def _usable(mixer: Mixer) -> dict[str, None]:
    """Components that some makeable mix holds, in any slot, in the order of slots and options."""
    masks = mixer.space.options()
    return {
        slugs[k]: None
        for slugs, mask in zip(mixer.option_slugs, masks, strict=True)
        for k in bits(mask)
        if slugs[k] != NONE
    }


def _names(mixer: Mixer) -> dict[str, str]:
    spec = mixer.spec
    return {part.slug: part.name for slot in spec.slots for part in spec.components_of(slot)}


def _starters(old: Mixer | None, new: Mixer, left_out: Collection[str]) -> list[Loss]:
    dead_already = _dead_starters(old) if old else []
    were_told = [starter.name for starter in old.spec.starters] if old else []
    gone = [*_dead_starters(new), *(name for name in were_told if name in left_out)]
    return [Loss(LossKind.STARTER, name, name) for name in gone if name not in dead_already]


def _dead_starters(mixer: Mixer) -> list[str]:
    return [starter.name for starter in mixer.spec.starters if not mixer.is_makeable(dict(starter.mix))]


def _avoided(old: Mixer | None, new: Mixer) -> list[Loss]:
    names = {flag.slug: flag.name for flag in new.spec.flags}
    return [
        Loss(LossKind.AVOID, slug, name)
        for slug, name in names.items()
        if not _has_any(new, slug) and (old is None or _has_any(old, slug))
    ]


def _has_any(mixer: Mixer, flag: str) -> bool:
    """Whether somebody who avoids a flag can have anything; where that cannot be settled in time, she can."""
    try:
        return mixer.leads_somewhere(avoid=[flag])
    except SpaceUndecided:
        return True
