"""Ending the sign-in of staff who have done nothing for a while. What she had in her basket and what she wrote stay."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from staff.audit import Kind, record

SEEN, UNSENT = "staff_seen", "staff_unsent"
NOTED_EVERY_SECONDS = 60
MOST_KEPT = 200_000  # characters of a form

# Names of addresses that open pages ask by themselves: that is nobody at work. The apps that have some add them.
UNATTENDED: set[str] = set()


def note_sign_in(request: HttpRequest, **_kwargs: Any) -> None:
    """To sign in is to be at work."""
    request.session[SEEN] = int(time.time())


class StaffSessionMiddleware:
    """Looks at pages of the admin only, and only after the check of the form's token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.namespaces:
            return None
        if not request.user.is_authenticated:
            request.session.pop(SEEN, None)
            return None
        now, seen = int(time.time()), request.session.get(SEEN)
        if seen is not None and now - seen >= settings.STAFF_IDLE_MINUTES * 60:
            return _time_out(request)
        if seen is None or (now - seen >= NOTED_EVERY_SECONDS and match.url_name not in UNATTENDED):
            request.session[SEEN] = now
        unsent = request.session.get(UNSENT)
        if request.method == "POST" and unsent and unsent["path"] == request.get_full_path():
            del request.session[UNSENT]
        return None


def _time_out(request: HttpRequest) -> HttpResponse:
    """End the sign-in and ask for a new one, which leads back to where she was."""
    record(Kind.TIMED_OUT, who=request.user.get_username(), request=request)
    back = request.get_full_path()
    if request.method == "POST":
        back = _keep_unsent(request)
    for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY, DEVICE_ID_SESSION_KEY, SEEN):
        request.session.pop(name, None)
    request.session.cycle_key()
    request.user = AnonymousUser()
    messages.info(
        request,
        _(
            "You were signed out because nothing was done for %(minutes)s minutes. Sign in to go on where you were."
        )
        % {"minutes": settings.STAFF_IDLE_MINUTES},
    )
    return redirect_to_login(back, reverse("admin:login"))


def _keep_unsent(request: HttpRequest) -> str:
    """Keep the form that came too late, if it is small and holds no password and no file; where she finds it again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    is_secret = any("password" in name or name == "code" for name, _value in fields)
    length = sum(len(name) + len(value) for name, value in fields)
    if is_secret or request.FILES or length > MOST_KEPT:
        return request.path
    request.session[UNSENT] = {"who": request.user.pk, "path": request.get_full_path(), "fields": fields}
    return reverse("admin:unsent")


def unsent_form(request: HttpRequest) -> dict[str, Any] | None:
    """What she had written when her sign-in ended: `path` and `fields`; only for herself."""
    kept = request.session.get(UNSENT)
    if kept is None or kept["who"] != request.user.pk:
        return None
    return dict(kept)


def forget_unsent(request: HttpRequest) -> None:
    request.session.pop(UNSENT, None)
