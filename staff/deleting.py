"""What a page shows before something is deleted: rows that people know, and no others."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst


class PlainlyDeletes(admin.ModelAdmin[Any]):
    """Leaves out what ties two rows together and has no name: it goes with either of them."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        ties = [
            model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created
        ]
        starts = tuple(f"{capfirst(tie.verbose_name)}: " for tie in ties)
        names = {tie.verbose_name_plural for tie in ties}
        counted = {name: count for name, count in counts.items() if name not in names}
        return _without(found, starts), counted, lacking, protected


def _without(found: list[Any], starts: tuple[str, ...]) -> list[Any]:
    """Of a nested list of lines those that do not start like this, and no list that is empty then."""
    kept = [_without(each, starts) if isinstance(each, list) else each for each in found]
    return [each for each in kept if each and not (isinstance(each, str) and each.startswith(starts))]
