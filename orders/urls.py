"""Addresses of basket, checkout, payment and tracking, and of what watchers ask."""

from django.urls import path

from orders.fulfilment.metrics import MetricsView
from orders.views import basket, cancelling, checkout, health, order, payment

app_name = "orders"
urlpatterns = [
    path("basket", basket.basket, name="basket"),
    path("basket/add", basket.add, name="add"),
    path("basket/put-back", basket.put_back, name="put_back"),
    path("basket/lines/<int:line>/<slug:action>", basket.change, name="change_line"),
    path("checkout", checkout.checkout, name="checkout"),
    path("order/<slug:token>", order.tracking, name="tracking"),
    path("order/<slug:token>/pay", payment.pay, name="pay"),
    path("order/<slug:token>/cancel", cancelling.cancel, name="cancel"),
    path("order/<slug:token>/ask-to-cancel", cancelling.ask, name="ask_to_cancel"),
    path("order/<slug:token>/address", cancelling.address, name="address"),
    path("order/<slug:token>/wait", order.wait, name="wait"),
    path("order/<slug:token>/change", order.change, name="change"),
    path("order/<slug:token>/thanks", order.thanks, name="thanks"),
    path("health", health.health, name="health"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", MetricsView.as_view(), name="metrics"),
]
