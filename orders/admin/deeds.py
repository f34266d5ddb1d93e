"""What staff do to one row or to many: first a page that says what would happen to each, then the doing."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from orders.admin.deciding import DecisionPages
from orders.foreseeing.told import Foreseen
from staff.change_audit import giving_reason

MOST_AT_ONCE = 100  # rows of a page, and what an address has room for

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """The row stays as it is; the text says why and what else there is."""


class Deed:
    """Something that staff decide about rows. `slug` names it in addresses; `permission` is asked of who does it.

    The texts are translated where they are shown: `label` is on buttons and in the list of actions, `explains` stands
    above what will happen.
    """

    slug: ClassVar[str]
    label: ClassVar[Any]
    explains: ClassVar[Any] = ""
    permission: ClassVar[str]
    form: ClassVar[type[forms.BaseForm] | None] = None

    def foresee(self, rows: Sequence[Any]) -> list[Foreseen]:
        """One answer for each row, in a number of queries that does not grow with them."""
        raise NotImplementedError

    def do(self, row: Any, *, request: HttpRequest, told: Foreseen, data: dict[str, Any]) -> Model | None:
        """By the use case; returns what to look at next, None for the row itself. Raises RefusedError."""
        raise NotImplementedError

    def done(self, count: int) -> str:
        """What is said when it was done to so many rows."""
        raise NotImplementedError

    def log(self, data: dict[str, Any]) -> str:
        """What the admin writes down beside what the use case does."""
        return str(self.label)


def read_pks(texts: Iterable[str]) -> list[int]:
    """Those of the texts that may be keys of rows: the database refuses longer ones."""
    return [int(text) for text in texts if text.isdecimal() and len(text) <= 18]


def why_of(data: Mapping[str, Any]) -> str:
    """The reason that a form asks for, with its note, for the audit."""
    return ": ".join(str(data[name]) for name in ("reason", "note") if data.get(name))


@dataclass(frozen=True, slots=True)
class Line:
    """A row with what would happen to it, where it is looked at, and where there is a decision that would do."""

    row: Any
    told: Foreseen
    address: str
    instead: str = ""
    instead_label: str = ""

    @property
    def fingerprint(self) -> str:
        """Of what the page says: what is done to a row is what was shown of it, and nothing else."""
        holds = ",".join(str(hold.pk) for hold in self.told.holds)
        content = "|".join([str(self.row.pk), self.told.says, self.told.mark, holds])
        return hashlib.sha256(content.encode()).hexdigest()[:20]


class DeedPages(DecisionPages):
    """An admin with deeds: each is an action of the list and a page of its own, for one row or many."""

    deeds: ClassVar[tuple[Deed, ...]] = ()

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"{deed.slug}/",
                self.admin_site.admin_view(self._page_of(deed)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{deed.slug}",
            )
            for deed in self.deeds
        ]
        return [*pages, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        for deed in self.deeds:
            if request.user.has_perm(deed.permission):
                actions[deed.slug] = (self._action_of(deed), deed.slug, deed.label)
        return actions

    def rows_for_deeds(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows with what the deeds look at."""
        return self.get_queryset(request)

    def deed_address(self, slug: str, pks: Sequence[int], **more: str) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{slug}"
        query: dict[str, Any] = {str(self.opts.model_name): pks, **more}
        return f"{reverse(name)}?{urlencode(query, doseq=True)}"

    def row_address(self, row: Model) -> str:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])

    def list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def lines_of(self, rows: Sequence[Any], deed: Deed) -> list[Line]:
        by_slug = {each.slug: each for each in self.deeds}
        lines = []
        for row, told in zip(rows, deed.foresee(rows), strict=True):
            other = by_slug.get(told.instead)
            address = self.deed_address(other.slug, [row.pk]) if other else ""
            label = str(other.label) if other else ""
            lines.append(Line(row, told, self.row_address(row), address, label))
        return lines

    def _action_of(self, deed: Deed) -> Callable[..., HttpResponse]:
        def ask(_admin: Any, _request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse:
            pks = list(chosen.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
            more = {"more": "1"} if len(pks) > MOST_AT_ONCE else {}
            return HttpResponseRedirect(self.deed_address(deed.slug, pks[:MOST_AT_ONCE], **more))

        return ask

    def _page_of(self, deed: Deed) -> Callable[[HttpRequest], HttpResponse]:
        def page(request: HttpRequest) -> HttpResponse:
            return self._decide(request, deed)

        return page

    def _decide(self, request: HttpRequest, deed: Deed) -> HttpResponse:
        if not (self.has_view_permission(request) and request.user.has_perm(deed.permission)):
            raise PermissionDenied
        rows = list(
            self.rows_for_deeds(request).filter(pk__in=self._asked_for(request)).order_by("pk")[:MOST_AT_ONCE]
        )
        if not rows:
            messages.warning(request, _("Nothing was chosen: choose some in this list."))
            return redirect(self.list_address())
        form = deed.form(request.POST if request.method == "POST" else None) if deed.form else None
        lines = self.lines_of(rows, deed)
        if request.method == "POST" and (form is None or form.is_valid()):
            return self._do(request, deed, lines, data=form.cleaned_data if form else {})
        is_bound = form is not None and form.is_bound
        return self.decision_page(
            request,
            "admin/orders/deed.html",
            status=422 if is_bound else 200,
            title=str(deed.label) if len(rows) > 1 else f"{deed.label}: {rows[0]}",
            deed=deed,
            done=[line for line in lines if line.told.happens],
            left=[line for line in lines if not line.told.happens],
            form=form,
            most=MOST_AT_ONCE if request.GET.get("more") else 0,
            back=self.list_address() if len(rows) > 1 else self.row_address(rows[0]),
        )

    def _asked_for(self, request: HttpRequest) -> list[int]:
        return read_pks(request.GET.getlist(str(self.opts.model_name)))[:MOST_AT_ONCE]

    def _do(
        self, request: HttpRequest, deed: Deed, lines: Sequence[Line], *, data: dict[str, Any]
    ) -> HttpResponse:
        """Each row by itself, if the page said of it what is still so.

        An error that nobody foresaw stops it there, and the page says up to where it came.
        """
        shown = request.POST.getlist("shown")
        done: list[Model] = []
        for place, line in enumerate(lines):
            if not line.told.happens or (shown and line.fingerprint not in shown):
                messages.warning(request, _left(line))
                continue
            try:
                after = deed.do(line.row, request=request, told=line.told, data=data)
            except RefusedError as error:
                messages.warning(request, str(error))
                continue
            except Exception:
                logger.exception("%s failed for %s", deed.slug, line.row.pk)
                messages.error(request, _stopped(line, lines[place + 1 :]))
                break
            with giving_reason(why_of(data)):
                self.log_change(request, line.row, deed.log(data))
            done.append(after or line.row)
        if done:
            messages.success(request, deed.done(len(done)))
        if len(lines) > 1 and len(done) != 1:
            return redirect(self.list_address())
        return redirect(self.row_address(done[0] if done else lines[0].row))


def _left(line: Line) -> str:
    if not line.told.happens:
        return line.told.says
    said = _(
        "%(row)s has changed since you were shown what would happen, so it stays as it is. By now: %(says)s"
    )
    return said % {"row": line.row, "says": line.told.says}


def _stopped(line: Line, after: Sequence[Line]) -> str:
    said = _(
        "%(row)s: something went wrong on our side, and it stays as it was. What was done before it is done."
    )
    if not after:
        return said % {"row": line.row}
    rest = _("Not tried any more: %(rows)s.") % {"rows": ", ".join(str(each.row) for each in after)}
    return f"{said % {'row': line.row}} {rest}"
