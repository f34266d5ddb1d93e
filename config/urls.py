"""Every address of the shop."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

# Browsers ask for it unasked, and remember the answer: the name without a hash stays the same.
favicon = RedirectView.as_view(url=f"{settings.STATIC_URL}img/favicon.svg", permanent=True)

urlpatterns = [
    path("", include("configurator.urls")),
    path("", include("orders.urls")),
    path("api/", include("config.api_urls")),
    path("payments/", include("payments.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", favicon),
]
handler400 = "configurator.views.errors.bad_request"
handler500 = "configurator.views.errors.server_error"
