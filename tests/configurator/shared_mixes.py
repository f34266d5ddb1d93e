"""Shared mixes for tests, and how a browser shares one."""

from typing import Any

from django.test import Client
from django.utils import timezone

from configurator.models import SharedMix
from configurator.versions import newest_version
from tests.configurator import catalogue_judge as judge

OWN = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
HEARTH = ("warm-hearth", "mend", "quench")


def make_shared(mix: judge.Mix = HEARTH, *, recipe: str = "shampoo", **values: Any) -> SharedMix:
    usual = {
        "code": "Abc-123_xyz9",
        "version": newest_version(recipe),
        "mix": judge.named(mix),
        "size": "250ml",
        "created_at": timezone.now(),
    }
    return SharedMix.objects.create(**{**usual, **values})


def share(client: Client, mix: judge.Mix = HEARTH, **fields: str) -> Any:
    """What the shop answers to the button on the mixer page."""
    sent = {"recipe": "shampoo", "size": "250ml", **judge.named(mix), **fields}
    return client.post("/m/", sent, headers=OWN)
