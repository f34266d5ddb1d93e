"""Addresses of the pages on which a mix is chosen."""

from django.urls import path

from configurator.views import compare, home, leaving_out, mixer, quiz, shared, surprise

app_name = "configurator"
urlpatterns = [
    path("", home.home, name="home"),
    path("mix/", home.mix, name="products"),
    path("find", quiz.find, name="find"),
    path("find/<slug:recipe>", quiz.find_recipe, name="find_recipe"),
    path("leave-out", leaving_out.leave_out, name="leave_out"),
    path("mix/<slug:recipe>/", mixer.mixer, name="mixer"),
    path("mix/<slug:recipe>/surprise", surprise.surprise, name="surprise"),
    path("mix/<slug:recipe>/compare", compare.compare, name="compare"),
    path("mix/<slug:recipe>/<path:choices>", mixer.mixer, name="mix"),
    path("m/", shared.share, name="share"),
    path("m/<slug:code>", shared.shared, name="shared"),
    path("m/<slug:code>.png", shared.picture, name="shared_picture"),
    path("m/<slug:code>/revoke", shared.revoke, name="revoke"),
]
