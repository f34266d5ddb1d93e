"""Addresses of checkout, payment and tracking."""

from django.urls import path

from orders.views import basket, checkout, order, payment

app_name = "orders"
urlpatterns = [
    path("basket/add", basket.add, name="add"),
    path("checkout/<slug:recipe>/", checkout.start, name="start"),
    path("checkout/<slug:recipe>/<path:choices>", checkout.checkout, name="checkout"),
    path("order/<str:token>", order.tracking, name="tracking"),
    path("order/<str:token>/pay", payment.pay, name="pay"),
    path("order/<str:token>/thanks", order.thanks, name="thanks"),
]
