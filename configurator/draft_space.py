"""The draft of a recipe with its space, to look at while it is edited, whether or not it could be sold as it is."""

from dataclasses import dataclass, replace
from functools import cached_property

from configurator.compiled_drafts import compiled, draft_lint, draft_mixer
from configurator.drafting import Draft, read_draft
from configurator.entered_rules import known_names
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.linting import Lint
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Spec, spec_hash
from configurator.mixing.validation import Problem, validate
from configurator.models import Recipe, RecipeVersion
from configurator.publishing import on_sale


@dataclass(frozen=True)
class OpenDraft:
    """`problems` are in the way of selling it. `mixer` is None where its rules are too wide: `costly` names them."""

    draft: Draft
    sha256: str
    problems: tuple[Problem, ...]
    mixer: Mixer | None
    costly: tuple[str, ...]
    on_sale: RecipeVersion | None

    @property
    def is_on_sale(self) -> bool:
        return self.on_sale is not None and self.on_sale.sha256 == self.sha256

    @property
    def spec(self) -> Spec:
        return self.draft.spec

    @cached_property
    def known(self) -> dict[str, set[str]]:
        """What a rule may speak of; see `entered_rules.known_names`."""
        return known_names(self.spec.families)

    def without(self, rule: str) -> "Mixer | None":
        """The space of the draft less one rule; None where it is too wide."""
        if self.mixer is None or all(other.slug != rule for other in self.spec.rules):
            return self.mixer
        rules = tuple(other for other in self.spec.rules if other.slug != rule)
        try:
            return compiled(replace(self.spec, rules=rules))
        except SpaceUndecided:
            return None

    def lint(self, *, thoroughly: bool = False) -> Lint | None:
        """Rules and components that cannot be meant; at a first look what takes long is not settled.

        None where nothing can be asked.
        """
        if self.mixer is None or not self.spec.slots:
            return None
        return draft_lint(self.mixer, thoroughly=thoroughly)


def open_draft(recipe: Recipe) -> OpenDraft:
    """The draft as it is now; a fixed number of queries.

    Its space is made once per content and process, and not at all while the draft is what is on sale.
    """
    draft = read_draft(recipe)
    newest = on_sale(recipe)
    opened = OpenDraft(draft, spec_hash(draft.spec), validate(draft.spec), None, (), newest)
    try:
        mixer = draft_mixer(draft.spec, sha256=opened.sha256, on_sale=newest)
    except SpaceUndecided as error:
        return replace(opened, costly=error.sources)
    return replace(opened, mixer=mixer)
