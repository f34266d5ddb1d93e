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
from configurator.mixing.bounding import Ceilings
from configurator.mixing.model import Limit, Mix
from configurator.mixing.narrowing import LimitNarrower, Narrower, narrowers_of

FIRST_FAILURES = 20.0  # before the first new start
GROWTH = 1.5
PATIENCE = 5  # failures up to which preferences count
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


class Hint:
    """What a search may try first: options in `prefer` (a mask per slot), and those that a limit counts for little.

    `bound` is a limit that follows from those of the model (see `bounding`); it is kept as well.
    """

    def __init__(self, bound: Limit | None = None) -> None:
        self.prefer: Sequence[int] = ()
        self.narrower = LimitNarrower(bound) if bound else None
        self.cheap: dict[int, list[int]] = {}
        for slot, row in bound.weights if bound else ():
            self.cheap[slot] = sorted(range(len(row)), key=row.__getitem__)

    def preferring(self, prefer: Sequence[int]) -> "Hint":
        """The same bound with other preferences."""
        hint = Hint()
        hint.prefer, hint.narrower, hint.cheap = prefer, self.narrower, self.cheap
        return hint


class _Rules:
    """Narrowers, the groups that each follows from, and which of them watch a slot."""

    def __init__(self, owned: Iterable[tuple[Collection[int], Narrower]]) -> None:
        self.owned = tuple(owned)
        self.narrow = [narrower.narrow for _, narrower in self.owned]
        self.watching: dict[int, list[int]] = {}
        self.sums: set[int] = set()  # limits: dear, and most often moved by the others
        for k, (_, narrower) in enumerate(self.owned):
            if isinstance(narrower, LimitNarrower):
                self.sums.add(k)
            for slot in narrower.scope:
                self.watching.setdefault(slot, []).append(k)

    def and_also(self, owned: Iterable[tuple[Collection[int], Narrower]]) -> "_Rules":
        more = tuple(owned)
        return _Rules([*self.owned, *more]) if more else self


class Search:
    """Searches under some of a list of groups at a time; what narrowing learns of masks is kept between searches."""

    def __init__(self, sizes: Sequence[int], groups: Sequence[Group]) -> None:
        self._sizes = tuple(sizes)
        self._groups = tuple(groups)
        self._narrowers: list[list[Narrower] | None] = [None] * len(groups)
        self._whole: _Rules | None = None

    def find(
        self,
        domain: Sequence[int],
        groups: Collection[int] | None = None,
        *,
        more: Iterable[Narrower] = (),
        hint: Hint | None = None,
        deadline: Deadline | None = None,
        failures: float = inf,
    ) -> Found:
        """A mix within a domain that keeps these groups (all of them for None) and the narrowers of `more`.

        Raises OutOfTime past the deadline and after so many failures. Exponential at worst.
        """
        for i, group in enumerate(self._groups):
            is_asked = not group.scope and (groups is None or i in groups)
            if is_asked and not all(constraint.admits(()) for constraint in group.constraints):
                return Found(None, frozenset({i}))
        if not all(domain):
            return Found(None, frozenset())
        run = _Run(self._rules(groups, more, hint), hint or Hint(), deadline or Deadline(), failures)
        limits = self._limits(groups)

        def bound() -> _Rules | None:
            limit = Ceilings(limits.values(), self._sizes).tightest(domain)
            return run.rules.and_also([(tuple(limits), LimitNarrower(limit))]) if limit else None

        mix = run.find(list(domain), bound)
        return Found(mix, frozenset(run.used))

    def narrowed(self, domain: Sequence[int], hint: Hint) -> list[int] | None:
        """A domain less what narrowing alone takes out of it; None if nothing is left."""
        run = _Run(self._rules(None, (), hint), hint, Deadline(), inf)
        left = list(domain)
        return left if all(left) and run.settle(left, range(len(run.rules.narrow))) else None

    def keeps(self, masks: Sequence[int], slot: int) -> bool:
        """Whether a mix, given as one mask per slot, keeps all rules over a slot."""
        rules = self._rules(None, (), None)
        return all(rules.narrow[k](list(masks)) is not None for k in rules.watching.get(slot, ()))

    def narrowers(self, index: int) -> list[Narrower]:
        """Those of one group, made when first asked for."""
        made = self._narrowers[index]
        if made is None:
            made = self._narrowers[index] = narrowers_of(self._groups[index], self._sizes)
        return made

    def _rules(self, groups: Collection[int] | None, more: Iterable[Narrower], hint: Hint | None) -> _Rules:
        extra: list[tuple[Collection[int], Narrower]] = [((), narrower) for narrower in more]
        if hint and hint.narrower:
            extra.append((tuple(self._limits(groups)), hint.narrower))
        if groups is None:
            if self._whole is None:
                self._whole = self._made(range(len(self._groups)))
            return self._whole.and_also(extra)
        return self._made(groups).and_also(extra)

    def _made(self, groups: Collection[int]) -> _Rules:
        return _Rules(
            ((i,), narrower) for i in groups if self._groups[i].scope for narrower in self.narrowers(i)
        )

    def _limits(self, groups: Collection[int] | None) -> dict[int, Limit]:
        found = {}
        for i in range(len(self._groups)) if groups is None else groups:
            first = self._groups[i].constraints[0]
            if isinstance(first, Limit) and first.weights:
                found[i] = first
        return found


