"""The four lists: what each is called, and what somebody needs to take it out or bring it in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from configurator.exchanging.components import ComponentList
from configurator.exchanging.compositions import CompositionList
from configurator.exchanging.resource import ListResource
from configurator.exchanging.rules import RuleList
from configurator.exchanging.stock import StockList

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class ListKind:
    """`verbs`: the permissions on the model that bringing it in takes; taking it out is for who may look at it."""

    slug: str
    title: "StrOrPromise"
    says: "StrOrPromise"
    resource: type[ListResource]
    verbs: tuple[str, ...]
    has_history: bool = True

    @property
    def columns(self) -> list[str]:
        return self.resource.columns()

    @property
    def key(self) -> tuple[str, ...]:
        return self.resource.key

    @property
    def needed(self) -> tuple[str, ...]:
        return self.resource.key + self.resource.needed

    def may_export(self, user: Any) -> bool:
        return self.may_import(user) or bool(user.has_perm(self._permission("view")))

    def may_import(self, user: Any) -> bool:
        return all(user.has_perm(self._permission(verb)) for verb in self.verbs)

    def _permission(self, verb: str) -> str:
        meta = self.resource._meta.model._meta
        return f"{meta.app_label}.{verb}_{meta.model_name}"


COMPONENTS = ListKind(
    "components",
    _("Components"),
    _(
        "One row for each component. A row with a new short name adds one; a component that is not named stays."
    ),
    ComponentList,
    ("add", "change"),
)
COMPOSITIONS = ListKind(
    "compositions",
    _("Compositions"),
    _(
        "One row for each substance of a component, by its INCI name. A component that the file names gets exactly"
        " the shares of the file, which have to add up to 100 %; one that is not named stays."
    ),
    CompositionList,
    ("add", "change", "delete"),
)
STOCK = ListKind(
    "stock",
    _("Stock"),
    _(
        "One row for each component with what there is of it. An empty cell means that it is not counted."
        " Name and reserved are for reading only."
    ),
    StockList,
    ("change",),
    has_history=False,
)
RULES = ListKind(
    "rules",
    _("Rules"),
    _("One row for each rule, by recipe and short name. A rule that is not named stays."),
    RuleList,
    ("add", "change"),
)
