"""How to reach what stands beside the shop, and what it says where nothing is."""

from django.test import Client
from django.urls import reverse

from tests.orders.make import MIX
from tests.pages.samples import CUSTOMER, NO_ROUTE, Sent, elsewhere, file, page


@page("api-docs", public=True)
def api_docs(shopper: Client) -> str:
    return reverse("api-docs")


@page("api-operations", public=True)
def what_can_be_asked(shopper: Client) -> str:
    return reverse("api-operations", args=["fulfilment"])


@page("api-shapes", public=True)
def what_is_sent_and_answered(shopper: Client) -> str:
    return reverse("api-shapes", args=["fulfilment"])


@page("api-operations", "the shop's own", public=True)
def what_can_be_asked_of_the_shop(shopper: Client) -> str:
    return reverse("api-operations", args=["shop"])


@elsewhere("favicon.ico", status=301)
def icon(shopper: Client) -> str:
    return "/favicon.ico"


@file("orders:health")
def how_all_parts_are(shopper: Client) -> str:
    return reverse("orders:health")


@file("orders:live")
def whether_the_process_answers(shopper: Client) -> str:
    return reverse("orders:live")


@file("orders:ready")
def whether_it_can_serve(shopper: Client) -> str:
    return reverse("orders:ready")


@page(NO_ROUTE, "nothing at this address", status=404)
def nothing_there(shopper: Client) -> str:
    return "/nowhere"


@page(NO_ROUTE, "a form without its token", status=403)
def stale_form(shopper: Client) -> Sent:
    shopper.handler.enforce_csrf_checks = True
    return Sent(reverse("orders:checkout"), CUSTOMER)


@page(NO_ROUTE, "a form from elsewhere", status=403)
def from_elsewhere(shopper: Client) -> Sent:
    shopper.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"
    return Sent(reverse("orders:add"), {"recipe": "shampoo", **MIX})
