"""`manage.py draw_space [RECIPE] [--number N]`: the decision diagram of a version as an SVG on standard output."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from configurator.models import RecipeVersion
from configurator.space_drawing import TooLargeToDrawError, draw_space
from configurator.versions import NotOnSaleError, mixer_for, newest_version


class Command(BaseCommand):
    help = "Draws the compiled space of a recipe version as an SVG on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recipe", nargs="?", default="shampoo", help="short name (default: %(default)s)")
        parser.add_argument("--number", type=int, help="the version's number (default: the one on sale)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = _find_version(options["recipe"], options["number"])
            self.stdout.write(draw_space(mixer_for(version)), ending="")
        except NotOnSaleError as error:
            raise CommandError(str(error)) from error
        except RecipeVersion.DoesNotExist as error:
            raise CommandError(f"{options['recipe']} has no version {options['number']}.") from error
        except TooLargeToDrawError as error:
            raise CommandError(str(error)) from error


def _find_version(recipe: str, number: int | None) -> RecipeVersion:
    if number is None:
        return newest_version(recipe)
    return RecipeVersion.objects.get(recipe__slug=recipe, number=number)
