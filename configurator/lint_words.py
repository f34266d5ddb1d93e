"""What in a draft cannot be meant, in words: rules that change nothing, components that nobody can choose."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from configurator.mixing.linting import Lint
from configurator.mixing.mixer import Mixer
from configurator.mixing.walking import bits
from configurator.wording import component_name, list_of


@dataclass(frozen=True, slots=True)
class Finding:
    """`rules`: short names of the rules that it is about."""

    text: str
    rules: tuple[str, ...] = ()


def lint_findings(mixer: Mixer, lint: Lint, *, idle_advice: Collection[str] = ()) -> tuple[Finding, ...]:
    """A sentence for each finding, each with the way on; rules are called by their short names."""
    if lint.contradiction is not None:
        names = list_of(lint.contradiction)
        said = (
            _("Together these rules leave no mix at all: %(rules)s. Loosen one of them.") % {"rules": names}
            if names
            else _("No mix can be made: a slot has nothing to put there.")
        )
        return (Finding(said, lint.contradiction),)
    return (*_rules(lint, idle_advice), *_components(mixer, lint))


def _rules(lint: Lint, idle_advice: Collection[str]) -> Iterator[Finding]:
    for slug in lint.idle:
        said = _(
            "Rule %(rule)s changes nothing: other rules forbid what it forbids, or nothing can break it."
        )
        yield Finding(said % {"rule": slug}, (slug,))
    for slug in idle_advice:
        said = _("Advice %(rule)s is never read: no mix that can be made goes against it.")
        yield Finding(said % {"rule": slug}, (slug,))


def _components(mixer: Mixer, lint: Lint) -> Iterator[Finding]:
    spec = mixer.spec
    for slot, slugs, never, always in zip(
        spec.slots, mixer.option_slugs, lint.never, lint.always, strict=True
    ):
        if always:
            said = {"name": component_name(spec, slugs[always.bit_length() - 1]), "slot": slot.name}
            yield Finding(_("%(slot)s is always %(name)s: the rules leave no other choice.") % said)
            continue
        for option in bits(never):
            said = {"name": component_name(spec, slugs[option]), "slot": slot.name}
            yield Finding(
                _("%(name)s can never be chosen as %(slot)s: the rules forbid every mix with it.") % said
            )
