"""The pages of the second factor: entering a code, setting up an app, and backup codes."""

from typing import Any

import django_otp
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.audit import Kind, record
from staff.second_factor import (
    SecondFactorError,
    TooManyTriesError,
    UsedCodeError,
    begin_set_up,
    confirm_set_up,
    count_backup_codes,
    has_second_factor,
    is_let_in,
    pass_second_factor,
    renew_backup_codes,
)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


def enter_code(site: AdminSite, request: HttpRequest, user: User) -> HttpResponse:
    """Ask for a code; a right one leads on to where she wanted to go."""
    if not has_second_factor(user):
        return _redirect("admin:second-factor-set-up", request)
    if request.POST.get("leave"):
        logout(request)
        return _redirect("admin:login", request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device = pass_second_factor(user, form.cleaned_data["code"])
        except SecondFactorError as error:
            record(Kind.FACTOR_FAILED, who=user.get_username(), note=type(error).__name__, request=request)
            form.add_error("code", _in_words(error))
        else:
            django_otp.login(request, device)
            request.session.cycle_key()
            record(Kind.FACTOR_PASSED, who=user.get_username(), note=device.name, request=request)
            return HttpResponseRedirect(way_on(request))
    return _page(site, request, "second_factor", title=_("Your second factor"), form=form)


def set_up(site: AdminSite, request: HttpRequest, user: User) -> HttpResponse:
    """Show picture and key of a new app, and take its first code. Who has an app enters a code of that first."""
    if has_second_factor(user) and not getattr(user, "otp_device", None):
        return _redirect("admin:second-factor", request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device = confirm_set_up(user, form.cleaned_data["code"])
        except SecondFactorError as error:
            record(Kind.FACTOR_FAILED, who=user.get_username(), note="set-up", request=request)
            form.add_error("code", _in_words(error))
        else:
            django_otp.login(request, device)
            request.session.cycle_key()
            record(Kind.FACTOR_SET_UP, who=user.get_username(), request=request)
            return _new_codes(site, request, user)
    page = {"title": _("Set up your second factor"), "form": form, "app": begin_set_up(user)}
    return _page(site, request, "set_up", **page)


def backup_codes(site: AdminSite, request: HttpRequest, user: User) -> HttpResponse:
    """How many are left; on request new ones, shown this once."""
    if not has_second_factor(user) or not getattr(user, "otp_device", None):
        return _redirect("admin:second-factor", request)
    if request.method == "POST":
        return _new_codes(site, request, user)
    return _page(site, request, "backup_codes", title=_("Backup codes"), left=count_backup_codes(user))


def _new_codes(site: AdminSite, request: HttpRequest, user: User) -> HttpResponse:
    codes = renew_backup_codes(user)
    record(Kind.CODES_RENEWED, who=user.get_username(), request=request)
    return _page(site, request, "new_codes", title=_("Write down your backup codes"), codes=codes)


def _in_words(error: SecondFactorError) -> str:
    if isinstance(error, TooManyTriesError):
        return _("There were wrong codes before this one. Wait %(seconds)s s, then try again.") % {
            "seconds": error.seconds
        }
    if isinstance(error, UsedCodeError):
        return _("This code was used already. Wait for the next one, half a minute at most.")
    return _("This code is not right. Enter the one that your app shows now; is its clock right?")


def way_on(request: HttpRequest) -> str:
    """Where she wanted to go, if that is here; else the index."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    is_here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_here else reverse("admin:index")


def _redirect(name: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, query={REDIRECT_FIELD_NAME: way_on(request)}))


def _page(site: AdminSite, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    is_open = is_let_in(request.user)
    page = {
        **site.each_context(request),
        "has_permission": is_open,
        "is_nav_sidebar_enabled": is_open,
        "way_on": way_on(request),
        **context,
    }
    response = TemplateResponse(request, f"admin/staff/{name}.html", page)
    add_never_cache_headers(response)
    return response