class _Run:
    def __init__(self, rules: _Rules, hint: Hint, deadline: Deadline, failures: float) -> None:
        self.rules = rules
        self._hint = hint
        self._deadline = deadline
        self._left = failures
        self._failures = 0
        self._steps = 0
        self._weights: dict[int, int] = {}
        self.used: set[int] = set()

    def find(self, domain: list[int], bound: Callable[[], _Rules | None]) -> Mix | None:
        """A mix within the domain, which is used up on the way; `bound` adds a rule once the search runs long."""
        if not self.settle(domain, range(len(self.rules.narrow))):
            return None
        root, most = domain.copy(), FIRST_FAILURES
        rest: list[tuple[list[int], int]] = []  # what is left to try, and the slot that it was narrowed in
        while (slot := self._branch(domain)) is not None:
            bit = self._choice(slot, domain[slot])
            other = domain.copy()
            other[slot] ^= bit
            rest.append((other, slot))
            domain[slot] = bit
            while not self.settle(domain, self.rules.watching.get(slot, ())):
                if not rest:
                    return None
                self._fail()
                domain, slot = rest.pop()
            if self._failures >= most:
                if most == FIRST_FAILURES:
                    self.rules = bound() or self.rules
                domain, rest, most = root.copy(), [], most * GROWTH
                if not self.settle(domain, range(len(self.rules.narrow))):
                    return None
        return tuple([mask.bit_length() - 1 for mask in domain])

    def _fail(self) -> None:
        self._failures += 1
        if self._failures > self._left:
            raise OutOfTime

    def _branch(self, domain: Sequence[int]) -> int | None:
        """The open slot with the fewest options for its weight; None if all are settled."""
        best, least = None, inf
        weight = self._weights.get
        for slot, mask in enumerate(domain):
            if mask & (mask - 1):
                score = mask.bit_count() / weight(slot, 1)
                if score < least:
                    best, least = slot, score
        return best

    def _choice(self, slot: int, mask: int) -> int:
        """What to try first: a preferred option as long as that goes well, and the cheapest of them."""
        if self._hint.prefer and self._failures < PATIENCE:
            mask = mask & self._hint.prefer[slot] or mask
        if slot in self._hint.cheap:
            return next(1 << option for option in self._hint.cheap[slot] if mask >> option & 1)
        return mask & -mask

    def settle(self, domain: list[int], changed: Iterable[int]) -> bool:
        """Narrows until nothing changes any more, sums only once all else is settled; False if nothing is left."""
        self._steps += 1
        if not self._steps % CHECKED_EACH:
            self._deadline.check()
        queue = dict.fromkeys(changed)
        sums: set[int] = set()
        narrow, watching, owned = self.rules.narrow, self.rules.watching, self.rules.owned
        while queue or sums:
            if queue:
                k, _ = queue.popitem()
                if k in self.rules.sums:
                    sums.add(k)
                    continue
            else:
                k = sums.pop()
            narrowed = narrow[k](domain)
            if narrowed is None:
                owners, narrower = owned[k]
                self.used.update(owners)
                for slot in narrower.scope:
                    self._weights[slot] = self._weights.get(slot, 1) + 1
                return False
            if narrowed:
                self.used.update(owned[k][0])
                for slot in narrowed:
                    queue.update(dict.fromkeys(watching[slot]))
        return True
