"""Every form that the admin takes is one change, signed by who sent it, with the reason she gave."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from configurator.history import one_change
from staff.change_audit import changing

REASON = "change_reason"


class HistoryMiddleware:
    """Stands behind the one that knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_form = request.method == "POST" and request.path.startswith(reverse("admin:index"))
        if not is_form or not request.user.is_authenticated:
            return self.get_response(request)
        why = request.POST.get(REASON, "").strip()
        with one_change(at=timezone.now(), by=request.user, why=why), changing(request, why=why):
            return self.get_response(request)
