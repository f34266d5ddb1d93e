"""What the pages of the bench have in common: who may open them, who acts, how they answer."""

from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

LOOK, WORK, SEND = "orders.view_job", "orders.change_job", "orders.add_shipment"


def check_may(request: HttpRequest, *permissions: str) -> None:
    """Raises PermissionDenied unless whoever asks has one of these permissions."""
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied


def staff_of(request: HttpRequest) -> User:
    """`admin_view` lets nobody else in."""
    return cast("User", request.user)


def read_id(text: str) -> UUID | None:
    """The id of a job, or a token, that a form sent; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def bench_page(
    request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the bench that nothing keeps."""
    page = {
        **admin.site.each_context(request),
        "title": title,
        "may_look": request.user.has_perm(LOOK),
        "may_work": request.user.has_perm(WORK),
        "may_send": request.user.has_perm(SEND),
        **context,
    }
    response = TemplateResponse(request, f"admin/orders/bench/{template}.html", page, status=status)
    add_never_cache_headers(response)
    return response
