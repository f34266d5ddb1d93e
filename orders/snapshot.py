"""The frozen recipe of a job: all that a maker needs to make and label one order line, and its hash."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from configurator.mixing.canonical import fingerprint
from configurator.mixing.label import chosen_components, declared_allergens, doses, label
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import NONE, Spec
from orders.models import Job, OrderLine


class NotReadyError(Exception):
    """A line that may not go to production; the message says why, for staff."""


def take_snapshot(line: OrderLine, mixer: Mixer) -> tuple[str, str]:
    """(canonical JSON, SHA-256) of what to make for a line.

    Raises NotReadyError if its version forbids it, and if anything is missing that a maker needs.
    """
    spec = mixer.spec
    if not mixer.is_makeable(line.mix):
        raise NotReadyError(f"{line} is not makeable under version {line.version.number} of {spec.slug}")
    content = _content(line, spec)
    if missing := list(find_missing(content, spec)):
        raise NotReadyError(f"the recipe of {line} is not complete: {'; '.join(missing)}")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text, fingerprint(text)


def find_missing(content: Mapping[str, Any], spec: Spec) -> Iterator[str]:
    """What a snapshot lacks of what its version says that it has, for staff; nothing where it is complete."""
    parts, mix = content["parts"], content["mix"]
    made = [part["slot"] for part in parts]
    for slot in spec.slots:
        if mix.get(slot.slug) != NONE and made.count(slot.slug) != 1:
            yield f"{made.count(slot.slug)} parts for {slot.slug}"
    if spec.is_dosed:
        yield from (f"no dose of {part['component']}" for part in parts if not part["microlitres"])
    if len(content["steps"]) != len(parts):
        yield f"{len(content['steps'])} steps for {len(parts)} parts"
    substances = {name for _dose, part in chosen_components(spec, mix) for name, _ppm in part.composition}
    if unnamed := substances - set(content["ingredients"]):
        yield f"no ingredient {', '.join(sorted(unnamed))}"
    allergens = set(declared_allergens(spec, mix))
    if untold := allergens - set(content["allergens"]) or allergens - set(content["ingredients"]):
        yield f"no allergen {', '.join(sorted(untold))}"
    said = content["label_lines"]
    if not said or not said[-1].endswith(", ".join(content["ingredients"])):
        yield "no label that ends with the ingredients"


def _content(line: OrderLine, spec: Spec) -> dict[str, Any]:
    size = spec.size(line.size)
    said = label(spec, line.mix)
    names = {part.slug: part.name for family in spec.families for part in family.components}
    slots = {slot.slug: slot.name for slot in spec.slots}
    parts = [
        {
            "slot": dose.slot,
            "slot_name": slots[dose.slot],
            "component": dose.component,
            "name": names[dose.component],
            "microlitres": dose.microlitres,
        }
        for dose in doses(spec, line.mix, size)
        if dose.component != NONE
    ]
    return {
        "recipe": {
            "slug": spec.slug,
            "name": spec.name,
            "version": line.version.number,
            "sha256": line.version.sha256,
        },
        "size": {"slug": size.slug, "volume_microlitres": size.volume_ml * 1000 if size.volume_ml else None},
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "mix": line.mix,
        "parts": parts,
        "steps": [_step(part) for part in parts],
        "ingredients": list(said.ingredients),
        "allergens": list(said.allergens),
        "flags": list(said.flags),
        "label_name": line.label_name,
        "label_lines": _label_lines(line, spec, said.ingredient_text),
    }


def _step(part: dict[str, Any]) -> str:
    if part["microlitres"] is None:
        return f"Fit {part['name']} ({part['slot']})"
    return f"Weigh in {Decimal(part['microlitres']) / 1000:f} ml of {part['name']} ({part['slot']})"


def _label_lines(line: OrderLine, spec: Spec, ingredients: str) -> list[str]:
    size = spec.size(line.size)
    lines = [spec.name]
    if line.label_name:
        lines.append(f"Made for {line.label_name}")
    if size.volume_ml:
        lines.append(f"{size.volume_ml} ml ℮")
    if ingredients:
        lines.append(f"Ingredients: {ingredients}")
    return lines


def slot_name_of(part: dict[str, Any]) -> str:
    """The name of the slot that a part of a snapshot fills; its slug in a job of before names were frozen with it."""
    return str(part.get("slot_name") or part["slot"])


def read_snapshot(job: Job) -> dict[str, Any]:
    """What `take_snapshot` wrote for a job; empty while it has not been handed off."""
    content: dict[str, Any] = json.loads(job.snapshot) if job.snapshot else {}
    return content
