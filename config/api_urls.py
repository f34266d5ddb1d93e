"""Addresses of the two APIs and of their description."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config.api_docs import api_docs

urlpatterns = [
    path("", api_docs, name="api-docs"),
    path("shop/v1/", include("configurator.api_urls")),
    path("fulfilment/v1/", include("orders.fulfilment.urls")),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
]
