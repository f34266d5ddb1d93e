"""The catalogue of problems in the integration guide: `python -m docs.problems` writes it anew from the code."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

GUIDE = Path(__file__).parent / "fulfilment.md"
PLACE = re.compile(r"(?<=<!-- problems -->\n).*(?=<!-- /problems -->)", re.DOTALL)

WHAT_TO_DO = {
    "bad-request": "Look at the request: it is not what HTTP or JSON allow.",
    "broken": "Wait a minute, then send the same again.",
    "busy": "Wait as Retry-After says, then send the same again.",
    "cancellation-requested": "Accept or reject the cancellation first.",
    "cursor-expired": "Read all jobs from `resync`, then go on in the feed.",
    "external-id-taken": "Use a number of its own for each parcel.",
    "idempotency-key-missing": "Send an Idempotency-Key.",
    "invalid-fields": "See `errors`: which field, and why.",
    "key-in-flight": "Wait as Retry-After says, then send the same again.",
    "key-refused": "See that the key is whole, not expired and not revoked; else have a new one made.",
    "key-reused": "Take a new key for another request.",
    "lease-lost": "Stop working on the job; one that you have begun may be reclaimed.",
    "no-cancellation": "Go on with the job.",
    "no-recipe-yet": "Ask again when the job is ready.",
    "not-found": "See that the address and the id are right; what belongs to others is not there.",
    "on-hold": "Wait until its holds are released, or give it back.",
    "sandbox-full": "Empty the sandbox.",
    "scope-missing": "Have a key made with `required_scope`.",
    "too-many-webhooks": "Remove one first.",
    "undecided": "Ask again, or with more slots chosen (shop API).",
    "unreadable-body": "Send JSON in UTF-8 without doubled keys, at most 64 KiB.",
    "version-missing": "Read the job and send its ETag as If-Match.",
    "version-stale": "Read the job again and decide anew.",
    "wrong-state": "See `current_state` and `allowed_actions`.",
}
FROM_FRAMEWORK = {
    "method-not-allowed": (405, "The method is not allowed here", "See the header Allow."),
    "not-acceptable": (406, "No answer of that kind", "Accept application/json."),
    "unsupported-media-type": (415, "The body is of another kind", "Send Content-Type: application/json."),
    "throttled": (429, "Too many requests", "Wait as Retry-After says."),
}


def catalogue(problems: Iterable[tuple[int, str, str]]) -> str:
    """The table of problems, each (status, code, title), and of the framework's; KeyError for one without advice."""
    rows = [(status, code, title, WHAT_TO_DO[code]) for status, code, title in set(problems)]
    rows += [(status, code, title, advice) for code, (status, title, advice) in FROM_FRAMEWORK.items()]
    lines = [
        f"| `/problems/{code}` | {status} | {title} | {advice} |"
        for status, code, title, advice in sorted(rows)
    ]
    return "\n".join(["| type | status | means | what to do |", "| --- | --- | --- | --- |", *lines]) + "\n"


def known_problems() -> Iterator[tuple[int, str, str]]:
    """(status, code, title) of every kind of problem that the code has. Django must be set up."""
    from importlib import import_module  # noqa: PLC0415

    import_module("config.urls")  # which loads them all
    problem = import_module("configurator.problems").Problem
    kinds = [problem]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if "code" in vars(kind) and not kind.__name__.startswith("_"):
            yield kind.status, kind.code, kind.title


def main() -> None:
    import django  # noqa: PLC0415  # what follows needs the apps to be loaded

    django.setup()
    table = catalogue(known_problems())
    GUIDE.write_text(PLACE.sub(lambda _found: table, GUIDE.read_text()))
    print(f"The problems in {GUIDE} are written anew.")


if __name__ == "__main__":
    main()
