"""What publishing a draft would mean, counted: by rule, for who avoids something, and for what shoppers hold."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.mixing.attributing import Attribution, attribute
from configurator.mixing.changes import Changes
from configurator.mixing.losing import Avoiding, Loss, LossKind, avoiding
from configurator.mixing.mixer import Mixer
from configurator.models import Recipe
from configurator.touched import Touched, count_touched
from configurator.version_diff import Section, describe_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`attribution` is None where it cannot be counted; `starters`: those on sale that go or can no longer be made."""

    total: int
    attribution: Attribution | None = None
    avoiding: tuple[Avoiding, ...] = ()
    touched: tuple[Touched, ...] = ()
    starters: int = 0
    in_words: tuple[Section, ...] = ()

    @property
    def held(self) -> tuple[Touched, ...]:
        """What is touched; also where too many mixes are held to say that none is."""
        return tuple(each for each in self.touched if each.count or each.is_least)


def look_ahead(recipe: Recipe, *, old: Mixer | None, new: Mixer) -> Outlook:
    """What it means to put `new` on sale in place of `old`; the queries of `count_touched`."""
    if old is None:
        return Outlook(total=new.total, avoiding=avoiding(None, new))
    return Outlook(
        total=new.total,
        attribution=attribute(old, new),
        avoiding=avoiding(old, new),
        touched=count_touched(recipe, old=old, new=new),
        starters=_starters_touched(old, new),
        in_words=describe_changes(old.spec, new.spec),
    )


def summary(changes: Changes, outlook: Outlook) -> str:
    """All of it in a sentence, such as “Removes 12 of 256 mixes, 12 not already removed; 171 stay; touches ...”."""
    parts = [*_counted(changes, outlook), _touches(outlook)]
    fewer = [f"{each.name} {each.after}" for each in outlook.avoiding if each.has_less]
    if fewer:
        parts.append(_("leaves someone who avoids %(counts)s") % {"counts": ", ".join(fewer)})
    return capfirst("; ".join(parts)) + "."


def loss_words(loss: Loss) -> str:
    """What is left with nothing, in a sentence for staff."""
    said = {"name": loss.name}
    if loss.kind is LossKind.COMPONENT:
        return _("%(name)s: no mix can be made with it any more.") % said
    if loss.kind is LossKind.STARTER:
        return _("The starter %(name)s: this mix cannot be made.") % said
    return _("Someone who avoids %(name)s: no mix is left.") % said


def _counted(changes: Changes, outlook: Outlook) -> list[str]:
    part = outlook.attribution
    if part is None or changes.before is None or changes.lost is None or changes.gained is None:
        return []
    said = []
    if part.removed or changes.lost - part.withdrawn:
        counts = {"removed": part.removed, "total": outlook.total, "lost": changes.lost - part.withdrawn}
        said.append(_("removes %(removed)s of %(total)s mixes, %(lost)s not already removed") % counts)
    if part.withdrawn:
        said.append(_("%(count)s go with what is no longer offered") % {"count": part.withdrawn})
    stay = changes.before - changes.lost
    said.append(ngettext("%(count)s stays", "%(count)s stay", stay) % {"count": stay})
    if changes.gained:
        said.append(ngettext("%(count)s comes", "%(count)s come", changes.gained) % {"count": changes.gained})
    return said


def _touches(outlook: Outlook) -> str:
    counted = [each.words for each in outlook.held]
    if outlook.starters:
        starters = ngettext("%(count)s starter", "%(count)s starters", outlook.starters)
        counted.append(starters % {"count": outlook.starters})
    if not counted:
        return _("touches nothing that shoppers hold, and no starter")
    return _("touches %(what)s") % {"what": ", ".join(counted)}


def _starters_touched(old: Mixer, new: Mixer) -> int:
    kept = {starter.name: dict(starter.mix) for starter in new.spec.starters}
    return sum(
        starter.name not in kept
        or (old.is_makeable(dict(starter.mix)) and not new.is_makeable(kept[starter.name]))
        for starter in old.spec.starters
    )
