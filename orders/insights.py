"""What sells and what goes wrong, over some days: sums only, from orders, jobs and counts without persons."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Lower
from django.utils import timezone

from configurator.mixing.spec import NONE
from configurator.models import Component, Flag, RecipeVersion
from configurator.versions import mixer_for
from configurator.wording import mix_name
from orders.counting import read_counts
from orders.models import Job, Order, OrderLine

S = Job.State
PAGES = ("home", "mixer", "basket", "checkout")
MOST_MIXES = 10


@dataclass(frozen=True, slots=True)
class Funnel:
    """How often each of PAGES was opened, and how many orders were placed and paid, from `since` on."""

    pages: Mapping[str, int]
    placed: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldMix:
    """A mix with how many pieces of it were sold, named as in the last version that it was sold under."""

    recipe: str
    slug: str
    name: str
    mix: Mapping[str, str]
    pieces: int


@dataclass(frozen=True, slots=True)
class Remade:
    """Of the jobs with a component, how many there were and how many had to be made anew."""

    slug: str
    component: str
    jobs: int
    remakes: int

    @property
    def percent(self) -> float:
        return 100 * self.remakes / self.jobs if self.jobs else 0.0


@dataclass(frozen=True, slots=True)
class Repeats:
    """Of the buyers since some day, how many had bought before or have bought again."""

    buyers: int
    again: int

    @property
    def percent(self) -> float | None:
        return 100 * self.again / self.buyers if self.buyers else None


def begin_of(days: int, *, now: datetime) -> datetime:
    """When the first of the last so many days began, today being the last."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    return timezone.make_aware(datetime.combine(first, datetime.min.time()))


def read_funnel(*, since: datetime) -> Funnel:
    """Three queries. Pages are openings, not people; orders are orders."""
    counted = read_counts("page:", since=timezone.localdate(since))
    real = Order.objects.filter(sandbox=None)
    return Funnel(
        pages={page: counted.get(page, 0) for page in PAGES},
        placed=real.filter(placed_at__gte=since).count(),
        paid=real.filter(paid_at__gte=since).count(),
    )


def best_mixes(*, since: datetime) -> list[SoldMix]:
    """The mixes of paid orders that sold most, most first, of all versions of their recipes together."""
    sold: Counter[tuple[int, tuple[tuple[str, str], ...]]] = Counter()
    newest: dict[tuple[int, tuple[tuple[str, str], ...]], int] = {}
    lines: QuerySet[OrderLine, Any] = (
        OrderLine.objects.filter(
            order__state=Order.State.PAID, order__paid_at__gte=since, order__sandbox=None
        )
        .order_by()
        .values_list("version__recipe_id", "mix")
        .annotate(pieces=Sum("quantity"), newest=Max("version_id"))
    )
    for recipe, mix, pieces, version in lines:
        key = recipe, tuple(sorted(mix.items()))
        sold[key] += pieces
        newest[key] = max(newest.get(key, 0), version)
    best = sold.most_common(MOST_MIXES)
    versions = RecipeVersion.objects.defer("spec", "space").in_bulk([newest[key] for key, _pieces in best])
    return [_named(versions[newest[key]], dict(key[1]), pieces) for key, pieces in best]


def _named(version: RecipeVersion, mix: Mapping[str, str], pieces: int) -> SoldMix:
    spec = mixer_for(version).spec
    return SoldMix(recipe=spec.name, slug=spec.slug, name=mix_name(spec, mix), mix=mix, pieces=pieces)


def flags_asked_for(*, since: datetime) -> list[tuple[Flag, int]]:
    """(a flag, how often somebody asked to have it left out), most first; one that is gone has no id."""
    counted = read_counts("avoid:", since=timezone.localdate(since))
    flags = {flag.slug: flag for flag in Flag.objects.filter(slug__in=counted)}
    found = [(flags.get(slug) or Flag(slug=slug, name=slug), times) for slug, times in counted.items()]
    return sorted(found, key=lambda row: -row[1])


def remakes_by_component(*, since: datetime) -> tuple[list[Remade], int]:
    """(per component of the jobs made since, the most often remade first; how many remakes in all).

    A bottle is remade whole: which of its components was at fault, nobody has written down, so it counts for each.
    """
    jobs: defaultdict[str, int] = defaultdict(int)
    remakes: defaultdict[str, int] = defaultdict(int)
    real = Job.objects.filter(created_at__gte=since, sandbox=None).exclude(state=S.CANCELLED)
    rows: QuerySet[Job, Any] = (
        real.order_by()
        .values_list("line__mix")
        .annotate(
            first=Count("pk", filter=Q(remake_of=None)), anew=Count("pk", filter=Q(remake_of__isnull=False))
        )
    )
    total = 0
    for mix, made, remade in rows:
        total += remade
        for component in set(mix.values()) - {NONE}:
            jobs[component] += made
            remakes[component] += remade
    names = dict(Component.objects.filter(slug__in=jobs).values_list("slug", "name"))
    found = [Remade(slug, names.get(slug, slug), jobs[slug], n) for slug, n in remakes.items() if n]
    return sorted(found, key=lambda row: (-row.percent, row.component)), total


def read_repeats(*, since: datetime) -> Repeats:
    """Buyers by their mail addresses, which are compared in the database and not shown; one query."""
    buyers = (
        Order.objects.filter(state=Order.State.PAID, sandbox=None)
        .order_by()
        .annotate(buyer=Lower("email"))
        .values("buyer")
        .annotate(orders=Count("pk"), last=Max("paid_at"))
        .filter(last__gte=since)
    )
    found = buyers.aggregate(n=Count("buyer"), again=Count("buyer", filter=Q(orders__gt=1)))
    return Repeats(found["n"], found["again"])
