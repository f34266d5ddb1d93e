"""What was changed on the draft, by whom and why; and taking one change back.

Each row that staff edit keeps records of itself. Those written for one change share its moment, so that a change is
all records of one moment: a component with three shares of its composition is one change, not four.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Sum
from django.utils.translation import gettext as _
from simple_history.signals import pre_create_historical_record

from configurator.models import (
    Amount,
    Component,
    CompositionPart,
    DeliveryTerms,
    Family,
    Flag,
    FragranceAllergen,
    HairType,
    Need,
    NeedWeight,
    Recipe,
    Rule,
    Size,
    Slot,
    Starter,
    StarterPart,
    Substance,
)

TRACKED: tuple[type[Any], ...] = (  # those that others refer to first
    *(Family, Substance, Flag, HairType),
    *(Component, CompositionPart, FragranceAllergen, Amount, DeliveryTerms, Recipe, Size, Slot, Rule),
    *(Need, NeedWeight, Starter, StarterPart),
)
PARTS: dict[type[Any], dict[type[Any], str]] = {  # what is shown with a row, by the field that refers to it
    Component: {CompositionPart: "component", FragranceAllergen: "component", Amount: "component"},
    Recipe: dict.fromkeys((Size, Slot, Rule, Need, Starter), "recipe"),
    Need: {NeedWeight: "need"},
    Starter: {StarterPart: "starter"},
}
LEFT_ALONE = {"stock_ml", "reserved_ml"}  # counted, not decided: taking a change back does not fill a shelf
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """Who is changing something, why, and when: the same for all that is written inside `one_change`."""

    at: datetime
    by: User | None
    why: str


class CannotTakeBackError(Exception):
    """What it was before does not fit what is there now; the messages say what to do first."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__("; ".join(messages))


_now: ContextVar[Moment | None] = ContextVar("one_change", default=None)


@contextmanager
def one_change(*, at: datetime, by: User | None, why: str = "") -> Iterator[None]:
    """All that is saved and deleted inside is one change."""
    token = _now.set(Moment(at, by, why[:100]))
    try:
        yield
    finally:
        _now.reset(token)


def current_change() -> Moment | None:
    """The change that is being made; None outside `one_change`."""
    return _now.get()


@contextmanager
def reason_by_default(why: str) -> Iterator[None]:
    """What is saved inside has this reason, unless who changes it gave one; outside a change it says nothing."""
    moment = _now.get()
    token = _now.set(replace(moment, why=moment.why or why) if moment else None)
    try:
        yield
    finally:
        _now.reset(token)


def listen() -> None:
    """Have each record carry the change that it belongs to."""
    pre_create_historical_record.connect(_sign)


def _sign(*, history_instance: Any, **_kwargs: Any) -> None:
    if moment := _now.get():
        history_instance.history_date = moment.at
        history_instance.history_user = moment.by
        history_instance.history_change_reason = moment.why or None


def deleted_row(kind: type[Any], pk: str) -> Any:
    """A row that was there once, as its last record says it was; None if there never was one."""
    if not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    last = kind.history.filter(id=pk).order_by("-history_date", "-history_id").first()
    return None if last is None else last.instance


def _steps(at: datetime) -> Iterator[tuple[type[Any], Any, Any, Any]]:
    """(kind, key, record before, record after) of each row that the change of this moment touched; None: not there."""
    for kind in TRACKED:
        last = {record.id: record for record in kind.history.filter(history_date=at).order_by("history_id")}
        for pk, record in last.items():
            earlier = kind.history.filter(id=pk, history_date__lt=at)
            before = earlier.order_by("-history_date", "-history_id").first()
            yield kind, pk, _there(before), _there(record)


def _there(record: Any) -> Any:
    return None if record is None or record.history_type == "-" else record


def fields_of(kind: type[Any]) -> list[Any]:
    """The fields of a tracked kind that are worth a word, those of several last."""
    meta = kind._meta
    return [each for each in meta.fields if each.name not in ("id", "reserved_ml")] + list(meta.many_to_many)


def _chosen(record: Any, each: Any) -> list[Any]:
    return list(getattr(record, each.name).values_list(each.m2m_reverse_field_name(), flat=True))


def take_back(at: datetime, *, by: User, why: str, now: datetime) -> None:
    """Make each row that a change touched as it was before; a change of its own, so it can be taken back as well.

    What was done to these rows later goes with it; stock stays as it is. Raises CannotTakeBackError; then nothing was
    changed.
    """
    steps = list(_steps(at))
    try:
        with transaction.atomic(), one_change(at=now, by=by, why=why):
            for kind, pk, before, _after in reversed(steps):
                if before is None:
                    for row in kind.objects.filter(pk=pk):
                        row.delete()
            for kind, pk, before, _after in steps:
                if before is not None:
                    _restore(kind, pk, before)
            _check_compositions(steps)
    except ValidationError as error:
        raise CannotTakeBackError(error.messages) from error
    except ProtectedError as error:
        names = ", ".join(sorted(str(row) for row in error.protected_objects)[:5])
        said = _("It is used by %(names)s now. Take it out there first.") % {"names": names}
        raise CannotTakeBackError([said]) from error


def _restore(kind: type[Any], pk: Any, before: Any) -> None:
    row = before.instance
    current = kind.objects.filter(pk=pk).first()
    for name in LEFT_ALONE:
        if current is not None and hasattr(row, name):
            setattr(row, name, getattr(current, name))
    row._state.adding = current is None
    row.full_clean()
    if current is None:
        row.save(force_insert=True)
    else:
        row.save(update_fields=[each.name for each in fields_of(kind) if each.concrete and not each.many_to_many
                                and each.name not in LEFT_ALONE])  # fmt: skip
    for each in kind._meta.many_to_many:
        there = each.related_model.objects.filter(pk__in=_chosen(before, each))
        getattr(row, each.name).set(there)


def _check_compositions(steps: list[tuple[type[Any], Any, Any, Any]]) -> None:
    touched = {
        record.component_id
        for kind, _pk, before, after in steps
        if kind is CompositionPart
        for record in (before, after)
        if record is not None
    }
    for component in Component.objects.filter(pk__in=touched):
        total = component.composition.aggregate(total=Sum("percent"))["total"]
        if total is not None and total != WHOLE:
            raise ValidationError(
                _(
                    "The composition of %(name)s would add up to %(sum)s %%. Take the later changes back first."
                )
                % {"name": component, "sum": f"{total.normalize():f}"}
            )
