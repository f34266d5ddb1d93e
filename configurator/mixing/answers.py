"""What a mixer answers: open options with reasons, the verdict on a mix."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from configurator.mixing.label import Label
from configurator.mixing.spec import Component, Rule, Slot


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an option is not open.

    `choices`: own choices (slot, component) that take part; `rules`: the rules they run into together;
    `avoided`: what she asked to leave out and this component contains; `is_out`: it is out of stock; `narrowed`: her
    avoid list, or what is out of stock, takes part otherwise.
    """

    choices: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    avoided: tuple[str, ...] = ()
    narrowed: bool = False
    is_out: bool = False


@dataclass(frozen=True)
class Option:
    """One component in one slot (None: the slot stays empty), with what stands against it if it is not open."""

    slug: str
    component: Component | None
    chosen: bool
    is_open: bool
    explain: Callable[[], Refusal] = field(repr=False, compare=False)

    @cached_property
    def refusal(self) -> Refusal | None:
        """Why it is not open; worked out when asked for, which takes far longer than to see that it is not."""
        return None if self.is_open else self.explain()


@dataclass(frozen=True, slots=True)
class SlotOptions:
    """The options of one slot. `stuck`: the choices in the other slots clash by themselves; nothing here mends it."""

    slot: Slot
    options: tuple[Option, ...]
    stuck: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partial mix leaves: options per slot, makeable mixes (None: too many to count), the range of prices.

    There are no prices when nothing is left.
    """

    slots: tuple[SlotOptions, ...]
    count: int | None
    prices: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The check of a mix.

    `avoided`: (slot, component, what it contains); `out`: (slot, component) out of stock; `repairs`: nearest mixes that
    can be made.
    """

    makeable: bool
    broken: tuple[Rule, ...]
    advice: tuple[Rule, ...]
    avoided: tuple[tuple[str, str, tuple[str, ...]], ...]
    out: tuple[tuple[str, str], ...]
    repairs: tuple[dict[str, str], ...]
    price: int
    price_per_100_ml: int | None
    label: Label
