"""The app for the people who run the shop. It stands last in INSTALLED_APPS: its roles need the others' permissions."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from staff import audit, change_audit, idle

        post_migrate.connect(_heal_roles, sender=self)
        user_logged_in.connect(idle.note_sign_in)
        audit.listen()
        change_audit.listen()


def _heal_roles(*, using: str, **_kwargs: Any) -> None:
    from staff.roles import bring_roles_up_to_date

    bring_roles_up_to_date(using=using)
