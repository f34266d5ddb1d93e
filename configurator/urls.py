"""Addresses of the pages on which a mix is chosen."""

from django.urls import URLPattern

app_name = "configurator"
urlpatterns: list[URLPattern] = []
