"""Addresses of the shop API."""

from django.urls import URLPattern

app_name = "shop-api"
urlpatterns: list[URLPattern] = []
