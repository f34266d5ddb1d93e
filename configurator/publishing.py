"""From draft to version: reading the draft as a spec, showing what would change, and publishing it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from configurator.compiled_drafts import draft_effects, draft_mixer
from configurator.drafting import Draft, read_draft
from configurator.mixing.changes import Changes, RuleEffect, compare
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.linting import lint
from configurator.mixing.losing import Loss, find_losses
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Spec, spec_hash, to_json
from configurator.mixing.storing import to_bytes
from configurator.mixing.validation import InvalidSpecError, Problem, validate
from configurator.models import Recipe, RecipeVersion
from configurator.versions import NotOnSaleError, mixer_for, newest_version
from staff import audit

MOST_MIXES_WRITTEN = 2**63 - 1  # what the database holds in a number


class NothingToPublishError(Exception):
    """The draft is what is on sale already."""


class DraftChangedError(Exception):
    """Somebody edited the draft after the preview that is being confirmed."""


class ConfirmationNeededError(Exception):
    """Publishing would leave something with nothing (`losses`), and `wanted` is what has to be typed to confirm it."""

    def __init__(self, losses: tuple[Loss, ...], *, wanted: str, typed: str) -> None:
        self.losses, self.wanted, self.typed = losses, wanted, typed
        super().__init__(f"Type {wanted!r} to confirm, not {typed!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What publishing would do. With `problems` nothing can be published and the figures are None.

    `costly` names rules that are too wide for the diagram: with them questions are settled by search, without counts.
    `losses` is what would be left with nothing; while there are any, publishing takes a typed confirmation.
    """

    draft: Draft
    sha256: str
    problems: tuple[Problem, ...]
    mixer: Mixer | None = None
    effects: tuple[RuleEffect, ...] = ()
    costly: tuple[str, ...] = ()
    changes: Changes | None = None
    losses: tuple[Loss, ...] = ()
    replaces: RecipeVersion | None = None

    @property
    def confirmation(self) -> str:
        """What has to be typed: the name of the one thing that is left with nothing, else the recipe's; or nothing."""
        if not self.losses:
            return ""
        return self.losses[0].name if len(self.losses) == 1 else self.draft.spec.name

    @property
    def is_unchanged(self) -> bool:
        return self.replaces is not None and self.replaces.sha256 == self.sha256

    @property
    def can_publish(self) -> bool:
        return not self.problems and not self.is_unchanged


def preview_publish(recipe: Recipe) -> Preview:
    """Read the draft and compare it with the version on sale. Changes nothing."""
    draft = read_draft(recipe)
    sha256 = spec_hash(draft.spec)
    problems = list(validate(draft.spec))
    replaces = on_sale(recipe)
    mixer = None if problems else _compile(draft.spec, sha256, replaces, problems)
    if mixer is None:
        return Preview(draft=draft, sha256=sha256, problems=tuple(problems))
    effects = draft_effects(mixer)
    if not mixer.leads_somewhere():
        problems.append(_nothing_left(mixer))
    old = mixer_for(replaces) if replaces else None
    return Preview(
        draft=draft,
        sha256=sha256,
        problems=tuple(problems),
        mixer=mixer,
        effects=effects,
        costly=mixer.costly_rules,
        changes=compare(old, mixer) if old else None,
        losses=() if problems else find_losses(old, mixer, starters_left_out=draft.starters_left_out),
        replaces=replaces,
    )


@transaction.atomic
def publish_recipe(
    recipe: Recipe,
    *,
    by: User | None,
    note: str,
    now: datetime,
    expected_sha256: str | None = None,
    confirmed: str = "",
) -> RecipeVersion:
    """Write the draft down as the next version, which is on sale from then on.

    Locks the recipe row. `expected_sha256` is the hash of the preview that staff confirmed; `confirmed` is what they
    typed where something is left with nothing: what `Preview.confirmation` asks for, or the recipe's name. Raises
    InvalidSpecError (what cannot be sold), NothingToPublishError, DraftChangedError and ConfirmationNeededError; then
    nothing is written.
    """
    recipe = lock_recipe(recipe)
    mixer = check_draft(recipe, expected_sha256=expected_sha256, confirmed=confirmed)
    return write_version(recipe, mixer, by=by, note=note, now=now)


