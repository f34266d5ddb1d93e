"""Settling: whether a mix lies within some masks, where no diagram holds all rules.

Every mix found is kept as a *witness*, and most questions are answered by witnesses alone: per slot and option a mask
says which witnesses hold it, so that the witnesses within some masks are a few intersections. What is left goes to our
own search, and from there, if it runs long, to a SAT solver where one is installed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from configurator.mixing.automata import groups_of
from configurator.mixing.bounding import Ceilings
from configurator.mixing.model import Mix, Model
from configurator.mixing.sat import SatFinder
from configurator.mixing.searching import Deadline, Hint, OutOfTime, Search
from configurator.mixing.walking import bits

WITNESSES = 4_000  # kept at most; then the older half goes
FAILURES = 200  # of our own search before the SAT solver takes over
SWAPPED = 4  # witnesses of which options are swapped


class Settler:
    """Settles questions about one model. Threads may share it.

    Our own search has the first go, since limits are its strength; what it does not settle in FAILURES goes to the SAT
    solver. `uses_sat`: None takes it if it is installed and the model goes into it.
    """

    def __init__(self, model: Model, *, uses_sat: bool | None = None) -> None:
        self.model = model
        self.search = Search(model.sizes, groups_of(model))
        self._ceilings = Ceilings(model.limits, model.sizes)
        self._sat = None if uses_sat is False else SatFinder.of(model)
        if uses_sat and self._sat is None:
            raise ValueError("There is no SAT solver, or this model is too large for it.")
        self._witnesses = _Witnesses(model.sizes)
        self._lock = Lock()

    @property
    def uses_sat(self) -> bool:
        return self._sat is not None

    def options(self, candidates: Sequence[int], want: Sequence[int], deadline: Deadline) -> tuple[int, ...]:
        """Per slot, the candidates with which a mix within `want` of all other slots remains. Raises OutOfTime."""
        seen = self._witnesses.options(want)
        question = _Question(list(want), [0] * len(want), list(candidates))
        for slot, mask in enumerate(seen):
            question.settle_open(slot, mask & candidates[slot])
        if any(question.left):
            hint = Hint(self._ceilings.tightest(want) if all(want) else None)
            self._close(question, hint, deadline)
            self._swap(question)
            self._find_rest(question, hint, deadline)
        return tuple(question.found)

    def find(self, domain: Sequence[int], *, hint: Hint | None = None, deadline: Deadline) -> Mix | None:
        """A mix within a domain, None if there is none. Raises OutOfTime."""
        if not all(domain):
            return None
        mix = self._witnesses.within(domain)
        if mix is None:
            mix = self._found(domain, hint, deadline)
            if mix is not None:
                self.keep(mix)
        return mix

    def keep(self, mix: Mix) -> None:
        """Keeps a makeable mix as a witness."""
        with self._lock:
            if len(self._witnesses.mixes) >= WITNESSES:
                younger = _Witnesses(self.model.sizes)
                for witness in self._witnesses.mixes[WITNESSES // 2 :]:
                    younger.add(witness)
                self._witnesses = younger
            self._witnesses.add(mix)

    def _found(self, domain: Sequence[int], hint: Hint | None, deadline: Deadline) -> Mix | None:
        if self._sat is None:
            return self.search.find(domain, hint=hint, deadline=deadline).mix
        try:
            return self.search.find(domain, hint=hint, deadline=deadline, failures=FAILURES).mix
        except OutOfTime:
            deadline.check()
            return self._sat.find(domain, prefer=(hint and hint.prefer) or domain, deadline=deadline)

    def _close(self, question: "_Question", hint: Hint, deadline: Deadline) -> None:
        """Closes what narrowing alone takes out, and finds the mix that leaves the most room, for others to swap in."""
        want, left = question.want, question.left
        narrowed = self.search.narrowed(want, hint)
        mix = None if narrowed is None else self._found(want, hint, deadline)
        if mix is not None:
            self.keep(mix)
            question.settle_open_by(mix)
        for slot, mask in enumerate(want):
            inside = 0 if mix is None or narrowed is None else narrowed[slot]
            left[slot] &= inside | ~mask
            if left[slot] & ~mask:
                domain = want.copy()
                domain[slot] = left[slot] & ~mask
                wider = self.search.narrowed(domain, hint)
                left[slot] &= mask | (wider[slot] if wider else 0)

    def _swap(self, question: "_Question") -> None:
        """Opens what a witness within the question holds once one of its options is swapped."""
        for mix in self._witnesses.some_within(question.want, SWAPPED):
            masks = [1 << option for option in mix]
            for slot, left in enumerate(question.left):
                for option in bits(left):
                    masks[slot] = 1 << option
                    if question.left[slot] >> option & 1 and self.search.keeps(masks, slot):
                        swapped = (*mix[:slot], option, *mix[slot + 1 :])
                        self.keep(swapped)
                        question.settle_open(slot, 1 << option)
                masks[slot] = 1 << mix[slot]

    def _find_rest(self, question: "_Question", hint: Hint, deadline: Deadline) -> None:
        left = question.left
        for slot in sorted(range(len(left)), key=lambda slot: left[slot].bit_count()):
            while left[slot]:
                option = left[slot] & -left[slot]
                domain = question.want.copy()
                domain[slot] = option
                mix = self.find(domain, hint=hint.preferring(left), deadline=deadline)
                left[slot] &= ~option
                if mix is not None:
                    question.found[slot] |= option
                    if question.want[slot] & option:
                        question.settle_open_by(mix)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is wanted, what was found open so far, and what is left to settle, one mask per slot."""

    want: list[int]
    found: list[int]
    left: list[int]

    def settle_open(self, slot: int, mask: int) -> None:
        self.found[slot] |= mask
        self.left[slot] &= ~mask

    def settle_open_by(self, mix: Mix) -> None:
        """By a mix that keeps to what is wanted in all slots."""
        for slot, option in enumerate(mix):
            if self.left[slot] >> option & 1:
                self.settle_open(slot, 1 << option)


