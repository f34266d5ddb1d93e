"""Reads the integration guide: its curl commands with the status that it promises, in their order."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.processes import BASE_DIR

GUIDE = BASE_DIR / "docs" / "fulfilment.md"
BLOCK = re.compile(r"^```sh\n(?P<command>.*?)^```\n\nAnswers (?P<status>\d+)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    command: str
    status: int


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    etag: str

    def json(self) -> Any:
        return json.loads(self.text)


def read_examples(guide: Path = GUIDE) -> Iterator[Example]:
    for found in BLOCK.finditer(guide.read_text()):
        yield Example(found["command"], int(found["status"]))


def run(example: Example, variables: dict[str, str]) -> Answer:
    """Run it in a shell as it stands, but for one more option that shows headers."""
    command = re.sub(r"^curl -s(i?) ", "curl -si ", example.command)
    assert command.startswith("curl -si "), f"this is no curl -s: {command}"
    done = subprocess.run(
        ["/bin/sh", "-euc", command],
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    head, _, text = done.stdout.replace("\r\n", "\n").partition("\n\n")
    etag = re.search(r"^etag: (.*)$", head, re.MULTILINE | re.IGNORECASE)
    return Answer(int(head.split()[1]), text, etag[1] if etag else "")
