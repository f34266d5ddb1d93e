"""No text that a shopper, a maker or staff wrote is anything but text on a page of the admin (A10)."""

from collections.abc import Iterator

import pytest
from django.test import Client

from orders.admin.job_deeds import JOB_DEEDS
from orders.admin.order_deeds import ORDER_DEEDS
from orders.models import Job, LotUse
from staff.models import AuditEntry
from tests.orders.admin.markup_rows import ESCAPED, EVIL, make_markup_rows
from tests.orders.admin.people import make_boss
from tests.staff.admin_addresses import Address, admin_addresses

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

JOBS, ORDERS = "/admin/orders/job/", "/admin/orders/order/"
MARKUP = (EVIL, "<script>'", "e'<script>\"")
SHOWN = {  # pages on which such texts are known to stand, so it is shown that they are escaped there
    "index", "insights", "bench", "bench_job", "bench_send", "view_on_site",
    "configurator_recipe_desk", "configurator_recipe_publish", "configurator_recipe_compare",
    "configurator_component_changelist", "configurator_component_history", "configurator_rule_change",
    "orders_order_changelist", "orders_order_change", "orders_job_changelist", "orders_job_change",
    "staff_auditentry_changelist", "entry of the audit",
}  # fmt: skip


def addresses() -> Iterator[Address]:
    """Those of the URL map, and those that say more in their query."""
    yield from (address for address in admin_addresses() if address.name != "logout")
    for job in Job.objects.filter(state__in=["shipped", "ready"], on_hold=False):
        yield from (Address(deed.slug, f"{JOBS}{deed.slug}/?job={job.pk}") for deed in JOB_DEEDS)
        yield from (Address(deed.slug, f"{ORDERS}{deed.slug}/?order={job.order_id}") for deed in ORDER_DEEDS)
        yield from (Address(part, f"{JOBS}{job.pk}/{part}/") for part in ("hold", "change", "history"))
        yield from (
            Address(f"order {part}", f"{ORDERS}{job.order_id}/{part}/")
            for part in ("address", "change", "history")
        )
    chosen = "&".join(f"job={job.pk}" for job in Job.objects.exclude(snapshot={}))
    yield Address("labels", f"{JOBS}labels/?{chosen}")
    yield Address("sheets", f"{JOBS}labels/to-print/?{chosen}")
    typed = AuditEntry.objects.get(kind="sign_in_failed")
    yield Address("entry of the audit", f"/admin/staff/auditentry/{typed.pk}/change/")
    component = LotUse.objects.all()[0].component
    yield Address("recall", f"/admin/orders/lotuse/recall/?component={component}&lot=%3Cscript%3E")
    yield from (Address("search", f"{path}?q=%3Cscript%3E") for path in (ORDERS, JOBS))


def test_no_page_shows_what_was_written_as_markup() -> None:
    make_markup_rows()
    boss = make_boss()
    seen, wrong = set(), []

    for address in addresses():
        page = read(boss, address)
        wrong += [f"{address}: {each}" for each in MARKUP if each in page]
        seen |= {address.name} if ESCAPED in page else set()

    assert wrong == [], "\n".join(wrong)
    assert seen >= SHOWN


def read(staff: Client, address: Address) -> str:
    """What a browser would read as markup; nothing of an address that leads on or answers with a file of data."""
    answer = staff.get(address.path, follow=True)
    assert answer.status_code in (200, 403, 405), address  # 403: nobody may add or delete it, whoever it is
    is_markup = answer.headers["Content-Type"].startswith(("text/html", "image/svg+xml"))
    return b"".join(answer).decode() if is_markup else ""
