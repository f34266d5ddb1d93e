"""What staff wait for while they edit a recipe: `python -m benchmarks.desk_pages`, for the shipped small and large one.

The desk, a rule's effect while it is typed, and the publish page, each after an edit of one rule and again without one,
through the whole web application; and `preview_publish` alone. CPU milliseconds of the process, least of the rounds,
beside two baselines of the same run: the space compiled anew, and a bare Django page of the size of the answer.
"""

import argparse
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from time import process_time
from typing import Any

AIM_MS = 300
ROUNDS = 5
EDITED = "one-more"  # the short name of the rule that is added and changed


def measure(path: Any, *, rounds: int) -> Iterator[dict[str, Any]]:
    """The rows of one recipe, loaded from its file."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    from configurator.drafting import read_draft
    from configurator.loading import load_catalogue
    from configurator.mixing.mixer import Mixer
    from configurator.models import Component, Recipe, Rule
    from configurator.publishing import preview_publish

    slug = load_catalogue(path, now=timezone.now()).version.recipe.slug
    recipe = Recipe.objects.get(slug=slug)
    staff = Client()
    staff.force_login(User.objects.get_or_create(username="bench", is_superuser=True, is_staff=True)[0])
    parts = Component.objects.filter(family__in=recipe.slots.values("family"), is_offered=True).order_by("pk")
    first, *others = parts
    partners = (other for _ in count() for other in others if other.family_id != first.family_id)
    spec = read_draft(recipe).spec
    anew = _least(lambda: Mixer(spec), rounds)

    def edit() -> None:
        """Another rule than ever before, so that no answer is known."""
        rule, _made = Rule.objects.get_or_create(
            recipe=recipe, slug=EDITED, defaults={"kind": Rule.Kind.NEVER_TOGETHER, "reason": "-"}
        )
        rule.left.set([first])
        rule.right.set([next(partners)])

    def type_rule() -> Any:
        typed = {"kind": "never-together", "force": "hard", "left": first.pk, "right": next(partners).pk}
        return staff.post(f"/admin/configurator/recipe/{recipe.pk}/desk/effect/", typed)

    def page(name: str) -> Callable[[], Any]:
        return lambda: staff.get(f"/admin/configurator/recipe/{recipe.pk}/{name}/")

    asked: dict[str, Callable[[], Any]] = {
        "desk": page("desk"),
        "effect while typing": type_rule,
        "publish preview": lambda: preview_publish(recipe),
        "publish page": page("publish"),
    }
    for name, ask in asked.items():
        answer = ask()  # templates and the process are warm
        size = len(getattr(answer, "content", b""))
        bare = _least(partial(staff.get, f"/bare/{size}"), rounds) if size else None
        cases: dict[str, Callable[[], None] | None] = {"again": None}
        if ask is not type_rule:
            cases["after an edit"] = edit
        for case, before in cases.items():
            taken = _least(ask, rounds, before=before)
            yield {
                "recipe": slug,
                "asked": name,
                "case": case,
                "cpu_ms": round(taken * 1000, 1),
                "compile_ms": round(anew * 1000, 1),
                "x_compile": round(taken / anew, 2),
                "bare_ms": None if bare is None else round(bare * 1000, 1),
                "x_bare": None if bare is None else round(taken / bare, 1),
                "aim_ms": AIM_MS,
            }


def _least(ask: Callable[[], Any], rounds: int, *, before: Callable[[], None] | None = None) -> float:
    """CPU seconds; `before` is not timed. Stops with SystemExit where a page is not shown."""
    taken = []
    for _ in range(rounds):
        if before is not None:
            before()
        begun = process_time()
        answer = ask()
        taken.append(process_time() - begun)
        if getattr(answer, "status_code", 200) != 200:
            raise SystemExit(f"answered {answer.status_code}")
    return min(taken)


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args(given).rounds
    with tempfile.TemporaryDirectory(prefix="concoct-desk-") as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ["STAFF_SECOND_FACTOR"] = "false"
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/desk.sqlite3"
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        settings.ROOT_URLCONF = "benchmarks.bare"
        setup_test_environment(debug=False)
        logging.disable(logging.INFO)
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        from configurator.catalogue_file import find_file
        from configurator.loading import SHIPPED_CATALOGUE

        rows = [
            row for path in (SHIPPED_CATALOGUE, find_file("bicycle")) for row in measure(path, rounds=rounds)
        ]
    print(f"\nThe recipe desk, CPU milliseconds, least of {rounds} (aim: {AIM_MS})")
    print(
        f"{'recipe':<10}{'asked':<21}{'case':<15}{'ms':>8}{'of aim':>8}{'x compiling anew':>18}{'x bare page':>13}"
    )
    for row in rows:
        bare = "" if row["x_bare"] is None else row["x_bare"]
        print(
            f"{row['recipe']:<10}{row['asked']:<21}{row['case']:<15}{row['cpu_ms']:>8}{row['cpu_ms'] / AIM_MS:>8.2f}"
            f"{row['x_compile']:>18}{bare:>13}"
        )
    print("\n" + "\n".join(json.dumps(row) for row in rows), flush=True)


if __name__ == "__main__":
    main()
