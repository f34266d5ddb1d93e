"""The metrics for Prometheus, read with a key like the rest of the fulfilment API."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from orders.figures import read_figures
from orders.fulfilment.base import FulfilmentView
from orders.fulfilment.negotiation import AsItIs
from orders.metrics import write_metrics
from orders.models import FulfilmentKey

SCOPE = FulfilmentKey.Scope.METRICS
NOT_FOR_TESTS = "These are figures of the whole shop: ask with a key that is no test key."


class MetricsView(FulfilmentView):
    """For keys with the scope metrics:read; a test key sees its own sandbox, and figures are the whole shop's."""

    scopes = {"GET": SCOPE, "HEAD": SCOPE}
    content_negotiation_class = AsItIs

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        if self.client.is_test:
            raise PermissionDenied(NOT_FOR_TESTS)
        response = HttpResponse(
            write_metrics(read_figures(now=timezone.now())), content_type=CONTENT_TYPE_LATEST
        )
        add_never_cache_headers(response)
        return response
