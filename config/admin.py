"""Django's own admin site under the shop's name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _
from limits import RateLimitItemPerSecond

from staff.site import StaffSite

SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}


class ShopAdminSite(StaffSite):
    site_header = f"{settings.SHOP_NAME} staff"
    site_title = settings.SHOP_NAME
    index_title = _("Today")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from orders.admin.pages import staff_pages  # noqa: PLC0415  # the site is made before the apps are

        return [*staff_pages(self.admin_view), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """How things stand today, before what can be changed."""
        from orders.admin.today import read_today  # noqa: PLC0415  # as above

        return super().index(request, {**read_today(request), **(extra_context or {})})

    def seconds_to_wait(self, request: HttpRequest) -> int:
        """Tries are counted by address, and by name from wherever, so that many addresses do not help much."""
        from configurator import throttling  # noqa: PLC0415
        from staff.audit import address_of  # noqa: PLC0415

        tries, _slash, unit = settings.STAFF_SIGN_IN_RATE.partition("/")
        by_address = RateLimitItemPerSecond(int(tries), SECONDS[unit])
        by_name = RateLimitItemPerSecond(int(tries) * 6, SECONDS[unit])
        name = request.POST.get("username", "")[:150].casefold()
        standings = (
            throttling.counters.count(by_address, "sign-in", throttling.find_network(address_of(request))),
            throttling.counters.count(by_name, "sign-in-name", name),
        )
        return max((int(each.reset_seconds) + 1 for each in standings if not each.allowed), default=0)
