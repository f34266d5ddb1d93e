"""Addresses of the pages on which a mix is chosen."""

from django.urls import path

from configurator import views

app_name = "configurator"
urlpatterns = [
    path("", views.home, name="home"),
    path("mix/<slug:recipe>/", views.mixer, name="mixer"),
    path("mix/<slug:recipe>/<path:choices>", views.mixer, name="mix"),
]
