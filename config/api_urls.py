"""Addresses of the two APIs and of their description."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config.api_docs import api_docs, api_operations, api_shapes

urlpatterns = [
    path("", api_docs, name="api-docs"),
    path("<slug:slug>/", api_operations, name="api-operations"),
    path("<slug:slug>/shapes", api_shapes, name="api-shapes"),
    path("shop/v1/", include("configurator.api_urls")),
    path("fulfilment/v1/", include("orders.fulfilment.urls")),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
]