class _Witnesses:
    """Mixes by what they hold. One thread adds at a time; the others see a witness whole or not at all."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.mixes: list[Mix] = []
        self._holding = [[0] * size for size in sizes]

    def add(self, mix: Mix) -> None:
        bit = 1 << len(self.mixes)
        self.mixes.append(mix)
        for slot, option in enumerate(mix):
            self._holding[slot][option] |= bit

    def within(self, domain: Sequence[int]) -> Mix | None:
        left = (1 << len(self.mixes)) - 1
        for slot, mask in enumerate(domain):
            if not left:
                return None
            left &= self._held(slot, mask)
        return self.mixes[left.bit_length() - 1] if left else None

    def some_within(self, domain: Sequence[int], most: int) -> list[Mix]:
        """At most so many witnesses within a domain, the youngest first."""
        left = (1 << len(self.mixes)) - 1
        for slot, mask in enumerate(domain):
            left &= self._held(slot, mask)
        found: list[Mix] = []
        while left and len(found) < most:
            found.append(self.mixes[left.bit_length() - 1])
            left ^= 1 << (left.bit_length() - 1)
        return found

    def options(self, want: Sequence[int]) -> list[int]:
        """Per slot, the options of witnesses that keep to `want` in all other slots."""
        held = [self._held(slot, mask) for slot, mask in enumerate(want)]
        after = [(1 << len(self.mixes)) - 1]
        for mask in reversed(held[1:]):
            after.append(after[-1] & mask)
        before = -1
        found = []
        for slot, holding in enumerate(self._holding):
            others = before & after[-1 - slot]
            found.append(sum(1 << option for option, mask in enumerate(holding) if mask & others))
            before &= held[slot]
        return found

    def _held(self, slot: int, mask: int) -> int:
        held = 0
        for option in bits(mask):
            held |= self._holding[slot][option]
        return held
