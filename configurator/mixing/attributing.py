"""Which rule gains or loses how many mixes when one version of a recipe takes the place of another."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from configurator.mixing.changes import counterparts
from configurator.mixing.compiling import SpaceTooLarge, compile_space
from configurator.mixing.diffing import shared_count
from configurator.mixing.mixer import Mixer
from configurator.mixing.space import Space
from configurator.mixing.spec import Rule, RuleKind, Spec


class RuleChange(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    SAME = "same"  # it reads as before, but compositions, doses or numbers changed under it


@dataclass(frozen=True, slots=True)
class RuleShare:
    """What one hard rule has to do with the mixes gained and lost; `rule` as it is now, or was if it is gone.

    `loses`: mixes makeable before, of components still offered, that it forbids now. `gains`: mixes makeable now, of
    components offered before, that it forbade. Two rules may lose or gain the same mix.
    """

    rule: Rule
    change: RuleChange
    loses: int
    gains: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """`removed`: mixes of all combinations that the new and changed hard rules forbid between them.

    `withdrawn` and `introduced`: mixes lost and gained because a component is no longer offered, or newly.
    """

    rules: tuple[RuleShare, ...]
    removed: int
    withdrawn: int
    introduced: int


def attribute(old: Mixer, new: Mixer) -> Attribution | None:
    """The part that each rule has in what `compare(old, new)` counts; rules without any part are left out.

    None where it cannot be counted: the slots themselves changed, or a space is too large. Two small spaces per rule
    that changed.
    """
    if [slot.slug for slot in old.spec.slots] != [slot.slug for slot in new.spec.slots]:
        return None
    if not old.space.exact_count or not new.space.exact_count:
        return None
    try:
        return _attribute(old, new)
    except SpaceTooLarge:
        return None


def _attribute(old: Mixer, new: Mixer) -> Attribution:
    before, after = _hard(old.spec), _hard(new.spec)
    there, back = counterparts(old, new), counterparts(new, old)
    if old.option_slugs == new.option_slugs:
        offered_still, offered_before = old.space.count(), new.space.count()
    else:
        offered_still = shared_count(old.space, _under(new, ()), there)
        offered_before = shared_count(new.space, _under(old, ()), back)
    is_same_content = _contents(old.spec) == _contents(new.spec)
    shares, fresh = [], []
    for slug in dict.fromkeys([*before, *after]):
        was, now = before.get(slug), after.get(slug)
        change = _change(was, now)
        if now is not None and change in (RuleChange.NEW, RuleChange.CHANGED):
            fresh.append(slug)
        if change is RuleChange.SAME and (is_same_content or not _is_cap(now)):
            continue
        loses = 0 if now is None else offered_still - shared_count(old.space, _under(new, [slug]), there)
        gains = 0 if was is None else offered_before - shared_count(new.space, _under(old, [slug]), back)
        rule = now or was
        if rule is not None and (change is not RuleChange.SAME or loses or gains):
            shares.append(RuleShare(rule, change, loses, gains))
    return Attribution(
        rules=tuple(shares),
        removed=new.total - _under(new, fresh).count(),
        withdrawn=old.space.count() - offered_still,
        introduced=new.space.count() - offered_before,
    )


def _hard(spec: Spec) -> dict[str, Rule]:
    return {rule.slug: rule for rule in spec.rules if not rule.advice}


def _under(mixer: Mixer, slugs: Collection[str]) -> Space:
    """What a version would leave under these rules alone."""
    return compile_space(mixer.model.only(slugs))


def _change(was: Rule | None, now: Rule | None) -> RuleChange:
    if was is None:
        return RuleChange.NEW
    if now is None:
        return RuleChange.REMOVED
    return RuleChange.SAME if replace(was, reason=now.reason) == now else RuleChange.CHANGED


def _is_cap(rule: Rule | None) -> bool:
    return rule is not None and rule.kind is RuleKind.CAP


def _contents(spec: Spec) -> object:
    """All that a cap sums up."""
    parts = {
        part.slug: (part.composition, part.amounts) for family in spec.families for part in family.components
    }
    return parts, [slot.dose_ul for slot in spec.slots]
