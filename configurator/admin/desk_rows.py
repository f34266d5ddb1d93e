"""The rows of the desk's tables with every word and address in them, since a recipe may have hundreds.

A page's template finds each address and each text anew for every row; here that is done once for all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.desk_figures import ComponentLine, FamilyLines, RuleLine
from configurator.models import Rule
from configurator.templatetags.shop import many

NOT_COUNTED = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """`composition` in words; `is_sound`: nothing is to be mended about it."""

    pk: str
    name: str
    address: str
    is_offered: bool
    stock: str
    composition: str
    is_sound: bool
    edit: str


@dataclass(frozen=True, slots=True)
class FamilyRows:
    name: str
    slots: str
    rows: tuple[ComponentRow, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """`edit` and `delete` say what their links do; `delete_address` is empty for who may not delete."""

    pk: str
    number: str
    sentence: str
    state: str
    removes: str
    only_this: str
    edit: str
    delete: str
    delete_address: str


def family_rows(families: tuple[FamilyLines, ...]) -> tuple[FamilyRows, ...]:
    return tuple(
        FamilyRows(family.name, ", ".join(family.slots), tuple(_components(family.components)))
        for family in families
    )


def rule_rows(rules: tuple[RuleLine, ...], request: HttpRequest) -> tuple[RuleRow, ...]:
    may_delete = admin.site.get_model_admin(Rule).has_delete_permission(request)
    before, after = _address_parts("admin:configurator_rule_delete")
    edit, delete = _("Edit the rule %(rule)s here"), _("Delete the rule %(rule)s")
    return tuple(
        RuleRow(
            str(line.pk),
            str(line.number),
            line.sentence,
            line.state,
            _counted(line.removes),
            _counted(line.only_this),
            edit % {"rule": line.slug},
            delete % {"rule": line.slug},
            f"{before}{line.pk}{after}" if may_delete else "",
        )
        for line in rules
    )


def _components(lines: tuple[ComponentLine, ...]) -> Iterator[ComponentRow]:
    before, after = _address_parts("admin:configurator_component_change")
    edit, none, wrong = (
        _("Edit the composition of %(name)s"),
        _("no composition"),
        _("%(sum)s %%, not 100 %%"),
    )
    for line in lines:
        yield ComponentRow(
            str(line.pk),
            line.name,
            f"{before}{line.pk}{after}",
            line.is_offered,
            line.stock,
            _composition(line.composition, none=none, wrong=None if line.is_sound else wrong),
            line.is_sound,
            edit % {"name": line.name},
        )


def _composition(total: Decimal | None, *, none: str, wrong: str | None) -> str:
    if total is None:
        return none
    return f"{total.normalize():f} %" if wrong is None else wrong % {"sum": f"{total.normalize():f}"}


def _counted(number: int | None) -> str:
    return NOT_COUNTED if number is None else many(number)


def _address_parts(name: str) -> tuple[str, str]:
    """What stands before and behind the primary key in the addresses of such a page."""
    before, _key, after = reverse(name, args=["-"]).rpartition("/-/")
    return f"{before}/", f"/{after}"
