"""What the shop API says of versions, answers and verdicts, in the shapes of `api_shapes`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings

from configurator.bench import Bench
from configurator.delivery import promise
from configurator.mixing.mixer import Answer, Mixer, Option, SlotOptions, Verdict
from configurator.mixing.spec import Component, Rule
from configurator.models import RecipeVersion
from configurator.wording import refusal_text, repair_text


def recipe_brief(version: RecipeVersion, mixer: Mixer) -> dict[str, Any]:
    return {
        "slug": mixer.spec.slug,
        "name": mixer.spec.name,
        "version": version.number,
        "sha256": version.sha256,
        "mixes": mixer.count(),
    }


def recipe_content(version: RecipeVersion, mixer: Mixer) -> dict[str, Any]:
    """The public content of a version: everything but shares."""
    spec = mixer.spec
    return {
        **recipe_brief(version, mixer),
        "currency": settings.CURRENCY,
        "sizes": [
            {"slug": size.slug, "volume_ml": size.volume_ml, "price": size.price, "label": size.label}
            for size in spec.sizes
        ],
        "slots": [
            {
                "slug": slot.slug,
                "name": slot.name,
                "hint": slot.hint,
                "family": slot.family,
                "dose_microlitres": slot.dose_ul,
                "optional": slot.optional,
                "group": slot.group,
                "paints": slot.paints,
            }
            for slot in spec.slots
        ],
        "families": [
            {
                "slug": family.slug,
                "name": family.name,
                "components": [_component_content(component) for component in family.components],
            }
            for family in spec.families
        ],
        "rules": [_rule_content(rule) for rule in spec.rules],
        "starters": [{"name": starter.name, "mix": dict(starter.mix)} for starter in spec.starters],
        "needs": [
            {
                "slug": need.slug,
                "wording": need.wording,
                "component": need.component,
                "helped_by": [component for component, _weight in need.weights],
            }
            for need in spec.needs
        ],
    }


def answer_content(mixer: Mixer, answer: Answer) -> dict[str, Any]:
    low_high = answer.prices
    return {
        "count": answer.count,
        "price": {"low": low_high[0], "high": low_high[1], "currency": settings.CURRENCY}
        if low_high
        else None,
        "slots": [_slot_content(mixer, row) for row in answer.slots],
    }


def verdict_content(mixer: Mixer, mix: Mapping[str, str], verdict: Verdict) -> dict[str, Any]:
    return {
        "makeable": verdict.makeable,
        "rules": [_rule_content(rule) for rule in (*verdict.broken, *verdict.advice)],
        "avoided": [
            {"slot": slot, "component": component, "contains": list(found)}
            for slot, component, found in verdict.avoided
        ],
        "repairs": [
            {"mix": repaired, "change": repair_text(mixer.spec, mix, repaired)}
            for repaired in verdict.repairs
        ],
        "price": verdict.price,
        "price_per_100_ml": verdict.price_per_100_ml,
        "currency": settings.CURRENCY,
        "ingredients": list(verdict.label.ingredients),
        "allergens": list(verdict.label.allergens),
        "flags": list(verdict.label.flags),
    }


def delivery_content(bench: Bench, *, today: date) -> dict[str, Any]:
    promised = promise(bench, today=today)
    return {
        "price": bench.price,
        "free_from": bench.free_from,
        "made_on": promised.made_on,
        "arrives_on": promised.arrives_on,
    }


def _component_content(component: Component) -> dict[str, Any]:
    names = [name for name, _share in (*component.composition, *component.fragrance_allergens)]
    return {
        "slug": component.slug,
        "name": component.name,
        "tagline": component.tagline,
        "colour": component.colour,
        "glyph": component.glyph,
        "drawing": component.drawing,
        "drawing_style": component.drawing_style.value,
        "flags": list(component.flags),
        "suits": list(component.suits),
        "surcharge": component.surcharge,
        "substances": sorted(set(names)),
    }


def _rule_content(rule: Rule) -> dict[str, Any]:
    force = "advice" if rule.advice else "hard"
    return {"slug": rule.slug, "kind": rule.kind.value, "force": force, "reason": rule.reason}


def _slot_content(mixer: Mixer, row: SlotOptions) -> dict[str, Any]:
    return {
        "slug": row.slot.slug,
        "name": row.slot.name,
        "components": [_option_content(mixer, option) for option in row.options],
    }


def _option_content(mixer: Mixer, option: Option) -> dict[str, Any]:
    refusal = option.refusal
    return {
        "slug": option.slug,
        "name": option.component.name if option.component else "",
        "chosen": option.chosen,
        "open": option.is_open,
        "reason": refusal_text(mixer, option, refusal) if refusal else "",
        "rules": [rule.slug for rule in refusal.rules] if refusal else [],
        "choices": [{"slot": slot, "component": slug} for slot, slug in refusal.choices] if refusal else [],
        "avoided": list(refusal.avoided) if refusal else [],
    }
