"""Every address of the shop."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("configurator.urls")),
    path("", include("orders.urls")),
    path("api/", include("config.api_urls")),
    path("payments/", include("payments.urls")),
    path("admin/", admin.site.urls),
]
