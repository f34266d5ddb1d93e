"""What an import would do, row by row."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Rows written at once: on SQLite nobody else can write meanwhile. 500 new components take about 2 s of a busy core.
MOST_CHANGES = 500


class Outcome(TextChoices):
    REFUSED = "refused", _("refused")
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    UNCHANGED = "unchanged", _("unchanged")


@dataclass(frozen=True, slots=True)
class Change:
    """The cell of a column before and after."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell; with an empty `column` with the row."""

    column: str
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file, by its number in the spreadsheet; without a number a row that the file leaves out."""

    number: int | None
    name: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Preview:
    """All rows. `fingerprint` is of what is shown: what is brought in is what was shown, and nothing else."""

    slug: str
    lines: tuple[Line, ...]

    @cached_property
    def counts(self) -> dict[Outcome, int]:
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def is_refused(self) -> bool:
        return self.counts[Outcome.REFUSED] > 0

    @property
    def changed(self) -> int:
        """How many rows would be written."""
        return sum(self.counts[each] for each in (Outcome.NEW, Outcome.CHANGED, Outcome.REMOVED))

    @property
    def is_too_much(self) -> bool:
        return self.changed > MOST_CHANGES

    @property
    def may_be_done(self) -> bool:
        return 0 < self.changed <= MOST_CHANGES and not self.is_refused

    @cached_property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr((self.slug, self.lines)).encode()).hexdigest()
