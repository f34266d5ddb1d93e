"""Addresses of the shop API."""

from django.urls import path, re_path

from configurator import api

app_name = "shop-api"
urlpatterns = [
    path("recipes/", api.RecipesView.as_view(), name="recipes"),
    path("recipes/<slug:slug>/", api.RecipeView.as_view(), name="recipe"),
    path("recipes/<slug:slug>/options", api.OptionsView.as_view(), name="options"),
    path("recipes/<slug:slug>/check", api.CheckView.as_view(), name="check"),
    re_path(r"", api.NowhereView.as_view(), name="nowhere"),
]