def lock_recipe(recipe: Recipe) -> Recipe:
    """The recipe as it is now, not as it was when asked, locked against whoever else would publish it."""
    return Recipe.objects.select_for_update().get(pk=recipe.pk)


def check_draft(recipe: Recipe, *, expected_sha256: str | None, confirmed: str) -> Mixer:
    """The mixer of a draft that may be published; raises what `publish_recipe` does."""
    preview = preview_publish(recipe)
    if expected_sha256 is not None and preview.sha256 != expected_sha256:
        raise DraftChangedError
    if preview.problems or preview.mixer is None:
        raise InvalidSpecError(preview.problems)
    if preview.is_unchanged:
        raise NothingToPublishError
    said = [_plain(preview.confirmation), _plain(preview.draft.spec.name)]
    if preview.losses and _plain(confirmed) not in said:
        raise ConfirmationNeededError(preview.losses, wanted=preview.confirmation, typed=confirmed)
    return preview.mixer


def _plain(typed: str) -> str:
    """Without what nobody means when typing a name: capitals and spaces around or doubled."""
    return " ".join(typed.split()).casefold()


@transaction.atomic
def publish_again(version: RecipeVersion, *, by: User | None, note: str, now: datetime) -> RecipeVersion:
    """The way back: put the content of an older version on sale again, under the next number.

    Locks the recipe row; the draft stays as it is. Raises NothingToPublishError when it is what is on sale.
    """
    recipe = lock_recipe(version.recipe)
    if newest_version(recipe.slug).sha256 == version.sha256:
        raise NothingToPublishError
    return write_version(recipe, mixer_for(version), by=by, note=note, now=now)


def write_version(
    recipe: Recipe, mixer: Mixer, *, by: User | None, note: str, now: datetime
) -> RecipeVersion:
    """The next version of a locked recipe, on sale as soon as the transaction is over. Checks nothing."""
    last = RecipeVersion.objects.filter(recipe=recipe).aggregate(last=Max("number"))["last"] or 0
    version = RecipeVersion.objects.create(
        recipe=recipe,
        number=last + 1,
        spec=to_json(mixer.spec),
        sha256=spec_hash(mixer.spec),
        space=to_bytes(mixer.space),
        mixes=writable(mixer.count()),
        note=note,
        published_at=now,
        published_by=by,
    )
    if by is not None:  # a catalogue that a command loads is nobody's doing
        audit.record(audit.Kind.PUBLISHED, who=by.get_username(), about=version, note=note)
    return version


def writable(count: int | None) -> int | None:
    """A count as the database can hold it."""
    return count if count is not None and count <= MOST_MIXES_WRITTEN else None


def on_sale(recipe: Recipe) -> RecipeVersion | None:
    """The version of a recipe that is on sale, without its spec, if it has any; one query."""
    try:
        return newest_version(recipe.slug)
    except NotOnSaleError:
        return None


def _compile(
    spec: Spec, sha256: str, replaces: RecipeVersion | None, problems: list[Problem]
) -> Mixer | None:
    try:
        return draft_mixer(spec, sha256=sha256, on_sale=replaces)
    except SpaceUndecided as error:
        wide = ", ".join(error.sources)
        problems.append(
            Problem(
                "rules",
                gettext_noop("the shop could not answer in time; what costs it: %(rules)s. Narrow them."),
                (("rules", wide),),
            )
        )
        return None


def _nothing_left(mixer: Mixer) -> Problem:
    clash = " and ".join(lint(mixer.space).contradiction or ())
    if not clash:
        return Problem("rules", gettext_noop("no mix can be made under them. Loosen one."))
    return Problem(
        "rules", gettext_noop("no mix can be made under %(rules)s. Loosen one."), (("rules", clash),)
    )
