"""What the label of a job says, from the recipe that was frozen for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.versions import mixer_for
from orders.models import Job
from orders.snapshot import read_snapshot

MOST_IN_CODE = 400  # letters of an address in a code that a phone still reads from a small label


class NoRecipeYetError(Exception):
    """The job has not been handed off, so nothing is frozen that a label could say; `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"a job that is {job.state} has no frozen recipe")


class BatchKnownError(Exception):
    """A label was asked for with another batch than the job was made as; `batch` is the job's."""

    def __init__(self, batch: str) -> None:
        self.batch = batch
        super().__init__(f"the job was made as batch {batch!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The texts of a label. Empty ones are not printed, but for an empty `batch`: a line to write it on.

    `months` is how long it keeps once opened, None for what does not spoil. `address` is where it is ordered again.
    """

    name: str
    made_for: str
    parts: str
    ingredients: str
    volume: str
    volume_ml: float | None
    months: int | None
    batch: str
    maker: str
    address: str


def read_label(job: Job, *, batch: str = "") -> Label:
    """The label of a job; `batch` is what it is being made as, where that is not reported yet.

    `job` comes with its line and the line's version. Raises NoRecipeYetError and BatchKnownError.
    """
    frozen = read_snapshot(job)
    if not frozen:
        raise NoRecipeYetError(job)
    if batch and job.batch and batch != job.batch:
        raise BatchKnownError(job.batch)
    mixer = mixer_for(job.line.version)
    name, made_for, volume, ingredients = _lines(frozen)
    microlitres = frozen["size"]["volume_microlitres"]
    return Label(
        name=name,
        made_for=made_for,
        parts=" · ".join(part["name"] for part in frozen["parts"]),
        ingredients=ingredients,
        volume=volume,
        volume_ml=None if microlitres is None else microlitres / 1000,
        months=mixer.spec.open_jar_months,
        batch=job.batch or batch,
        maker=_("Made by %(shop)s, %(town)s") % {"shop": settings.SHOP_NAME, "town": settings.SHOP_TOWN},
        address=_address(frozen, mixer),
    )


def _lines(frozen: dict[str, Any]) -> Iterator[str]:
    """The four texts among the frozen lines, which leave out those that there is nothing to say for."""
    said = iter(frozen["label_lines"])
    is_there = (
        True,
        frozen["label_name"],
        frozen["size"]["volume_microlitres"],
        frozen["ingredients"],
    )
    return (next(said) if there else "" for there in is_there)


def _address(frozen: dict[str, Any], mixer: Mixer) -> str:
    """The mixer with this mix, size and name; without the name where that would make the code too fine to read."""
    size = mixer.spec.size(frozen["size"]["slug"])
    for label_name in (frozen["label_name"], ""):
        state = MixState(recipe=mixer.spec.slug, mix=frozen["mix"], size=size, label_name=label_name)
        address: str = settings.BASE_URL + state.public_address(mixer)
        if len(address) <= MOST_IN_CODE:
            break
    return address
