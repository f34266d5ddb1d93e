"""`manage.py load_catalogue [FILE]`: bring a recipe into the shop from a catalogue file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from configurator.catalogue_file import CatalogueError, find_file
from configurator.loading import SHIPPED_CATALOGUE, AlreadyThereError, load_catalogue
from configurator.models import Recipe


class Command(BaseCommand):
    help = "Loads a catalogue file and publishes its recipe: all or nothing, never over what is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=find_file,
            default=SHIPPED_CATALOGUE,
            help="a path, or the name of a shipped one such as bicycle; default: the shampoo",
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when the shop has a recipe already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if options["if_empty"] and Recipe.objects.exists():
            self.stdout.write("The shop has recipes already; nothing was loaded.")
            return
        try:
            loaded = load_catalogue(
                path, now=timezone.now(), progress=lambda line: self.stdout.write(f"  {line} ...")
            )
        except AlreadyThereError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not UTF-8 text.") from error
        except CatalogueError as error:
            raise CommandError(f"{path} was not loaded, nothing was changed:\n{error}") from error
        rows = ", ".join(f"{count} {name}" for name, count in loaded.counts.items())
        self.stdout.write(f"Loaded {rows}.")
        self.stdout.write(f"On sale: {loaded.version}, {loaded.version.mixes} makeable mixes.")
