"""Addresses of the pages on which a mix is chosen."""

from django.urls import path

from configurator.views import home, leaving_out, mixer, quiz

app_name = "configurator"
urlpatterns = [
    path("", home.home, name="home"),
    path("find", quiz.find, name="find"),
    path("find/<slug:recipe>", quiz.find_recipe, name="find_recipe"),
    path("leave-out", leaving_out.leave_out, name="leave_out"),
    path("mix/<slug:recipe>/", mixer.mixer, name="mixer"),
    path("mix/<slug:recipe>/<path:choices>", mixer.mixer, name="mix"),
]
