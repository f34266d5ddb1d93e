"""Search: one mix within a domain that keeps some rules, or the proof that there is none; no diagram is built.

Depth first over narrowed domains. The slot to branch on has few options left and took part in many failures
(Boussemart, Hemery, Lecoutre and Sais, "Boosting systematic search by weighting constraints", ECAI 2004); after more
and more failures the search starts again with what the weights have learnt.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from time import thread_time

from configurator.mixing.automata import Group
from configurator.mixing.model import Mix
from configurator.mixing.narrowing import Narrower, narrowers_of

FIRST_FAILURES = 100  # before the first new start
GROWTH = 1.5
CHECKED_EACH = 16  # steps between looks at the clock


class OutOfTime(Exception):
    """A question was not settled in the time that it was given."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time on a clock; by default never."""

    at: float = inf
    clock: Callable[[], float] = thread_time

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = thread_time) -> "Deadline":
        return cls(clock() + seconds, clock)

    def halved(self) -> "Deadline":
        """The end of the first half of the time left."""
        return self if self.at == inf else Deadline((self.clock() + self.at) / 2, self.clock)

    @property
    def is_past(self) -> bool:
        return self.clock() > self.at

    def check(self) -> None:
        """Raises OutOfTime once the time is up."""
        if self.is_past:
            raise OutOfTime


@dataclass(frozen=True, slots=True)
class Found:
    """A mix, or None with the indices of the groups that a proof that there is none made use of."""

    mix: Mix | None
    used: frozenset[int]


class Search:
    """Searches under some of a list of groups at a time; what narrowing learns of masks is kept between searches."""

    def __init__(self, sizes: Sequence[int], groups: Sequence[Group]) -> None:
        self._sizes = tuple(sizes)
        self._groups = tuple(groups)
        self._narrowers: list[list[Narrower] | None] = [None] * len(groups)

    def find(
        self,
        domain: Sequence[int],
        groups: Iterable[int] | None = None,
        *,
        more: Iterable[Narrower] = (),
        prefer: Sequence[int] | None = None,
        deadline: Deadline | None = None,
    ) -> Found:
        """A mix within a domain that keeps these groups (all of them for None) and the narrowers of `more`.

        `prefer`: per slot a mask of options to be tried first. Raises OutOfTime. Exponential at worst.
        """
        indices = range(len(self._groups)) if groups is None else groups
        owned: list[tuple[int, Narrower]] = []
        for i in indices:
            group = self._groups[i]
            if not group.scope:
                if not all(constraint.admits(()) for constraint in group.constraints):
                    return Found(None, frozenset({i}))
                continue
            owned += [(i, narrower) for narrower in self.narrowers(i)]
        owned += [(-1, narrower) for narrower in more]
        if not all(domain):
            return Found(None, frozenset())
        run = _Run(owned, prefer or (0,) * len(domain), deadline or Deadline())
        return Found(run.find(list(domain)), frozenset(run.used) - {-1})

    def narrowers(self, index: int) -> list[Narrower]:
        """Those of one group, made when first asked for."""
        made = self._narrowers[index]
        if made is None:
            made = self._narrowers[index] = narrowers_of(self._groups[index], self._sizes)
        return made


class _Run:
    def __init__(
        self, owned: Sequence[tuple[int, Narrower]], prefer: Sequence[int], deadline: Deadline
    ) -> None:
        self._narrow = [narrower.narrow for _, narrower in owned]
        self._scopes = [narrower.scope for _, narrower in owned]
        self._owners = [owner for owner, _ in owned]
        self._prefer = prefer
        self._deadline = deadline
        self._watching: list[list[int]] = [[] for _ in prefer]
        for k, scope in enumerate(self._scopes):
            for slot in scope:
                self._watching[slot].append(k)
        self._weights = [1] * len(prefer)
        self._steps = 0
        self.used: set[int] = set()

    def find(self, domain: list[int]) -> Mix | None:
        """A mix within the domain, which is used up on the way."""
        if not self._settle(domain, range(len(self._narrow))):
            return None
        root, most = domain.copy(), float(FIRST_FAILURES)
        failures = 0
        rest: list[tuple[list[int], int]] = []  # what is left to try, and the slot that it was narrowed in
        while (slot := self._branch(domain)) is not None:
            mask = domain[slot]
            wanted = mask & self._prefer[slot] or mask
            bit = wanted & -wanted
            other = domain.copy()
            other[slot] = mask ^ bit
            rest.append((other, slot))
            domain[slot] = bit
            while not self._settle(domain, self._watching[slot]):
                if not rest:
                    return None
                domain, slot = rest.pop()
                failures += 1
            if failures > most:
                domain, rest, failures, most = root.copy(), [], 0, most * GROWTH
        return tuple([mask.bit_length() - 1 for mask in domain])

    def _branch(self, domain: Sequence[int]) -> int | None:
        """The open slot with the fewest options for its weight; None if all are settled."""
        best, least = None, inf
        for slot, mask in enumerate(domain):
            if mask & (mask - 1):
                score = mask.bit_count() / self._weights[slot]
                if score < least:
                    best, least = slot, score
        return best

    def _settle(self, domain: list[int], changed: Collection[int]) -> bool:
        """Narrows until nothing changes any more; False if nothing is left."""
        self._steps += 1
        if not self._steps % CHECKED_EACH:
            self._deadline.check()
        queue = dict.fromkeys(changed)
        watching = self._watching
        while queue:
            k, _ = queue.popitem()
            narrowed = self._narrow[k](domain)
            if narrowed is None:
                self.used.add(self._owners[k])
                for slot in self._scopes[k]:
                    self._weights[slot] += 1
                return False
            if narrowed:
                self.used.add(self._owners[k])
                for slot in narrowed:
                    queue.update(dict.fromkeys(watching[slot]))
        return True
