"""Today, the first page of the admin: what is late or will be, what is to be blended, how it goes lately."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from configurator.models import Component, PlannedPublish, Recipe
from configurator.planning import refused_to_do
from configurator.unpublished import unpublished_drafts
from orders.admin.bench_pages import LOOK, check_may
from orders.admin.figure import Figure, list_of
from orders.admin.made_anew import NOT_MADE_ANEW
from orders.lately import (
    ALARM_PERCENT,
    COVER_DAYS,
    LATELY,
    SentOrder,
    median_to_close,
    punctuality,
    read_sent,
    short_of,
    weeks_of,
)
from orders.models import Job, Order, Shipment
from orders.today import (
    OpenWork,
    ToBlend,
    count_unpaid,
    read_open_work,
    waiting_for_a_word,
)

SHOWN = 20  # late orders on the first page; the list behind has all
DAYS_SHOWN = 10
MOST_LISTED = 1000
SEES_ORDERS, SEES_PARCELS = "orders.view_order", "orders.view_shipment"
SEES_PLANS, PUBLISHES = "configurator.view_plannedpublish", "configurator.publish_recipe"
SEES_STOCK, SEES_RECIPES = "configurator.view_component", "configurator.view_recipe"


def read_today(request: HttpRequest) -> dict[str, Any]:
    """What the page shows to whoever looks, as far as her permissions go; what she may not see is not read."""
    now = timezone.now()
    user = request.user
    shown: dict[str, Any] = {"at": now, "may_see_orders": user.has_perm(SEES_ORDERS), "most_shown": SHOWN}
    figures: list[Figure] = []
    if user.has_perm(LOOK):
        work = read_open_work(now=now)
        shown |= {"work": work, "to_blend": _blend_rows(work.to_blend)}
        shown |= {"late": work.late[:SHOWN], "late_soon": work.late_soon[:SHOWN]}
        figures += _late_figures(work)
        figures += _pace_figures(work, read_sent(now=now), now=now, sees_parcels=user.has_perm(SEES_PARCELS))
    if user.has_perm(SEES_ORDERS):
        figures += _waiting_figures(now=now)
    if user.has_perm(SEES_STOCK):
        figures.append(_stock_figure(now=now))
    if user.has_perm(SEES_RECIPES):
        figures.append(_draft_figure())
    if user.has_perm(SEES_PLANS):
        figures += _refused_figures(now=now, may_publish=user.has_perm(PUBLISHES))
    return {**shown, "figures": figures}


@never_cache
@require_safe
def late_orders(request: HttpRequest) -> HttpResponse:
    """The orders behind the figures: late, late soon, waiting for a word, and those that were sent too late."""
    check_may(request, LOOK)
    now = timezone.now()
    work = read_open_work(now=now)
    sees_orders = request.user.has_perm(SEES_ORDERS)
    page = {
        **admin.site.each_context(request),
        "title": _("Late orders"),
        "at": now,
        "may_see_orders": sees_orders,
        "late": work.late[:MOST_LISTED],
        "late_soon": work.late_soon[:MOST_LISTED],
        "waiting": waiting_for_a_word(now=now, most=MOST_LISTED) if sees_orders else [],
        "sent_late": [order for order in read_sent(now=now) if order.is_late][-MOST_LISTED:],
        "days": LATELY.days,
    }
    return TemplateResponse(request, "admin/orders/late.html", page)


def _late(part: str) -> str:
    return f"{reverse('admin:late')}#{part}"


def _blend_rows(days: Iterable[ToBlend]) -> list[Figure]:
    """A row for each of the first days, and one for what comes later."""
    days = list(days)
    common = {"state__in": ",".join(Job.HOLDS_STOCK), "sandbox__isnull": True, **NOT_MADE_ANEW}
    rows = [
        Figure(
            name=date_format(day.promised_on, "D j M"),
            value=str(day.jobs),
            address=list_of(Job, promised_on__exact=day.promised_on.isoformat(), **common),
            hint=_("late") if day.is_late else "",
            is_alarm=day.is_late,
        )
        for day in days[:DAYS_SHOWN]
    ]
    if rest := days[DAYS_SHOWN:]:
        jobs = sum(day.jobs for day in rest)
        after = days[DAYS_SHOWN - 1].promised_on.isoformat()
        rows.append(Figure(_("later"), str(jobs), list_of(Job, promised_on__gt=after, **common)))
    return rows


def _late_figures(work: OpenWork) -> list[Figure]:
    return [
        Figure(
            _("orders late"),
            str(len(work.late)),
            _late("late"),
            _("promised before today and not sent") if work.late else "",
            is_alarm=bool(work.late),
        ),
        Figure(
            _("orders that will be late"),
            str(len(work.late_soon)),
            _late("soon"),
            _("as things are they arrive after the promised day") if work.late_soon else "",
        ),
    ]


def _waiting_figures(*, now: datetime) -> list[Figure]:
    waiting = waiting_for_a_word(now=now, most=MOST_LISTED)
    return [
        Figure(
            _("orders that wait for payment"),
            str(count_unpaid()),
            list_of(Order, state__exact=Order.State.PLACED),
            _("they are let go after a day"),
        ),
        Figure(
            _("shoppers who were told that it comes later and have not answered"),
            str(len(waiting)),
            _late("waiting"),
        ),
    ]


def _pace_figures(
    work: OpenWork, sent: list[SentOrder], *, now: datetime, sees_parcels: bool
) -> list[Figure]:
    last, this = weeks_of(now)
    rows = []
    for name, since, until in (
        (_("from paid to sent, median of this week"), this, now),
        (_("from paid to sent, median of last week"), last, this),
    ):
        parcels = list_of(Shipment, shipped_at__gte=since.isoformat(), shipped_at__lt=until.isoformat())
        took = median_to_close(sent, since=since, until=until)
        rows.append(Figure(name, _duration(took), parcels if sees_parcels else ""))
    found = punctuality(sent, late_now=len(work.late))
    percent = found.percent_on_time
    rows.append(
        Figure(
            _("on time, of the last %(days)s days") % {"days": LATELY.days},
            _("nothing yet") if percent is None else f"{number_format(percent, 1)} %",
            _late("sent"),
            _("%(late)s of %(orders)s late; %(percent)s %% or more is too many")
            % {"late": found.late, "orders": found.orders, "percent": ALARM_PERCENT},
            is_alarm=found.is_alarming,
        )
    )
    return rows


def _duration(took: timedelta | None) -> str:
    """With one decimal, and so in the plural even of 1."""
    if took is None:
        return _("nothing yet")
    if took < timedelta(days=1):
        hours = took / timedelta(hours=1)
        return _("%(hours)s hours") % {"hours": number_format(hours, 1)}
    days = took / timedelta(days=1)
    return _("%(days)s days") % {"days": number_format(days, 1)}


def _stock_figure(*, now: datetime) -> Figure:
    short = short_of(now=now)
    named = [
        ngettext("%(name)s: %(days)s day", "%(name)s: %(days)s days", cover.days)
        % {"name": cover.component.name, "days": cover.days}
        for cover in short
    ]
    return Figure(
        _("components with stock for less than %(days)s days") % {"days": COVER_DAYS},
        str(len(short)),
        _list_of_rows(Component, (cover.component for cover in short)),
        " · ".join(named),
        is_alarm=bool(short),
    )


def _draft_figure() -> Figure:
    drafts = unpublished_drafts()
    said = [recipe.name for recipe in drafts.recipes]
    if drafts.unread:
        unread = ngettext(
            "%(count)s more recipe is not compared here",
            "%(count)s more recipes are not compared here",
            drafts.unread,
        )
        said.append(unread % {"count": drafts.unread})
    address = _list_of_rows(Recipe, drafts.recipes)
    return Figure(_("drafts not published"), str(len(drafts.recipes)), address, " · ".join(said))


def _refused_figures(*, now: datetime, may_publish: bool) -> list[Figure]:
    """Only while there is something to do about it."""
    plans = refused_to_do(now=now)
    said = [
        _("%(recipe)s: %(reason)s") % {"recipe": plan.recipe.name, "reason": plan.get_refusal_display()}
        for plan in plans
    ]
    ways_on = tuple(
        (
            _("Publish or plan %(recipe)s anew") % {"recipe": plan.recipe.name},
            reverse("admin:configurator_recipe_publish", args=[plan.recipe_id]),
        )
        for plan in plans
        if may_publish
    )
    name, address = _("planned versions that were not published"), _list_of_rows(PlannedPublish, plans)
    found = Figure(name, str(len(plans)), address, " · ".join(said), is_alarm=True, ways_on=ways_on)
    return [found] if plans else []


def _list_of_rows(model: type[Model], rows: Iterable[Model]) -> str:
    """The list of just these; 0 stands for none."""
    return list_of(model, pk__in=",".join(str(row.pk) for row in rows) or "0")
