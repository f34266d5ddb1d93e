"""The site that staff work in: Django's admin with a second factor, closed where Django leaves a door open."""

from http import HTTPStatus
from math import ceil
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

# The apps are not loaded when this is, so what needs models is imported late.


def log_each_deletion(self: ModelAdmin[Any], request: HttpRequest, queryset: Any) -> Any:
    """One after the other: what Django writes down in bulk sends no signal, so that the audit would not hear of it."""
    log: Any = ModelAdmin.log_deletions
    return [entry for row in queryset for entry in log(self, request, [row])]


class StaffSite(AdminSite):
    """An admin site for people with roles."""

    last_apps = ("staff", "auth")  # who works here: behind what they work on

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        base = admin_class or ModelAdmin
        audited = type(base.__name__, (base,), {"log_deletions": log_each_deletion, "__doc__": base.__doc__})
        super().register(model_or_iterable, audited, **options)

    def seconds_to_wait(self, request: HttpRequest) -> int:
        """Count one try to sign in with a password; 0, or how long who tries has to wait before the next one."""
        raise NotImplementedError

    def forget_tries(self, request: HttpRequest) -> None:
        """The password was right: the tries before it are forgiven."""
        raise NotImplementedError

    def has_permission(self, request: HttpRequest) -> bool:
        from staff.second_factor import is_let_in  # noqa: PLC0415

        return self.has_password_passed(request) and is_let_in(request.user)

    def has_password_passed(self, request: HttpRequest) -> bool:
        return super().has_permission(request)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        on_site = path(
            "r/<int:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        own = [
            path("second-factor/", self.second_factor, name="second-factor"),
            path("second-factor/set-up/", self.second_factor_set_up, name="second-factor-set-up"),
            path("second-factor/codes/", self.second_factor_codes, name="second-factor-codes"),
            path("unsent/", self.admin_view(self.unsent), name="unsent"),
            on_site,
        ]
        others: list[Any] = [
            each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"
        ]
        return [*own, *others]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Ask for name and password; who has passed that is asked for the second factor."""
        if request.method == "GET" and self.has_password_passed(request) and not self.has_permission(request):
            query = {REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))}
            return HttpResponseRedirect(reverse("admin:second-factor", query=query))
        if request.method == "POST" and (seconds := self.seconds_to_wait(request)):
            context = {
                **self.each_context(request),
                "title": "",
                "minutes": ceil(seconds / 60),
                "again": request.get_full_path(),
            }
            refusal = TemplateResponse(request, "admin/staff/wait.html", context, status=429)
            refusal["Retry-After"] = str(seconds)
            return refusal
        answer = super().login(request, extra_context)
        if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            self.forget_tries(request)
        return answer

    @method_decorator([csrf_protect, never_cache])
    def second_factor(self, request: HttpRequest) -> HttpResponse:
        from staff.second_factor_pages import enter_code  # noqa: PLC0415

        return self._for_who_has_signed_in(enter_code, request)

    @method_decorator([csrf_protect, never_cache])
    def second_factor_set_up(self, request: HttpRequest) -> HttpResponse:
        from staff.second_factor_pages import set_up  # noqa: PLC0415

        return self._for_who_has_signed_in(set_up, request)

    @method_decorator([csrf_protect, never_cache])
    def second_factor_codes(self, request: HttpRequest) -> HttpResponse:
        from staff.second_factor_pages import backup_codes  # noqa: PLC0415

        return self._for_who_has_signed_in(backup_codes, request)

    def _for_who_has_signed_in(self, page: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_password_passed(request):
            return HttpResponseRedirect(
                reverse("admin:login", query={REDIRECT_FIELD_NAME: request.get_full_path()})
            )
        answer: HttpResponse = page(self, request, request.user)
        return answer

    def unsent(self, request: HttpRequest) -> HttpResponse:
        """What she had written when her sign-in ended, to be sent now or dropped."""
        from staff.idle import forget_unsent, unsent_form  # noqa: PLC0415

        form = unsent_form(request)
        if request.method == "POST" or form is None:
            forget_unsent(request)
            return HttpResponseRedirect(reverse("admin:index"))
        context = {**self.each_context(request), "title": "", "unsent": form}
        return TemplateResponse(request, "admin/staff/unsent.html", context)

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
        """Lead on to the shop's page of a row. Django's own asks for no permission: an order's page has its address."""
        from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415
        from django.contrib.contenttypes.views import shortcut  # noqa: PLC0415

        kind = get_object_or_404(ContentType, pk=content_type_id)
        if not request.user.has_perm(f"{kind.app_label}.view_{kind.model}"):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> TemplateResponse:
        """The pages of one app; 403 and not 404 for who may open none of them, as everywhere else."""
        if app_label in self.app_labels() and not self.get_app_list(request, app_label):
            raise PermissionDenied
        return super().app_index(request, app_label, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What is sold and ordered first, accounts last; else by name, as Django has it."""
        places = {label: place for place, label in enumerate(self.last_apps, 1)}
        apps: list[Any] = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: places.get(app["app_label"], 0))

    def app_labels(self) -> set[str]:
        return {model._meta.app_label for model in self._registry}
