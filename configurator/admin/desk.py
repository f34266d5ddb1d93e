"""The desk of a recipe: its slots, components and rules on one page, and what they come to."""

from functools import partial
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from configurator.admin.desk_composition import composition_rows, find_component, may_change, save_composition
from configurator.admin.desk_rows import family_rows, rule_rows
from configurator.admin.desk_tester import about_tester
from configurator.admin.reasons import WhyForm
from configurator.admin.rule_sentence import SentenceForm
from configurator.desk_figures import find_slips, list_families, list_rules
from configurator.draft_space import OpenDraft, open_draft
from configurator.entered_rules import EnteredRule
from configurator.history import reason_by_default
from configurator.models import Recipe, Rule
from configurator.rule_effect import RuleEffect, preview_rule
from configurator.space_picture import draw_sheets, sketch


def desk_urls(recipes: admin.ModelAdmin[Recipe]) -> list[URLPattern]:
    """The desk, and the part of it that a script asks for while a rule is typed."""
    view = recipes.admin_site.admin_view
    name = "configurator_recipe_desk"
    return [
        path("<path:object_id>/desk/", view(partial(_desk, recipes=recipes)), name=name),
        path("<path:object_id>/desk/effect/", view(partial(_effect, recipes=recipes)), name=f"{name}_effect"),
    ]


def desk_link(recipe: Recipe) -> SafeString:
    """For a list of recipes."""
    said = _("Open the desk of %(recipe)s") % {"recipe": recipe}
    return format_html('<a href="{}">{}</a>', _address(recipe), said)


def _desk(request: HttpRequest, object_id: str, *, recipes: admin.ModelAdmin[Recipe]) -> HttpResponse:
    """Everything about the draft; a rule or a composition is saved from here by the forms of their own pages."""
    recipe = _find_recipe(request, object_id, recipes=recipes)
    rule = _find_rule(request, recipe)
    component = find_component(request, recipe)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    rows = None
    if component is not None and may_change(request, component):
        rows = composition_rows(component, request.POST if action == "composition" else None)
        if action == "composition" and rows.is_valid():
            with transaction.atomic():
                save_composition(request, component, rows)
            messages.success(request, _("The composition of %(name)s is saved.") % {"name": component})
            return redirect(_address(recipe) + "#components")
    may_edit = _may_edit(request, rule)
    if action in ("save", "show") and not may_edit:
        raise PermissionDenied
    slug = rule.slug if rule else None  # the form may change it
    saved = EnteredRule.of_row(rule) if rule else None
    form = SentenceForm(
        request.POST if action in ("save", "show") else None,
        recipe=recipe,
        instance=rule,
        kind=request.GET.get("kind", ""),
        is_preview=action == "show",
    )
    if action == "save" and form.is_valid():
        return _save(request, recipe, form)
    opened = open_draft(recipe)
    typed = form
    if action == "save":  # what is missing for saving need not be missing for showing what it does
        typed = SentenceForm(request.POST, recipe=recipe, instance=rule, is_preview=True)
    context = {
        **_about_recipe(recipe, opened, request),
        **about_tester(opened, request),
        "form": form if may_edit else None,
        "rule": rule,
        "rule_slug": slug,
        "typed": typed,
        "effect": _preview(opened, typed, saved, instead_of=slug),
        "component": component,
        "composition": rows,
        "why": WhyForm(request.POST if action == "composition" else None, auto_id="composition_%s"),
        **recipes.admin_site.each_context(request),
        "title": _("Desk of %(recipe)s") % {"recipe": recipe},
        "opts": recipes.opts,
        "recipe": recipe,
    }
    return render(request, "admin/configurator/recipe/desk.html", context)


@require_POST
def _effect(request: HttpRequest, object_id: str, *, recipes: admin.ModelAdmin[Recipe]) -> HttpResponse:
    """What the rule would do that is being typed: a part of the desk. Saves nothing."""
    recipe = _find_recipe(request, object_id, recipes=recipes)
    rule = _find_rule(request, recipe)
    if not _may_edit(request, rule):
        raise PermissionDenied
    slug = rule.slug if rule else None
    form = SentenceForm(request.POST, recipe=recipe, instance=rule, is_preview=True)
    effect = _preview(open_draft(recipe), form, None, instead_of=slug)
    return render(request, "admin/configurator/recipe/_effect.html", {"effect": effect, "typed": form})


def _find_recipe(request: HttpRequest, object_id: str, *, recipes: admin.ModelAdmin[Recipe]) -> Recipe:
    recipe = recipes.get_object(request, unquote(object_id))
    if not recipes.has_view_permission(request, recipe):
        raise PermissionDenied
    if recipe is None:
        raise Http404
    return recipe


def _find_rule(request: HttpRequest, recipe: Recipe) -> Rule | None:
    """The rule that is edited, as the address names it; None for a new one."""
    named = request.GET.get("rule")
    if not named:
        return None
    found = recipe.rules.filter(pk=named).first() if named.isascii() and named.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _may_edit(request: HttpRequest, rule: Rule | None) -> bool:
    rules = admin.site.get_model_admin(Rule)
    return rules.has_add_permission(request) if rule is None else rules.has_change_permission(request, rule)


def _save(request: HttpRequest, recipe: Recipe, form: SentenceForm) -> HttpResponse:
    is_new = form.instance.pk is None
    rules = admin.site.get_model_admin(Rule)
    with transaction.atomic(), reason_by_default(_("New.") if is_new else ""):
        rule = form.save()
        message = rules.construct_change_message(request, cast(Any, form), [], add=is_new)
        (rules.log_addition if is_new else rules.log_change)(request, rule, message)
    said = _("The rule %(rule)s is saved in the draft. Shoppers see it once you publish.") % {"rule": rule}
    messages.success(request, said)
    return redirect(_address(recipe) + "#rules")


def _address(recipe: Recipe) -> str:
    return reverse("admin:configurator_recipe_desk", args=[recipe.pk])


def _preview(
    opened: OpenDraft, form: SentenceForm, saved: EnteredRule | None, *, instead_of: str | None
) -> RuleEffect | None:
    """Of what was typed, else of the saved rule; None for a form that is empty or says no rule yet."""
    entered = saved
    if form.is_bound:
        entered = form.entered() if form.is_valid() else None
    return None if entered is None else preview_rule(opened, entered, instead_of=instead_of)


def _about_recipe(recipe: Recipe, opened: OpenDraft, request: HttpRequest) -> dict[str, Any]:
    rules = list_rules(opened)
    mixer = opened.mixer if opened.spec.slots else None
    sheets = draw_sheets(mixer, numbers={rule.slug: rule.number for rule in rules}) if mixer else ()
    return {
        "opened": opened,
        "mixer": mixer,
        "slots": recipe.slots.select_related("family"),
        "families": family_rows(list_families(recipe)),
        "rules": rule_rows(rules, request),
        "slips": find_slips(opened, rules, thoroughly=request.GET.get("look") == "closer"),
        "sheets": sheets,
        "numbered": [rule for rule in rules if not rule.state] if sheets else [],
        "overview": sketch(mixer, seed=opened.sha256) if mixer and not sheets else None,
    }
