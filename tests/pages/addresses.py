"""How to reach every page of the shop: for each name in the URL map at least one function that leads there.

A function gets a shopper who is new here, does with her what is needed (by HTTP, or by the use cases), and gives the
address to open, or `Sent(address, form)` for what a form is answered with.
"""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from configurator.models import Recipe
from orders.models import Basket, BasketLine, Job, Order
from tests.configurator.drafts import make_bicycle, publish
from tests.orders.make import ADA, MIX, make_job, make_order
from tests.pages.samples import NO_ROUTE, Sent, elsewhere, page, posted

MIXER = "/mix/shampoo/"
WHOLE = MIXER + "/".join(MIX.values())
NAME = "Zoë"  # on her label
PAYMENT = {"fraud_status": "unknown", "gateway_response": "3ds-disabled"}
CUSTOMER = {
    "email": ADA.email,
    "full_name": ADA.full_name,
    "postcode": ADA.postcode,
    "address_line1": ADA.address_line1,
    "town": ADA.town,
}


# Choosing -----------------------------------------------------------------------------------------------------------


@page("configurator:home", public=True)
def home(shopper: Client) -> str:
    return "/"


@elsewhere("configurator:products", "with one product")
def one_product(shopper: Client) -> str:
    return reverse("configurator:products")


@page("configurator:products", "with two", public=True)
def two_products(shopper: Client) -> str:
    if not Recipe.objects.filter(slug="bicycle").exists():
        publish(make_bicycle())
    return reverse("configurator:products")


@page("configurator:mixer", "nothing chosen", public=True)
def empty_mixer(shopper: Client) -> str:
    return MIXER


@page("configurator:mixer", "half a mix", public=True)
def half_a_mix(shopper: Client) -> str:
    return f"{MIXER}?base=quiet-linen&main=calm"


@page("configurator:mix", "whole", public=True)
def whole_mix(shopper: Client) -> str:
    return WHOLE


@page("configurator:mix", "with a name", public=True)
def named_mix(shopper: Client) -> str:
    return f"{WHOLE}?size=500ml&label={NAME}"


@page("configurator:mix", "with a name that cannot be printed", public=True)
def unprintable(shopper: Client) -> str:
    return f"{WHOLE}?label=%3Cb%3E"


@page("configurator:mix", "with advice", public=True)
def advised_mix(shopper: Client) -> str:
    return f"{MIXER}salt-meadow/lift/quench"


@page("configurator:mix", "that breaks rules", public=True)
def broken_mix(shopper: Client) -> str:
    return f"{MIXER}warm-hearth/mend/gleam"


@page("configurator:mix", "that is gone", status=404)
def gone_mix(shopper: Client) -> str:
    return f"{MIXER}warm-hearth/mend/unicorn"


@page("configurator:mix", "with something left out", public=True)
def mix_without(shopper: Client) -> str:
    return f"{WHOLE}?avoid=fragrance"


@elsewhere("configurator:surprise")
def surprise(shopper: Client) -> str:
    return reverse("configurator:surprise", args=["shampoo"])


@page("configurator:compare", "what with", public=True)
def start_to_compare(shopper: Client) -> str:
    return reverse("configurator:compare", args=["shampoo"]) + "?a=warm-hearth/mend/quench"


@page("configurator:compare", "two mixes", public=True)
def compare(shopper: Client) -> str:
    return start_to_compare(shopper) + "&b=warm-hearth/mend/calm"


@page("configurator:compare", "with a mix that is gone", status=404)
def compare_gone(shopper: Client) -> str:
    return start_to_compare(shopper) + "&b=warm-hearth/mend/unicorn"


# Basket -------------------------------------------------------------------------------------------------------------


def fill_basket(shopper: Client) -> BasketLine:
    """Two bottles of a mix with a name on them."""
    shopper.post(reverse("orders:add"), {"recipe": "shampoo", "label": NAME, **MIX})
    line = BasketLine.objects.latest("pk")
    change_line(shopper, line, "quantity", quantity="2")
    return line


def change_line(shopper: Client, line: BasketLine, action: str, **sent: str) -> None:
    shopper.post(reverse("orders:change_line", args=[line.pk, action]), sent)


