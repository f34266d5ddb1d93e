"""What the integration guide says is so: its commands run, and its table and picture follow from the code."""

import json
import os
import re
from collections.abc import Iterator

import httpx
import pytest

from docs.problems import PLACE, catalogue, known_problems
from docs.states import PICTURE, draw
from orders.jobs import ALLOWED
from tests.examples.guide import GUIDE, Answer, read_examples, run
from tests.processes import Shop, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop("web") as shop:
        yield shop


@pytest.mark.slow
def test_every_command_of_the_guide_is_answered_as_it_says(shop: Shop) -> None:
    key = shop.manage("create_fulfilment_key", "guide", "--test").strip()
    variables = {"SHOP": shop.url, "KEY": key, **prepare(shop.url, key), "WEBHOOK": make_webhook(shop)}
    answers = []

    for example in read_examples():
        answer = run(example, variables)
        assert answer.status == example.status, f"{example.command}\n{answer.text}"
        variables |= read_variables(example.command, answer)
        answers.append({"command": example.command, "answer": answer.text})

    assert len(answers) > 20
    if "GUIDE_ANSWERS" in os.environ:  # for whoever writes answers into the guide
        with open(os.environ["GUIDE_ANSWERS"], "w") as file:  # noqa: PTH123
            json.dump(answers, file)


def prepare(url: str, key: str) -> dict[str, str]:
    """Two claimed jobs and a begun one, which the guide reports on."""
    made: dict[str, str] = {}
    for name, state in (("CLAIMED", "claimed"), ("SPARE", "claimed"), ("BEGUN", "in_production")):
        answer = httpx.post(
            f"{url}/api/fulfilment/v1/sandbox/jobs",
            json={"state": state},
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        ).json()
        made |= {name: answer["id"], f"{name}_TOKEN": answer["lease"]["token"]}
    return made


MAKE_WEBHOOK = """
from django.utils import timezone
from orders.models import FulfilmentKey, WebhookEndpoint
client = FulfilmentKey.objects.get(name="guide")
row = WebhookEndpoint.objects.create(client=client, url="https://192.0.2.1/hook", created_at=timezone.now())
print(row.public_id)
"""


def make_webhook(shop: Shop) -> str:
    """One whose receiver is away: nobody else listens at an address that the shop would take."""
    return shop.manage("shell", "-v0", "-c", MAKE_WEBHOOK).strip()


def read_variables(command: str, answer: Answer) -> dict[str, str]:
    """What the next commands take from an answer."""
    if "/claims " in command and answer.status == 200:
        [job] = answer.json()["jobs"]
        parts = job["snapshot"]["parts"]
        lots = [{k: part[k] for k in ("slot", "component", "microlitres")} | {"lot": "L-7"} for part in parts]
        recipe = job["snapshot"]["recipe"]
        return {
            "JOB": job["id"], "TOKEN": job["lease"]["token"], "LOTS": json.dumps(lots),
            "RECIPE": recipe["slug"], "VERSION": str(recipe["version"]),
        }  # fmt: skip
    if "/reclaim " in command:
        return {"BEGUN_TOKEN": answer.json()["lease"]["token"], "ETAG": answer.etag}
    if "/holds " in command:
        return {"HOLD": answer.json()["id"]}
    return {"ETAG": answer.etag} if answer.etag else {}


def test_the_answers_in_the_guide_are_json() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)

    assert len(blocks) >= 8
    for block in blocks:
        json.loads(block)


def test_the_guide_lists_every_problem_that_the_code_has() -> None:
    found = PLACE.search(GUIDE.read_text())

    assert found is not None
    assert found[0] == catalogue(known_problems()), "run `python -m docs.problems`"


def test_the_picture_shows_the_moves_that_are_allowed() -> None:
    allowed = {str(state): tuple(map(str, to)) for state, to in ALLOWED.items()}

    assert PICTURE.read_text() == draw(allowed), "run `python -m docs.states`"
