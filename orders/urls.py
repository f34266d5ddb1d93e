"""Addresses of checkout, payment and tracking."""

from django.urls import URLPattern

app_name = "orders"
urlpatterns: list[URLPattern] = []