@page("orders:basket", "empty")
def empty_basket(shopper: Client) -> str:
    return reverse("orders:basket")


@page("orders:basket", "with two bottles")
def full_basket(shopper: Client) -> str:
    fill_basket(shopper)
    return reverse("orders:basket")


@page("orders:basket", "with one saved and one removed")
def changed_basket(shopper: Client) -> str:
    change_line(shopper, fill_basket(shopper), "save")
    change_line(shopper, fill_basket(shopper), "remove")
    fill_basket(shopper)
    return reverse("orders:basket")


@page("orders:basket", "with a new price and a mix that breaks rules")
def unsettled_basket(shopper: Client) -> str:
    BasketLine.objects.filter(pk=fill_basket(shopper).pk).update(unit_price=1200)
    BasketLine.objects.filter(pk=fill_basket(shopper).pk).update(mix={**MIX, "second": "gleam"})
    return reverse("orders:basket")


@posted("orders:add")
def add(shopper: Client) -> str:
    return reverse("orders:add")


@posted("orders:put_back")
def put_back(shopper: Client) -> str:
    return reverse("orders:put_back")


@posted("orders:change_line")
def change(shopper: Client) -> str:
    return reverse("orders:change_line", args=[fill_basket(shopper).pk, "copy"])


# Checkout and payment -----------------------------------------------------------------------------------------------


@elsewhere("orders:checkout", "with an empty basket")
def early_checkout(shopper: Client) -> str:
    return reverse("orders:checkout")


@page("orders:checkout", "with two bottles")
def checkout(shopper: Client) -> str:
    fill_basket(shopper)
    return reverse("orders:checkout")


@page("orders:checkout", "sent empty", status=422)
def empty_checkout(shopper: Client) -> Sent:
    fill_basket(shopper)
    return Sent(reverse("orders:checkout"), {})


@page("orders:checkout", "at a total that has changed", status=422)
def changed_checkout(shopper: Client) -> Sent:
    basket = fill_basket(shopper).basket
    shown = {
        "checkout_key": str(Basket.objects.get(pk=basket.pk).checkout_key),
        "shown_total": "1",
        "shown_day": timezone.localdate().isoformat(),
    }
    return Sent(reverse("orders:checkout"), {**CUSTOMER, **shown})


@page("orders:pay", "for the first time")
def pay(shopper: Client) -> str:
    return reverse("orders:pay", args=[make_order().token])


@page("orders:pay", "after it failed")
def failed_payment(shopper: Client) -> str:
    path = reverse("orders:pay", args=[make_order().token])
    return str(shopper.post(path, {**PAYMENT, "status": "rejected"})["Location"])


@elsewhere("orders:pay", "when it is paid")
def paid_already(shopper: Client) -> str:
    return reverse("orders:pay", args=[make_order(paid=True).token])


# Orders -------------------------------------------------------------------------------------------------------------


@page("orders:thanks", "once paid")
def thanks(shopper: Client) -> str:
    return reverse("orders:thanks", args=[make_order(paid=True).token])


@elsewhere("orders:thanks", "before it is paid")
def early_thanks(shopper: Client) -> str:
    return reverse("orders:thanks", args=[make_order().token])


@page("orders:tracking", "not paid")
def unpaid_order(shopper: Client) -> str:
    return make_order().get_absolute_url()


@page("orders:tracking", "just paid")
def paid_order(shopper: Client) -> str:
    return make_order(paid=True).get_absolute_url()


@page("orders:tracking", "in the making")
def order_in_the_making(shopper: Client) -> str:
    return make_job(Job.State.IN_PRODUCTION).order.get_absolute_url()


@page("orders:tracking", "shipped")
def shipped_order(shopper: Client) -> str:
    return make_job(Job.State.SHIPPED).order.get_absolute_url()


@page("orders:tracking", "cancelled")
def cancelled_order(shopper: Client) -> str:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(state=Order.State.CANCELLED)
    return order.get_absolute_url()


@page("orders:cancel", "not paid")
def cancel_unpaid(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_order().token])


@page("orders:cancel", "paid")
def cancel_paid(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_order(paid=True).token])


