"""The admin of fulfilment keys: making one and showing it once, seeing them, rotating and revoking them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.bench_client import BENCH_PREFIX
from orders.keys import KeyRevokedError, make_key, revoke_key, rotate_key
from orders.models import FulfilmentKey
from staff.filters import titled


class NewKeyForm(forms.ModelForm[FulfilmentKey]):
    """Everything about a key is decided when it is made."""

    scopes = forms.MultipleChoiceField(
        label=_("may"),
        choices=FulfilmentKey.Scope.choices,
        initial=FulfilmentKey.Scope.values,
        widget=forms.CheckboxSelectMultiple,
    )

    for_tests = forms.BooleanField(
        label=_("test key"),
        required=False,
        help_text=_("It sees a sandbox of its own and no real order."),
    )

    class Meta:
        model = FulfilmentKey
        fields = ["name", "scopes", "expires_at"]


@admin.register(FulfilmentKey)
class FulfilmentKeyAdmin(admin.ModelAdmin[FulfilmentKey]):
    form = NewKeyForm
    list_display = ["name", "key_id", "is_test", "may", "last_used_at", "expires_at", "revoked_at"]
    list_filter: ClassVar = ["is_test", ("revoked_at", titled(_("revoked")))]
    search_fields = ["name", "key_id"]
    change_form_template = "admin/orders/fulfilmentkey/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FulfilmentKey]:
        """Keys that somebody can have; those who work at the bench in the browser have none."""
        return super().get_queryset(request).exclude(key_id__startswith=BENCH_PREFIX)

    @admin.display(description=_("may"))
    def may(self, key: FulfilmentKey) -> str:
        return ", ".join(key.scopes)

    def get_fields(self, request: HttpRequest, obj: FulfilmentKey | None = None) -> list[Any]:
        if obj is None:
            return ["name", "for_tests", "scopes", "expires_at"]
        known = ["name", "key_id", "is_test", "may", "created_at", "last_used_at"]
        return [*known, "previous_until", "expires_at", "revoked_at"]

    def has_change_permission(self, request: HttpRequest, obj: FulfilmentKey | None = None) -> bool:
        return False  # a key stays as it was made; `revoke` has a page of its own

    def has_delete_permission(self, request: HttpRequest, obj: FulfilmentKey | None = None) -> bool:
        return False  # jobs and shipments name it

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: FulfilmentKey | None = None) -> bool:
        return super().has_view_permission(request, obj) or super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: FulfilmentKey, form: Any, change: bool) -> None:  # noqa: FBT001 Django's
        made = make_key(
            obj.name,
            scopes=obj.scopes,
            now=timezone.now(),
            expires_at=obj.expires_at,
            is_test=form.cleaned_data["for_tests"],
        )
        obj.pk = made.row.pk
        obj.refresh_from_db()
        request.made_key_text = made.text  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: FulfilmentKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page that shows the key: an answer that no cache and no session keeps."""
        return self._page(
            request,
            "made",
            obj,
            title=gettext("The key %(name)s is made") % {"name": obj.name},
            text=request.made_key_text,  # type: ignore[attr-defined]
        )

    def get_urls(self) -> list[URLPattern]:
        revoke = path(
            "<int:key_pk>/revoke/",
            self.admin_site.admin_view(self.revoke),
            name="orders_fulfilmentkey_revoke",
        )
        rotate = path(
            "<int:key_pk>/rotate/",
            self.admin_site.admin_view(self.rotate),
            name="orders_fulfilmentkey_rotate",
        )
        return [revoke, rotate, *super().get_urls()]

    def rotate(self, request: HttpRequest, key_pk: int) -> HttpResponse:
        """Ask, then give a key a new secret and show it, once."""
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        key = get_object_or_404(FulfilmentKey, pk=key_pk)
        if request.method != "POST":
            title = gettext("Give the key %(name)s a new secret?") % {"name": key.name}
            return self._page(request, "rotate", key, title=title)
        try:
            made = rotate_key(key, now=timezone.now())
        except KeyRevokedError:
            messages.error(
                request, gettext("The key %(name)s is revoked: make a new one.") % {"name": key.name}
            )
            return HttpResponseRedirect(reverse("admin:orders_fulfilmentkey_changelist"))
        self.log_change(request, key, gettext("Given a new secret."))
        title = gettext("The key %(name)s has a new secret") % {"name": key.name}
        return self._page(request, "made", made.row, title=title, text=made.text)

    def revoke(self, request: HttpRequest, key_pk: int) -> HttpResponse:
        """Ask, then end a key for good."""
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        key = get_object_or_404(FulfilmentKey, pk=key_pk)
        if request.method != "POST":
            return self._page(
                request, "revoke", key, title=gettext("Revoke the key %(name)s?") % {"name": key.name}
            )
        if revoke_key(key, now=timezone.now()):
            self.log_change(request, key, gettext("Revoked."))
        messages.success(request, gettext("The key %(name)s is revoked.") % {"name": key.name})
        return HttpResponseRedirect(reverse("admin:orders_fulfilmentkey_changelist"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"can_revoke": self.has_revoke_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _page(self, request: HttpRequest, name: str, key: FulfilmentKey, **context: Any) -> HttpResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, "key": key, **context}
        response = TemplateResponse(request, f"admin/orders/fulfilmentkey/{name}.html", page)
        add_never_cache_headers(response)
        return response
