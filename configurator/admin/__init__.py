"""Django admin for recipes: drafts as forms, publishing as a confirm page of its own."""

from configurator.admin import components, needs, recipes, rules, shared, shop, versions

__all__ = ["components", "needs", "recipes", "rules", "shared", "shop", "versions"]