@page("orders:cancel", "in the making")
def cancel_in_the_making(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.IN_PRODUCTION).order.token])


@page("orders:cancel", "asked for already")
def cancel_once_more(shopper: Client) -> str:
    token = make_job(Job.State.IN_PRODUCTION).order.token
    shopper.post(reverse("orders:ask_to_cancel", args=[token]))
    return reverse("orders:cancel", args=[token])


@page("orders:cancel", "shipped")
def cancel_shipped(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.SHIPPED).order.token])


@page("orders:cancel", "begun while she read", status=409)
def cancel_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:cancel", args=[make_job(Job.State.IN_PRODUCTION).order.token]), {})


@elsewhere("orders:cancel", "cancelled already")
def cancel_cancelled(shopper: Client) -> str:
    path = reverse("orders:cancel", args=[make_order(paid=True).token])
    shopper.post(path)
    return path


@posted("orders:ask_to_cancel")
def ask_to_cancel(shopper: Client) -> str:
    return reverse("orders:ask_to_cancel", args=[make_job(Job.State.IN_PRODUCTION).order.token])


@page("orders:address", "in time")
def address(shopper: Client) -> str:
    return reverse("orders:address", args=[make_order(paid=True).token])


@page("orders:address", "in the making")
def late_address(shopper: Client) -> str:
    return reverse("orders:address", args=[make_job(Job.State.IN_PRODUCTION).order.token])


@page("orders:address", "sent empty", status=422)
def empty_address(shopper: Client) -> Sent:
    return Sent(reverse("orders:address", args=[make_order(paid=True).token]), {})


@page("orders:address", "sent too late", status=409)
def address_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:address", args=[make_job(Job.State.IN_PRODUCTION).order.token]), CUSTOMER)


@page("orders:tracking", "just cancelled")
def just_cancelled(shopper: Client) -> str:
    path = reverse("orders:cancel", args=[make_order(paid=True).token])
    return str(shopper.post(path)["Location"])


# Beside the shop ----------------------------------------------------------------------------------------------------


@page("api-docs", public=True)
def api_docs(shopper: Client) -> str:
    return reverse("api-docs")


@elsewhere("favicon.ico", status=301)
def icon(shopper: Client) -> str:
    return "/favicon.ico"


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


# Cancelling and correcting ------------------------------------------------------------------------------------------


@page("orders:cancel", "of an order that can be")
def cancel(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_order(paid=True).token])


@page("orders:cancel", "of an unpaid order")
def cancel_unpaid(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_order().token])


@page("orders:cancel", "of an order on the bench")
def cancel_begun(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.CLAIMED).order.token])


@page("orders:cancel", "of an order on the bench, sent", status=409)
def cancel_too_late(shopper: Client) -> Sent:
    return Sent(reverse("orders:cancel", args=[make_job(Job.State.CLAIMED).order.token]), {})


@page("orders:cancel", "of a parcel on its way")
def cancel_shipped(shopper: Client) -> str:
    return reverse("orders:cancel", args=[make_job(Job.State.SHIPPED).order.token])


@posted("orders:ask_to_cancel")
def ask_to_cancel(shopper: Client) -> str:
    return reverse("orders:ask_to_cancel", args=[make_job(Job.State.CLAIMED).order.token])


@page("orders:address", "to be corrected")
def address(shopper: Client) -> str:
    return reverse("orders:address", args=[make_order(paid=True).token])


@page("orders:address", "incomplete", status=422)
def incomplete_address(shopper: Client) -> Sent:
    return Sent(reverse("orders:address", args=[make_order(paid=True).token]), {"town": "York"})


@page("orders:address", "of an order on the bench")
def address_too_late(shopper: Client) -> str:
    return reverse("orders:address", args=[make_job(Job.State.CLAIMED).order.token])


@page("orders:address", "of an order on the bench, sent", status=409)
def sent_address_too_late(shopper: Client) -> Sent:
    form = {name: value for name, value in CUSTOMER.items() if name != "email"}
    return Sent(reverse("orders:address", args=[make_job(Job.State.CLAIMED).order.token]), form)
