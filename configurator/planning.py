"""Versions that go on sale by themselves: planned for a time, called off, published when it has come."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from configurator.busy import NO_DATABASE
from configurator.mixing.canonical import DecodeError
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import from_json, spec_hash, to_json
from configurator.mixing.storing import to_bytes
from configurator.mixing.validation import validate
from configurator.models import PlannedPublish, Recipe, RecipeVersion
from configurator.publishing import check_draft, lock_recipe, on_sale, writable, write_version
from staff import audit

logger = logging.getLogger(__name__)

S = PlannedPublish.State
Refusal = PlannedPublish.Refusal
TO_DO_FOR = timedelta(days=14)

# What other apps do when a plan is refused, in the transaction that refuses it; each adds its own when it is ready.
REFUSED: list[Callable[[PlannedPublish, datetime], None]] = []


class NotInFutureError(Exception):
    """The time that was chosen is over; `valid_from` is that time."""

    def __init__(self, valid_from: datetime) -> None:
        self.valid_from = valid_from
        super().__init__(f"{valid_from} is not in the future.")


class PlannedAlreadyError(Exception):
    """A recipe has at most one plan at a time; `plan` is the one that it has."""

    def __init__(self, plan: PlannedPublish) -> None:
        self.plan = plan
        super().__init__(f"{plan.recipe} goes on sale at {plan.valid_from} already.")


class PlanEndedError(Exception):
    """A plan that was published, called off or refused meanwhile; `plan` is as found."""

    def __init__(self, plan: PlannedPublish) -> None:
        self.plan = plan
        super().__init__(f"This plan is {plan.state} already.")


@transaction.atomic
def plan_publish(
    recipe: Recipe,
    *,
    valid_from: datetime,
    by: User | None,
    note: str,
    now: datetime,
    expected_sha256: str | None = None,
    confirmed: str = "",
) -> PlannedPublish:
    """Write down the draft as it is now, to go on sale at `valid_from`; later edits of the draft are no part of it.

    Locks the recipe row. Raises NotInFutureError, PlannedAlreadyError and what `publishing.publish_recipe` raises; then
    nothing is written.
    """
    if valid_from <= now:
        raise NotInFutureError(valid_from)
    recipe = lock_recipe(recipe)
    if plan := planned_for(recipe):
        raise PlannedAlreadyError(plan)
    mixer = check_draft(recipe, expected_sha256=expected_sha256, confirmed=confirmed)
    plan = PlannedPublish.objects.create(
        recipe=recipe,
        valid_from=valid_from,
        spec=to_json(mixer.spec),
        sha256=spec_hash(mixer.spec),
        space=to_bytes(mixer.space),
        mixes=writable(mixer.count()),
        replaces=on_sale(recipe),
        note=note,
        planned_at=now,
        planned_by=by,
    )
    if by is not None:
        audit.record(audit.Kind.CHANGED, who=by.get_username(), about=plan, note=f"planned: {note}")
    return plan


@transaction.atomic
def call_off(plan: PlannedPublish, *, by: User | None, now: datetime) -> PlannedPublish:
    """Take back a plan whose time has not come. Locks the recipe row, then the plan. Raises PlanEndedError."""
    lock_recipe(plan.recipe)
    plan = PlannedPublish.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.state != S.PLANNED:
        raise PlanEndedError(plan)
    if by is not None:
        audit.record(audit.Kind.CHANGED, who=by.get_username(), about=plan, note="called off")
    return _end(plan, S.CALLED_OFF, now=now, ended_by=by)


def publish_due(*, now: datetime) -> int:
    """Put on sale what is planned for `now` or before; returns how many plans this call published.

    What must not be published any more is refused, with the reason in its row. Safe to run twice at once; a plan that
    fails does not stop the others and is tried again. Locks the recipe row, then the plan.
    """
    due = PlannedPublish.objects.filter(state=S.PLANNED, valid_from__lte=now).order_by("valid_from", "pk")
    published = 0
    for plan_id, recipe_id in due.values_list("pk", "recipe_id"):
        try:
            published += _publish(plan_id, recipe_id, now=now)
        except NO_DATABASE:
            raise
        except Exception:
            logger.exception("planned version %s could not be published", plan_id)
    return published


def planned_for(recipe: Recipe) -> PlannedPublish | None:
    """The plan of a recipe whose time has not come, without its spec; one query."""
    return _plans(recipe).filter(state=S.PLANNED).first()


def refused_last(recipe: Recipe) -> PlannedPublish | None:
    """The plan of a recipe that was refused, if nothing was planned or published since; one query or two."""
    last = _plans(recipe).order_by("-pk").first()
    if last is None or last.state != S.REFUSED or last.ended_at is None:
        return None
    since = RecipeVersion.objects.filter(recipe=recipe, published_at__gt=last.ended_at)
    return None if since.exists() else last


def refused_to_do(*, now: datetime) -> list[PlannedPublish]:
    """Plans of the last TO_DO_FOR that were refused although somebody wanted something else on sale; one query.

    Not those of recipes for which something was planned or published since: then somebody has seen to it.
    """
    later = PlannedPublish.objects.filter(recipe=OuterRef("recipe"), pk__gt=OuterRef("pk"))
    published = RecipeVersion.objects.filter(recipe=OuterRef("recipe"), published_at__gt=OuterRef("ended_at"))
    refused = PlannedPublish.objects.filter(state=S.REFUSED, ended_at__gt=now - TO_DO_FOR)
    undone = refused.exclude(refusal=Refusal.ON_SALE).exclude(Exists(later)).exclude(Exists(published))
    return list(undone.select_related("recipe").defer("spec", "space").order_by("ended_at", "pk"))


def is_overtaken(plan: PlannedPublish, version: RecipeVersion | None) -> bool:
    """Whether `version`, on sale now, has other content than what the plan was compared with when it was made.

    Publishing it then would silently take back what somebody else published since.
    """
    before = None if plan.replaces is None else plan.replaces.sha256
    return before != (None if version is None else version.sha256)


def _plans(recipe: Recipe) -> QuerySet[PlannedPublish]:
    related = ("recipe", "replaces__recipe", "planned_by", "version__recipe")
    heavy = ("spec", "space", "replaces__spec", "replaces__space", "version__spec", "version__space")
    return PlannedPublish.objects.filter(recipe=recipe).select_related(*related).defer(*heavy)


@transaction.atomic
def _publish(plan_id: int, recipe_id: int, *, now: datetime) -> bool:
    """Whether it was published: another relay may have been first, or it is refused."""
    recipe = lock_recipe(Recipe(pk=recipe_id))
    plan = PlannedPublish.objects.select_for_update(of=("self",)).get(pk=plan_id)
    if plan.state != S.PLANNED:
        return False
    newest = on_sale(recipe)
    if newest is not None and newest.sha256 == plan.sha256:
        return _refuse(plan, Refusal.ON_SALE, now=now)
    if is_overtaken(plan, newest):
        return _refuse(plan, Refusal.OVERTAKEN, now=now)
    mixer = _mixer(plan)
    if mixer is None:
        return _refuse(plan, Refusal.UNSOUND, now=now)
    version = write_version(recipe, mixer, by=plan.planned_by, note=plan.note, now=now)
    _end(plan, S.PUBLISHED, now=now, version=version)
    logger.info("%s went on sale as planned", version)
    return True


def _mixer(plan: PlannedPublish) -> Mixer | None:
    """None where the stored spec is not what was planned, or this release of the shop cannot read it."""
    try:
        spec = from_json(plan.spec)
        if spec_hash(spec) != plan.sha256 or validate(spec):
            return None
        return Mixer(spec, stored=None if plan.space is None else bytes(plan.space))
    except (DecodeError, SpaceUndecided):
        return None


def _refuse(plan: PlannedPublish, refusal: PlannedPublish.Refusal, *, now: datetime) -> bool:
    _end(plan, S.REFUSED, now=now, refusal=refusal)
    for tell in REFUSED:
        tell(plan, now)
    logger.warning("planned version %s was not published: %s", plan.pk, refusal)
    return False


def _end(
    plan: PlannedPublish, state: PlannedPublish.State, *, now: datetime, **values: Any
) -> PlannedPublish:
    for name, value in {"state": state, "ended_at": now, **values}.items():
        setattr(plan, name, value)
    plan.save(update_fields=["state", "ended_at", *values])
    return plan
