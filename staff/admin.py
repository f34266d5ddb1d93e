"""Who works here, with which roles, and the audit. Nobody gives away more than she has."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import DateFieldListFilter, RelatedFieldListFilter
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from staff.audit import Kind, record
from staff.deleting import PlainlyDeletes
from staff.filters import titled
from staff.models import AuditEntry
from staff.read_only import ReadOnlyAdmin
from staff.roles import ROLES
from staff.second_factor import has_second_factor, reset_second_factor

admin.site.unregister([User, Group, StaticDevice, TOTPDevice])  # no page shows a key


@admin.register(User)
class MemberAdmin(UserAdmin[User]):
    """Members of the staff. An owner gives the four roles; what goes beyond them, only a superuser gives."""

    list_display = ["username", "first_name", "last_name", "shown_roles", "is_active", "last_login"]
    list_filter = ["is_active", ("groups", titled(gettext_lazy("role"), RelatedFieldListFilter))]
    change_form_template = "admin/staff/member.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        may = ["is_active", "is_staff", "groups"]
        if _is_superuser(request):
            may += ["is_superuser", "user_permissions"]
        return [
            (None, {"fields": ["username", "password"]}),
            (gettext_lazy("Person"), {"fields": ["first_name", "last_name", "email"]}),
            (gettext_lazy("Roles"), {"fields": may}),
            (gettext_lazy("Dates"), {"fields": ["last_login", "date_joined"]}),
        ]

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 Django's
        **kwargs: Any,
    ) -> Any:
        """Groups beside the roles are a superuser's to give: an owner sees them only where a member has them."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "groups" in form.base_fields and not _is_superuser(request):
            has_already = Q(pk__in=obj.groups.values("pk"))
            form.base_fields["groups"].queryset = Group.objects.filter(Q(name__in=ROLES) | has_already)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return ["last_login", "date_joined"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_beyond_her = obj is not None and obj.is_superuser and not _is_superuser(request)
        return super().has_change_permission(request, obj) and not is_beyond_her

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what she did is signed with her name: take her roles and “active” away instead

    def get_urls(self) -> list[URLPattern]:
        reset = path(
            "<int:user_pk>/reset-second-factor/",
            self.admin_site.admin_view(self.reset_second_factor),
            name="auth_user_reset_second_factor",
        )
        return [reset, *super().get_urls()]

    def reset_second_factor(self, request: HttpRequest, user_pk: int) -> HttpResponse:
        """Ask, then take away a colleague's app and backup codes, so that she sets up new ones."""
        user = get_object_or_404(User, pk=user_pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if request.method == "POST":
            reset_second_factor(user)
            record(Kind.FACTOR_RESET, who=request.user.get_username(), about=user, request=request)
            said = _("%(user)s sets up a new second factor at her next sign-in.") % {"user": user}
            messages.success(request, said)
            return redirect("admin:auth_user_change", user.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take away the second factor of %(user)s?") % {"user": user},
            "opts": self.opts,
            "member": user,
            "has_one": has_second_factor(user),
        }
        return TemplateResponse(request, "admin/staff/reset.html", context)

    @admin.display(description=gettext_lazy("roles"))
    def shown_roles(self, user: User) -> str:
        names = [group.name for group in user.groups.all()]
        return ", ".join([*([_("superuser")] if user.is_superuser else []), *names]) or "-"

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 Django's
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 Django's
        before = set(form.instance.groups.values_list("name", flat=True))
        super().save_related(request, form, formsets, change)
        after = set(form.instance.groups.values_list("name", flat=True))
        who = request.user.get_username()
        if before != after:
            note = f"{', '.join(sorted(before)) or '-'} > {', '.join(sorted(after)) or '-'}"
            record(Kind.ROLES_CHANGED, who=who, about=form.instance, note=note, request=request)
        if others := [name for name in form.changed_data if name != "groups"]:
            record(Kind.PERSON_CHANGED, who=who, about=form.instance, note=", ".join(others), request=request)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 Django's
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            user = self.get_object(request, id)
            who = request.user.get_username()
            record(Kind.PERSON_CHANGED, who=who, about=user, note="password", request=request)
        return answer


@admin.register(Group)
class RoleAdmin(PlainlyDeletes, GroupAdmin):
    """The four roles, to read; a superuser may make groups beside them."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_role(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_role(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 Django's
        super().save_related(request, form, formsets, change)
        note = ", ".join(form.changed_data)
        who = request.user.get_username()
        record(Kind.ROLES_CHANGED, who=who, about=form.instance, note=note, request=request)


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "who", "about", "note", "network"]
    list_filter = ["kind", ("at", titled(gettext_lazy("when"), DateFieldListFilter))]
    search_fields = ["who", "about", "note", "request_id"]
    list_per_page = 100
    show_full_result_count = False


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


def _is_role(group: Group | None) -> bool:
    return group is not None and group.name in ROLES
