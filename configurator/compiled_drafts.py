"""Spaces of drafts, what each rule does in them and what cannot be meant: worked out once per content and process.

What is on sale already is taken from there, so that a draft without changes compiles nothing.
"""

from functools import lru_cache
from threading import Lock
from typing import TypeVar

from configurator.mixing.changes import COUNTED_MIXES, RuleEffect, rule_effects
from configurator.mixing.linting import Lint, lint
from configurator.mixing.mixer import Mixer
from configurator.mixing.model import Mix
from configurator.mixing.searching import Deadline
from configurator.mixing.spec import Spec
from configurator.models import RecipeVersion
from configurator.versions import mixer_for

KEPT = 16  # per process: drafts as they were at the last looks, and each of them less the rule that is edited
LINT_SECONDS = 0.1  # a first look; what it does not settle is looked at next time, or when asked for

K = TypeVar("K")
V = TypeVar("V")


def draft_mixer(spec: Spec, *, sha256: str, on_sale: RecipeVersion | None) -> Mixer:
    """The mixer of a draft with this hash beside the version on sale. Raises SpaceUndecided."""
    if on_sale is not None and on_sale.sha256 == sha256:
        return mixer_for(on_sale)
    return compiled(spec)


@lru_cache(KEPT)
def compiled(spec: Spec) -> Mixer:
    """The mixer of a spec. Raises SpaceUndecided, which is not remembered."""
    return Mixer(spec)


def draft_effects(mixer: Mixer) -> tuple[RuleEffect, ...]:
    """`rule_effects`, for a large recipe with what a first look for slips finds idle."""
    idle = draft_lint(mixer).idle if mixer.total > COUNTED_MIXES else ()
    return _effects(mixer, idle)


@lru_cache(KEPT)
def _effects(mixer: Mixer, idle: tuple[str, ...]) -> tuple[RuleEffect, ...]:
    return rule_effects(mixer, idle=idle)


class _Slips:
    """What was found per mixer, and per recipe the witnesses: mixes that showed of a rule that it has an effect.

    After an edit most witnesses still hold, so that only what they do not show is searched for.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[Mixer, Lint] = {}
        self._witnesses: dict[str, dict[str, Mix]] = {}

    def forget(self) -> None:
        """As a process that has just begun."""
        with self._lock:
            self._found.clear()
            self._witnesses.clear()

    def look(self, mixer: Mixer, *, thoroughly: bool) -> Lint:
        recipe = mixer.spec.slug
        with self._lock:
            known, witnesses = self._found.get(mixer), dict(self._witnesses.get(recipe, {}))
        if known is not None and not known.unsettled:
            return known
        deadline = None if thoroughly else Deadline.after(LINT_SECONDS)
        found = lint(mixer.space, deadline=deadline, witnesses=witnesses)
        with self._lock:
            _keep(self._found, mixer, found)
            _keep(self._witnesses, recipe, {**witnesses, **found.witnesses})
        return found


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    """As the youngest; past KEPT the oldest goes."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > KEPT:
        del kept[next(iter(kept))]


_slips = _Slips()


def draft_lint(mixer: Mixer, *, thoroughly: bool = False) -> Lint:
    """Rules and components of a draft that cannot be meant; what LINT_SECONDS do not settle is left `unsettled`.

    Each further look at the same draft settles more of it; `thoroughly` takes the time that it takes.
    """
    return _slips.look(mixer, thoroughly=thoroughly)
