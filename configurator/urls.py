"""Addresses of the pages on which a mix is chosen."""

from django.urls import path

from configurator.views import compare, home, mixer, surprise

app_name = "configurator"
urlpatterns = [
    path("", home.home, name="home"),
    path("mix/", home.mix, name="products"),
    path("mix/<slug:recipe>/", mixer.mixer, name="mixer"),
    path("mix/<slug:recipe>/surprise", surprise.surprise, name="surprise"),
    path("mix/<slug:recipe>/compare", compare.compare, name="compare"),
    path("mix/<slug:recipe>/<path:choices>", mixer.mixer, name="mix"),
]
