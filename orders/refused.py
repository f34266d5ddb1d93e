"""Which two components shoppers wanted together most and could not have, and the rule that refuses them now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import NONE
from configurator.models import Recipe, Rule
from configurator.refused_pairs import REFUSED, Pair, read_refused
from configurator.versions import mixer_for, versions_on_sale
from configurator.wording import component_name
from orders.counting import read_counts

MOST_PAIRS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPair:
    """`rule` is the one of the draft that refuses it on sale, with its reason; None where none does any more."""

    recipe: Recipe
    names: Pair
    times: int
    rule: Rule | None


def most_refused(*, since: date) -> list[RefusedPair]:
    """The pairs that were refused most from a day on, most first, of recipes on sale; a fixed number of queries."""
    counted = read_counts(REFUSED, since=since)
    if not counted:
        return []
    mixers = {version.recipe.slug: (version.recipe, mixer_for(version)) for version in versions_on_sale()}
    known = [(*read_refused(name), times) for name, times in counted.items()]
    most = sorted(
        ((recipe, pair, times) for recipe, pair, times in known if recipe in mixers),
        key=lambda row: (-row[2], row[:2]),
    )[:MOST_PAIRS]
    slugs = {(recipe, pair): _refusing(mixers[recipe][1], pair) for recipe, pair, _times in most}
    rules = _rules({recipe for recipe, _pair, _times in most})
    return [
        RefusedPair(
            recipe=mixers[recipe][0],
            names=_names(mixers[recipe][1], pair),
            times=times,
            rule=rules.get((recipe, slugs[recipe, pair])),
        )
        for recipe, pair, times in most
    ]


def _refusing(mixer: Mixer, pair: Pair) -> str:
    """The rule that refuses the two in whichever slots they can stand; empty if none does."""

    @cache
    def beside(slot: str, component: str) -> Mapping[tuple[str, str], str]:
        answer = mixer.options({slot: component}, size=mixer.spec.sizes[0])
        return {
            (row.slot.slug, option.slug): option.refusal.rules[0].slug
            for row in answer.slots
            for option in row.options
            if option.slug in pair and option.refusal is not None and option.refusal.rules
        }

    first, second = pair
    for slot, slugs in zip(mixer.spec.slots, mixer.option_slugs, strict=True):
        if first not in slugs:
            continue
        for (other, component), rule in beside(slot.slug, first).items():
            if component == second and other != slot.slug:
                return rule
    return ""


def _names(mixer: Mixer, pair: Pair) -> Pair:
    """The names that they have on sale; of what is not there any more the short name."""
    there = {slug for slugs in mixer.option_slugs for slug in slugs} | {NONE}
    first, second = (component_name(mixer.spec, slug) if slug in there else slug for slug in pair)
    return first, second


def _rules(recipes: Iterable[str]) -> dict[tuple[str, str], Rule]:
    rows = Rule.objects.filter(recipe__slug__in=recipes).select_related("recipe")
    return {(row.recipe.slug, row.slug): row for row in rows}
