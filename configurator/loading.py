"""Loading a catalogue file into the draft and publishing it: all or nothing, and never over staff's edits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction

from configurator.catalogue_file import CatalogueError, FileProblem, Node, find_file, read_file
from configurator.mixing.spec import RuleKind
from configurator.mixing.validation import InvalidSpecError
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
    RecipeVersion,
    Rule,
    Size,
    Slot,
    Starter,
    StarterPart,
    Substance,
)
from configurator.models.fields import LAST
from configurator.publishing import publish_recipe
from configurator.records import begin_records

SHIPPED_CATALOGUE = find_file("alembic-row")
Progress = Callable[[str], None]

# Fields that are called otherwise in a file, by their unit.
IN_FILE = {
    "price": "price_pence",
    "free_from": "free_from_pence",
    "surcharge": "surcharge_pence",
    "dose_ml": "dose_ml_per_250",
}
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file brought: counts by kind of row, and the version that is now on sale."""

    counts: dict[str, int]
    version: RecipeVersion


class AlreadyThereError(Exception):
    """The recipe of the file is in the database; loading it again could overwrite what staff changed."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"There is a recipe called {slug} already; edit it in the admin instead.")


def load_catalogue(path: Path, *, now: datetime, progress: Progress = lambda line: None) -> Loaded:
    """Write the rows of a catalogue file and publish its recipe, in one transaction.

    Families, components, flags and substances that exist already are left as they are. Raises CatalogueError naming
    line and field of everything wrong, AlreadyThereError, OSError.
    """
    root = read_file(path.read_text(encoding="utf-8"))
    slug = root.get("recipe").get("slug").text()
    if Recipe.objects.filter(slug=slug).exists():
        raise AlreadyThereError(slug)
    with transaction.atomic():
        loader = _Loader(root, progress)
        recipe = loader.load()
        begin_records(apps.get_model, at=now, why=f"Loaded from {path.name}")
        if root.problems:
            raise CatalogueError(root.problems)
        progress("publishing")
        try:
            version = publish_recipe(
                recipe, by=None, note=f"Loaded from {path.name}", now=now, confirmed=recipe.name
            )
        except InvalidSpecError as error:
            raise CatalogueError(
                FileProblem(loader.line_of(problem.where), problem.where, problem.message)
                for problem in error.problems
            ) from error
    return Loaded(loader.counts, version)


class _Loader:
    """Walks the file once; a bad field is noted and skipped, so that one run names them all."""

    def __init__(self, root: Node, progress: Progress) -> None:
        self.root, self.progress = root, progress
        self.counts: dict[str, int] = {}
        self.components: dict[str, Component] = {}
        self.slots: dict[str, Slot] = {}
        self._lines: dict[str, int] = {}

    def line_of(self, where: str) -> int:
        """The line of a thing named as the spec's validation names it, such as `rule gleam-mend`."""
        return self._lines.get(where, 1)

    def load(self) -> Recipe:
        self.progress("flags and families")
        for item in self.root.get("flags").items():
            self._kept(item, Flag, slug=item.text(), name=item.text().replace("-", " "))
        for item in self.root.get("families").items():
            self._family(item)
        self.progress("recipe, slots and sizes")
        recipe = self._recipe(self.root.get("recipe"))
        self.progress("rules, starters and needs")
        for position, item in enumerate(self.root.get("rules").items()):
            self._rule(item, recipe, position)
        for position, item in enumerate(self.root.get("starters").items()):
            self._starter(item, recipe, position)
        for position, item in enumerate(self.root.get("needs").items()):
            self._need(item, recipe, position)
        self._delivery(self.root.get("delivery"))
        return recipe

    def _family(self, item: Node) -> None:
        family = self._kept(item, Family, slug=item.get("slug").text(), name=item.get("name").text())
        for position, inner in enumerate(item.get("components").items()):
            self._component(inner, family, position)

    def _component(self, item: Node, family: Family, position: int) -> None:
        slug = item.get("slug").text()
        existing = Component.objects.filter(slug=slug).first()
        if existing is not None:
            self.components[slug] = existing
            return
        row = self._save(
            item,
            Component(
                family=family,
                slug=slug,
                name=item.get("name").text(),
                tagline=item.get("tagline").text(""),
                colour=item.get("colour").text("#E9DFCB"),
                glyph=item.get("glyph").text("bottle"),
                drawing=item.get("drawing").text(""),
                drawing_style=item.get("drawing_style").text("fill"),
                surcharge=item.get("surcharge_pence").whole(0),
                stock_ml=item.get("stock_ml").decimal(),
                position=position,
            ),
        )
        self.components[slug] = row
        if not row.pk:
            return
        row.flags.set(self._kept_all(item.get("flags"), Flag))
        row.suits.set(self._kept_all(item.get("suits"), HairType))
        for kind, name in (
            (CompositionPart, "composition_percent"),
            (FragranceAllergen, "fragrance_allergens_percent"),
        ):
            for substance, share in item.get(name).members():
                ingredient = self._kept(share, Substance, name=substance)
                self._save(
                    share, kind(component=row, substance=ingredient, percent=share.decimal() or Decimal(0))
                )
        for number, value in item.get("amounts").members():
            self._save(value, Amount(component=row, name=number, value=value.whole()))

    def _recipe(self, item: Node) -> Recipe:
        doses = [slot.get("dose_ml_per_250").decimal() for slot in item.get("slots").items()]
        months = item.get("open_jar_months")
        threshold = self.root.get("allergen_declaration").get("rinse_off_threshold_percent").decimal()
        recipe = self._save(
            item,
            Recipe(
                slug=item.get("slug").text(),
                name=item.get("name").text(),
                reference_ml=250 if any(dose is not None for dose in doses) else None,
                allergen_threshold_percent=threshold,
                open_jar_months=None if months.value is None else months.whole(),
                staff_note=self.root.get("note").text(""),
                position=min(Recipe.objects.count(), LAST),
            ),
        )
        for position, inner in enumerate(item.get("sizes").items()):
            volume = inner.get("volume_ml")
            self._save(
                inner,
                Size(
                    recipe=recipe,
                    slug=inner.get("slug").text(),
                    volume_ml=None if volume.value is None else volume.whole(),
                    price=inner.get("price_pence").whole(),
                    label=inner.get("label").text(""),
                    position=position,
                ),
            )
        for position, inner in enumerate(item.get("slots").items()):
            self._slot(inner, recipe, position)
        return recipe

    def _slot(self, item: Node, recipe: Recipe, position: int) -> None:
        family = Family.objects.filter(slug=item.get("family").text()).first()
        if family is None:
            item.get("family").fail("there is no such family")
            return
        self.slots[item.get("slug").text()] = self._save(
            item,
            Slot(
                recipe=recipe,
                slug=item.get("slug").text(),
                name=item.get("name").text(),
                hint=item.get("hint").text(""),
                family=family,
                dose_ml=item.get("dose_ml_per_250").decimal(),
                is_optional=item.get("optional").flag(),
                group=item.get("group").text(""),
                paints=item.get("paints").text(""),
                position=position,
            ),
        )

    def _rule(self, item: Node, recipe: Recipe, position: int) -> None:
        kind = item.get("kind").text()
        if kind not in list(RuleKind):
            item.get("kind").fail(f"is not one of {', '.join(RuleKind)}")
            return
        row = self._save(
            item,
            Rule(
                recipe=recipe,
                slug=item.get("slug").text(),
                kind=kind,
                force=Rule.Force.ADVICE if item.get("advice").flag() else Rule.Force.HARD,
                reason=item.get("reason").text(),
                amount=item.get("amount").text(""),
                max_percent=item.get("max_percent").decimal(),
                max_number=None if item.get("max_number").value is None else item.get("max_number").whole(),
                position=position,
            ),
        )
        if not row.pk:
            return
        row.left.set(self._found(item.get("left"), self.components, "component"))
        row.right.set(self._found(item.get("right"), self.components, "component"))
        row.left_slots.set(self._found(item.get("left_slots"), self.slots, "slot"))
        row.right_slots.set(self._found(item.get("right_slots"), self.slots, "slot"))
        row.substances.set(self._kept_all(item.get("substances"), Substance))

    def _starter(self, item: Node, recipe: Recipe, position: int) -> None:
        starter = self._save(item, Starter(recipe=recipe, name=item.get("name").text(), position=position))
        for slot, value in item.get("mix").members():
            component = None if value.text() == "none" else self.components.get(value.text())
            if slot not in self.slots or (component is None and value.text() != "none"):
                value.fail(
                    "there is no such slot" if slot not in self.slots else "there is no such component"
                )
                continue
            self._save(value, StarterPart(starter=starter, slot=self.slots[slot], component=component))

    def _need(self, item: Node, recipe: Recipe, position: int) -> None:
        component = self.components.get(item.get("shot").text())
        if component is None:
            item.get("shot").fail("there is no such component")
            return
        need = Need(
            recipe=recipe,
            slug=item.get("slug").text(),
            wording=item.get("wording").text(),
            component=component,
            position=position,
        )
        self._save(item, need)
        for slug, weight in item.get("helped_by").members():
            helper = self.components.get(slug)
            if helper is None:
                weight.fail("there is no such component")
                continue
            self._save(weight, NeedWeight(need=need, component=helper, weight=weight.whole()))

    def _delivery(self, item: Node) -> None:
        if item.value is None or DeliveryTerms.objects.exists():
            return
        free_from = item.get("free_from_pence")
        terms = DeliveryTerms(
            price=item.get("price_pence").whole(),
            free_from=None if free_from.value is None else free_from.whole(),
        )
        self._save(item, terms)

    def _found(self, item: Node, known: dict[str, Any], what: str) -> list[Any]:
        found = []
        for inner in item.items():
            if inner.text() in known:
                found.append(known[inner.text()])
            else:
                inner.fail(f"there is no {what} {inner.text()!r}")
        return [row for row in found if row.pk is not None]

    def _kept_all(self, item: Node, kind: type[Any]) -> list[Any]:
        """The rows of a list of names; one that cannot be saved is noted and left out."""
        rows = [
            self._kept(inner, kind, name=inner.text())
            if kind is Substance
            else self._kept(inner, kind, slug=inner.text(), name=inner.text())
            for inner in item.items()
        ]
        return [row for row in rows if row.pk is not None]

    def _kept(self, item: Node, kind: type[Any], **values: Any) -> Any:
        """The row of these values if there is one (by its first value), else a new one."""
        key = next(iter(values))
        existing = kind.objects.filter(**{key: values[key]}).first()
        return existing if existing is not None else self._save(item, kind(**values))

    def _save(self, item: Node, row: M) -> M:
        """Validate and save a row; its problems are noted at the field of the file that they belong to."""
        kind = str(row._meta.model_name)
        self._lines[f"{kind} {getattr(row, 'slug', None) or getattr(row, 'name', '')}"] = item.line
        unsaved = [
            f.name for f in row._meta.fields if isinstance(f, models.ForeignKey) and not _is_saved(row, f)
        ]
        try:
            row.full_clean(exclude=unsaved)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                name = IN_FILE.get(field, field)
                where = item.get(name) if isinstance(item.value, dict) and name in item.value else item
                where.fail(" ".join(messages) if where is not item else f"{name}: {' '.join(messages)}")
            return row
        if not unsaved:
            row.skip_history_when_saving = True  # type: ignore[attr-defined]  # all are recorded at once when it is loaded
            row.save()
            self.counts[kind] = self.counts.get(kind, 0) + 1
        return row


def _is_saved(row: models.Model, field: models.ForeignKey[Any, Any]) -> bool:
    related = getattr(row, field.name, None)
    return related is None or related.pk is not None
