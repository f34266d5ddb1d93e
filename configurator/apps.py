"""The app for what can be mixed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfiguratorConfig(AppConfig):
    name = "configurator"
    verbose_name = _("Recipes")

    def ready(self) -> None:
        from configurator.history import listen

        listen()
