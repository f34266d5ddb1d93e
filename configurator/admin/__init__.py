"""Django admin for recipes: drafts as forms, publishing as a confirm page of its own."""

from configurator.admin import calendar, components, needs, plans, recipes, rules, shared, shop, versions

__all__ = ["calendar", "components", "needs", "plans", "recipes", "rules", "shared", "shop", "versions"]
