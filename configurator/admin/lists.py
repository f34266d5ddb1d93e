"""Taking lists out into a file and bringing them in again: a dry run first, then what it has shown."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from configurator.admin.lists_form import ImportForm
from configurator.exchanging.exporting import export_list
from configurator.exchanging.importing import NotAsShownError, import_list, preview_import
from configurator.exchanging.keeping import keep_file, kept_file
from configurator.exchanging.lists import ListKind
from configurator.exchanging.preview import MOST_CHANGES, Outcome, Preview
from configurator.exchanging.table import MOST_BYTES, MOST_ROWS, UnreadableFileError
from configurator.history_middleware import REASON
from staff.audit import Kind, record


class ListPages(admin.ModelAdmin[Any]):
    """Pages for the `lists` of a model: which there are, one to bring each in, a file for each."""

    lists: ClassVar[tuple[ListKind, ...]]
    change_list_template = "admin/configurator/listed.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        urls = [path("lists/", view(self.show_lists), name=f"{self._prefix}_lists")]
        for kind in self.lists:
            for verb, page in (("export", self.take_out), ("import", self.bring_in)):
                name = f"configurator_{kind.slug}_{verb}"
                urls.append(path(f"lists/{kind.slug}/{verb}/", view(partial(page, kind=kind)), name=name))
        return [*urls, *super().get_urls()]

    @property
    def _prefix(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def show_lists(self, request: HttpRequest) -> HttpResponse:
        """Those of the lists that she may take out or bring in, with their addresses."""
        found = [
            (
                kind,
                f"admin:configurator_{kind.slug}_export",
                f"admin:configurator_{kind.slug}_import" if kind.may_import(request.user) else "",
            )
            for kind in self.lists
            if kind.may_export(request.user)
        ]
        if not found:
            raise PermissionDenied
        context = self._context(request, title=_("Lists in and out"), found=found)
        return TemplateResponse(request, "admin/configurator/lists.html", context)

    def take_out(self, request: HttpRequest, *, kind: ListKind) -> HttpResponse:
        if not kind.may_export(request.user):
            raise PermissionDenied
        name = f"{kind.slug}-{timezone.localdate().isoformat()}.csv"
        content = export_list(kind)
        record(Kind.EXPORTED, who=request.user.get_username(), about=kind.slug, note=name, request=request)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def bring_in(self, request: HttpRequest, *, kind: ListKind) -> HttpResponse:
        """Ask for a file, show what it would do, and do that when it is sent again from there."""
        if not kind.may_import(request.user):
            raise PermissionDenied
        kept = kept_file(request.POST.get("kept", ""), kind=kind.slug, user=request.user)
        form = ImportForm(request.POST or None, request.FILES or None, kind=kind, kept=kept)
        if not form.is_valid():
            preview = None if kept is None else preview_import(kind, kept)
            return self._show(request, kind, form, preview)
        why, shown = form.cleaned_data[REASON], request.POST.get("shown", "")
        try:
            if kept is None:
                return self._show(request, kind, form, preview_import(kind, form.text))
            preview = self._import(request, kind, kept, shown=shown, why=why)
        except UnreadableFileError as error:
            form.add_error("file", error.says)
            return self._show(request, kind, form)
        except NotAsShownError as error:
            return self._show(request, kind, form, error.preview, is_another=True)
        messages.success(request, _done(kind, preview))
        return redirect(f"admin:{self._prefix}_lists")

    def _import(self, request: HttpRequest, kind: ListKind, text: str, *, shown: str, why: str) -> Preview:
        user, now = request.user, timezone.now()
        with transaction.atomic():
            preview = import_list(kind, text, shown=shown, by=user, why=why, now=now)  # type: ignore[arg-type]  # signed in
            note = f"{_counted(preview)}. {why}"
            record(Kind.IMPORTED, who=user.get_username(), about=kind.slug, note=note, request=request)
        return preview

    def _show(
        self,
        request: HttpRequest,
        kind: ListKind,
        form: ImportForm,
        preview: Preview | None = None,
        *,
        is_another: bool = False,
    ) -> HttpResponse:
        if preview is not None and not preview.may_be_done and "file" not in form.fields:
            form = ImportForm(initial={REASON: request.POST.get(REASON, "")}, kind=kind)
        context = self._context(
            request,
            title=_("Bring in: %(list)s") % {"list": kind.title},
            kind=kind,
            form=form,
            preview=preview,
            counted="" if preview is None else _counted(preview),
            lines=[] if preview is None else _noteworthy(preview),
            unchanged=[] if preview is None else _unchanged(preview),
            is_another=is_another,
            may_be_done=preview is not None and preview.may_be_done,
            kept=keep_file(form.text, kind=kind.slug, user=request.user) if form.text else "",
            most_rows=MOST_ROWS,
            most_changes=MOST_CHANGES,
            most_kb=MOST_BYTES // 1000,
        )
        return TemplateResponse(
            request, "admin/configurator/import.html", context, status=409 if is_another else 200
        )

    def _context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, **more}


def _noteworthy(preview: Preview) -> list[Any]:
    """Rows that would do something, or cannot; first what is refused, for nothing else is done before."""
    lines = [line for line in preview.lines if line.outcome is not Outcome.UNCHANGED]
    return sorted(lines, key=lambda line: line.outcome is not Outcome.REFUSED)


def _unchanged(preview: Preview) -> list[Any]:
    return [line for line in preview.lines if line.outcome is Outcome.UNCHANGED]


def _counted(preview: Preview) -> str:
    return ", ".join(f"{count} {outcome.label}" for outcome, count in preview.counts.items() if count)


def _done(kind: ListKind, preview: Preview) -> str:
    if kind.has_history:
        said = _("%(list)s are brought in: %(counted)s. Shoppers see it when the recipe is published.")
    else:
        said = _("%(list)s is brought in: %(counted)s. Shoppers see it at once.")
    return said % {"list": kind.title, "counted": _counted(preview)}
