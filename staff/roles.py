"""The four roles of staff: what each may do, as groups of Django's own permissions.

A role is code and not data: every shop has the same four, brought to what stands here after each migration. Who
needs something else makes a group of her own beside them.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from django.contrib.auth.models import Group, Permission

FORMULATOR, MIXOLOGIST, CARE, OWNER = "Formulator", "Mixologist", "Care", "Owner"

# Patterns of `app.codename`. The words of a model's page: add, change, delete, view.
ROLES: Mapping[str, tuple[str, ...]] = {
    FORMULATOR: (  # recipes and what they are made of
        *(
            f"configurator.*_{model}"
            for model in (
                *(
                    "amount",
                    "component",
                    "compositionpart",
                    "family",
                    "flag",
                    "fragranceallergen",
                    "hairtype",
                ),
                *(
                    "need",
                    "needweight",
                    "recipe",
                    "rule",
                    "size",
                    "slot",
                    "starter",
                    "starterpart",
                    "substance",
                ),
            )
        ),
        "configurator.view_plannedpublish",
        "configurator.view_recipeversion",
        "configurator.view_sharedmix",
        "configurator.view_deliveryterms",
    ),
    MIXOLOGIST: (  # jobs and the days they are made on; no order, so no name, address or e-mail
        *(f"orders.{verb}_{model}" for verb in ("view", "add", "change") for model in ("job", "hold")),
        "orders.view_jobtransition",
        "orders.view_lotuse",
        "configurator.view_benchday",
        "configurator.add_benchday",
        "configurator.change_benchday",
    ),
    CARE: (  # orders and what becomes of them
        *(
            f"orders.view_{model}"
            for model in (
                *("booking", "hold", "job", "jobtransition", "lotuse", "order", "orderevent", "orderline"),
                *("outboxentry", "payment", "shipment", "slip"),
            )
        ),
        *(f"orders.change_{model}" for model in ("order", "job", "outboxentry", "shipment")),
        "orders.add_hold",
        "orders.change_hold",
        "orders.add_shipment",
        "orders.remake_job",
        "configurator.view_benchday",
        "configurator.view_component",
        "configurator.view_recipe",
        "configurator.view_recipeversion",
        "configurator.view_sharedmix",
        "configurator.change_sharedmix",
    ),
    OWNER: (  # everything of the shop, and who works in it; what she may not do even so, `staff.admin` says
        "configurator.*",
        "orders.*",
        "staff.*",
        "auth.*_user",
        "auth.view_group",
    ),
}


def bring_roles_up_to_date(*, using: str = "default") -> None:
    """Make the four groups if they are missing, and give each exactly the permissions of its role."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role, patterns in ROLES.items():
        group, _is_new = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set(known[name] for name in matching(patterns, known))


def matching(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of the names (`app.codename`) that a role's patterns give."""
    patterns = tuple(patterns)
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]
