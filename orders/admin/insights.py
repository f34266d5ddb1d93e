"""Insights: what sells and what goes wrong over some days, as charts made here with their figures in tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from configurator.models import Component, Flag
from orders.admin.bench_pages import check_may
from orders.admin.came_back import CameBackFilter
from orders.admin.figure import list_of
from orders.admin.today import SEES_ORDERS, SEES_RECIPES
from orders.counting import first_counted_day
from orders.insights import (
    Funnel,
    Remade,
    Repeats,
    SoldMix,
    begin_of,
    best_mixes,
    flags_asked_for,
    read_funnel,
    read_repeats,
    remakes_by_component,
)
from orders.models import Job, Order
from orders.refused import RefusedPair, most_refused
from orders.relaying import PERIODIC_SECONDS
from orders.search import EVERYWHERE

PERIODS = (7, 28, 90, 365)
USUAL = 28
BAR, ROW = 280, 28  # the widest bar, the height of a row, in units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart and of its table; `address` is that of the list or thing behind it, empty for none.

    `figure` is what the length of the bar says.
    """

    name: str
    value: str
    figure: str
    width: int
    top: int
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`notes` heads the third column; empty where there is none."""

    title: str
    bars: tuple[Bar, ...]
    said: str = ""
    notes: str = ""
    height: int = 0


@never_cache
@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    """For who may see orders; `days` chooses among PERIODS."""
    check_may(request, SEES_ORDERS)
    now = timezone.now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    since = begin_of(days, now=now)
    remade, remakes = remakes_by_component(since=since)
    page = {
        **admin.site.each_context(request),
        "title": _("Insights"),
        "days": days,
        "periods": PERIODS,
        "since": since,
        "counted_since": first_counted_day(),
        "counted_within": PERIODIC_SECONDS,
        "charts": [
            _funnel_chart(read_funnel(since=since), since),
            _mix_chart(best_mixes(since=since)),
            _pair_chart(
                most_refused(since=timezone.localdate(since)),
                sees_recipes=request.user.has_perm(SEES_RECIPES),
            ),
            _flag_chart(flags_asked_for(since=since), sees_recipes=request.user.has_perm(SEES_RECIPES)),
            _remake_chart(remade, remakes, since),
            _repeat_chart(read_repeats(since=since), since),
        ],
    }
    return TemplateResponse(request, "admin/orders/insights.html", page)


def _chart(
    title: str,
    rows: Iterable[tuple[str, float, str, str, str]],
    *,
    said: str = "",
    notes: str = "",
    are_shares: bool = False,
) -> Chart:
    """Rows are (name, how much, the count in words, address, note). With `are_shares` how much is a percentage."""
    rows = list(rows)
    most = max((much for _name, much, *_rest in rows), default=0)
    bars = tuple(
        Bar(
            name=name,
            value=value,
            figure=_percent(much) if are_shares and note else value,
            width=round(BAR * much / most) if most else 0,
            top=i * ROW,
            address=address,
            note=note,
        )
        for i, (name, much, value, address, note) in enumerate(rows)
    )
    return Chart(title, bars, said, notes, len(bars) * ROW)


def _funnel_chart(funnel: Funnel, since: datetime) -> Chart:
    names = {
        "home": _("home page opened"),
        "mixer": _("mixer opened"),
        "basket": _("basket opened"),
        "checkout": _("checkout opened"),
    }
    rows = [(names[page], times, str(times), "", "") for page, times in funnel.pages.items()]
    from_then = since.isoformat()
    rows += [
        (_("orders placed"), funnel.placed, str(funnel.placed), list_of(Order, placed_at__gte=from_then), ""),
        (_("orders paid"), funnel.paid, str(funnel.paid), list_of(Order, paid_at__gte=from_then), ""),
    ]
    said = _(
        "Pages are counted each time that a browser opens them, by staff, too; orders are counted as orders. Nobody is"
        " followed from one step to the next, so these are not shares of the same people. Of pages only"
        " their number is kept: there is no list behind it."
    )
    return _chart(_("From the home page to the payment"), rows, said=said)


def _mix_chart(mixes: Iterable[SoldMix]) -> Chart:
    rows = [
        (
            f"{sold.recipe}: {sold.name}",
            sold.pieces,
            str(sold.pieces),
            f"{reverse('configurator:mixer', args=[sold.slug])}?{urlencode(sold.mix)}",
            "",
        )
        for sold in mixes
    ]
    return _chart(
        _("Best mixes, in pieces sold"), rows, said=_("Of paid orders. Each leads to the mix in the shop.")
    )


def _pair_chart(pairs: Iterable[RefusedPair], *, sees_recipes: bool) -> Chart:
    rows = [
        (
            _("%(recipe)s: %(first)s with %(second)s")
            % {"recipe": pair.recipe.name, "first": pair.names[0], "second": pair.names[1]},
            pair.times,
            str(pair.times),
            _desk_of(pair) if sees_recipes else "",
            pair.rule.reason if pair.rule else _("no rule refuses it any more"),
        )
        for pair in pairs
    ]
    said = _(
        "Counted when somebody chooses one beside the other, or asks the quiz for both, without who it was. Each leads"
        " to the rule that refuses the two."
    )
    return _chart(_("Pairs that were refused most"), rows, said=said, notes=_("why"))


def _desk_of(pair: RefusedPair) -> str:
    """The rule on the desk of its recipe; where there is none, all rules."""
    desk = reverse("admin:configurator_recipe_desk", args=[pair.recipe.pk])
    return f"{desk}?rule={pair.rule.pk}#rule" if pair.rule else f"{desk}#rules"


def _flag_chart(flags: Iterable[tuple[Flag, int]], *, sees_recipes: bool) -> Chart:
    rows = [
        (
            flag.name,
            times,
            str(times),
            list_of(Component, flags__id__exact=flag.pk) if flag.pk and sees_recipes else "",
            "",
        )
        for flag, times in flags
    ]
    said = _(
        "Counted when somebody puts one on the list of what is left out, without who it was. Each leads to the"
        " components that have it."
    )
    return _chart(_("What shoppers want left out"), rows, said=said)


def _remake_chart(remade: Iterable[Remade], remakes: int, since: datetime) -> Chart:
    made_anew = {"remake_of__isnull": False, "created_at__gte": since.isoformat(), "sandbox__isnull": True}
    behind = list_of(Job, **made_anew)
    rows = [(_("all together"), 0.0, str(remakes), behind, "")]
    rows += [
        (
            row.component,
            row.percent,
            str(row.remakes),
            list_of(Job, q=f"{EVERYWHERE}{row.slug}", **made_anew),
            _percent_of(row.percent, of=row.jobs),
        )
        for row in remade
    ]
    said = _(
        "A bottle is made anew as a whole and counts for each component in it. Bars show the share of its jobs."
    )
    title, notes = _("Bottles made anew, by component"), _("share of its jobs")
    return _chart(title, rows, said=said, notes=notes, are_shares=True)


def _repeat_chart(repeats: Repeats, since: datetime) -> Chart:
    bought = list_of(
        Order, state__exact=Order.State.PAID, paid_at__gte=since.isoformat(), sandbox__isnull=True
    )
    came_back = bought and f"{bought}&{CameBackFilter.parameter_name}=yes"
    share = "" if repeats.percent is None else _percent_of(repeats.percent, of=repeats.buyers)
    rows = [
        (_("buyers"), repeats.buyers, str(repeats.buyers), bought, ""),
        (_("of them with more than one order, ever"), repeats.again, str(repeats.again), came_back, share),
    ]
    said = _("Told apart by their e-mail addresses. Each leads to what they ordered.")
    return _chart(_("Who comes back"), rows, said=said, notes=_("share"))


def _percent(percent: float) -> str:
    return _("%(percent)s %%") % {"percent": number_format(percent, 1)}


def _percent_of(percent: float, *, of: int) -> str:
    return _("%(percent)s %% of %(all)s") % {"percent": number_format(percent, 1), "all": of}
