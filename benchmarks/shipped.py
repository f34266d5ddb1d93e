"""The spec of the shipped catalogue, loaded as the shop loads it, into a database that is thrown away."""

import os
import tempfile

from configurator.mixing.spec import Spec


def shipped_spec() -> Spec:
    """Loads and publishes the shipped catalogue in an in-memory SQLite; takes a few seconds, once per process."""
    with tempfile.TemporaryDirectory(prefix="concoct-bench-") as folder:
        os.environ |= {"VAR_DIR": folder, "DATABASE_URL": "sqlite://:memory:"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        from configurator.loading import SHIPPED_CATALOGUE, load_catalogue
        from configurator.versions import mixer_for

        call_command("migrate", verbosity=0)
        return mixer_for(load_catalogue(SHIPPED_CATALOGUE, now=timezone.now()).version).spec
