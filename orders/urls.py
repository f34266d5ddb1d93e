"""Addresses of checkout, payment and tracking."""

from django.urls import path

from orders.views import cancelling, checkout, order, payment

app_name = "orders"
urlpatterns = [
    path("checkout/<slug:recipe>/", checkout.start, name="start"),
    path("checkout/<slug:recipe>/<path:choices>", checkout.checkout, name="checkout"),
    path("order/<str:token>", order.tracking, name="tracking"),
    path("order/<str:token>/pay", payment.pay, name="pay"),
    path("order/<str:token>/cancel", cancelling.cancel, name="cancel"),
    path("order/<str:token>/ask-to-cancel", cancelling.ask, name="ask_to_cancel"),
    path("order/<str:token>/address", cancelling.address, name="address"),
    path("order/<str:token>/thanks", order.thanks, name="thanks"),
]
