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
        """Tries are counted by name and address, and by each alone, so that many of the other do not help much."""
        from configurator.throttling import counters  # noqa: PLC0415

        name, network = _who_tries(request)
        standings = (
            counters.count(_tries(), "sign-in", name, network),
            counters.count(_tries(times=6), "sign-in-name", name),
            counters.count(_tries(times=6), "sign-in-address", network),
        )
        return max((int(each.reset_seconds) + 1 for each in standings if not each.allowed), default=0)

    def forget_tries(self, request: HttpRequest) -> None:
        """Who often signs in is not locked out: what was tried for this name from this address counts no more."""
        from configurator.throttling import counters  # noqa: PLC0415

        counters.forget(_tries(), "sign-in", *_who_tries(request))


def _who_tries(request: HttpRequest) -> tuple[str, str]:
    """(the name that was typed, the address it came from)"""
    from configurator.throttling import find_network  # noqa: PLC0415
    from staff.audit import address_of  # noqa: PLC0415

    return request.POST.get("username", "")[:150].casefold(), find_network(address_of(request))


def _tries(*, times: int = 1) -> RateLimitItemPerSecond:
    """So many times what STAFF_SIGN_IN_RATE allows: "5/15min" is 5 in 15 minutes."""
    tries, _slash, period = settings.STAFF_SIGN_IN_RATE.partition("/")
    unit = period.lstrip("0123456789")
    periods = int(period.removesuffix(unit) or 1)
    return RateLimitItemPerSecond(int(tries) * times, periods * SECONDS[unit])
