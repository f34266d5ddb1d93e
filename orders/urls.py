"""Addresses of checkout, payment and tracking."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("checkout/<slug:recipe>/", views.start, name="start"),
    path("checkout/<slug:recipe>/<path:choices>", views.checkout, name="checkout"),
    path("order/<str:token>", views.tracking, name="tracking"),
    path("order/<str:token>/pay", views.pay, name="pay"),
    path("order/<str:token>/thanks", views.thanks, name="thanks"),
]
