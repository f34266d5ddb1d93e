"""Noting who looked at customers' data, and who took it away in a file."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from staff.audit import Kind, record

# Names of the admin's pages that show customers; each app adds its own when it is ready.
PERSONAL: set[str] = set()


class LookingMiddleware:
    """One row for each page of the admin that named a customer, with the row or the question it was opened for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or match.url_name not in PERSONAL or response.status_code != 200:
            return response
        row = (getattr(response, "context_data", None) or {}).get("original", "")
        is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
        record(
            Kind.EXPORTED if is_file else Kind.LOOKED,
            who=request.user.get_username(),
            about=row or match.url_name,
            note=request.GET.urlencode(),
            request=request,
        )
        return response
