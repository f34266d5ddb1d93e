"""Lots reported for jobs."""

from orders.models import Job, LotUse
from tests.orders.make import lots_of


def use_lots(job: Job, **lots: str) -> Job:
    """The job was made of these lots (slot -> lot); of slots not named, of lots of their own."""
    LotUse.objects.filter(job=job).delete()
    LotUse.objects.bulk_create(
        LotUse(
            job=job,
            slot=part.slot,
            component=part.component,
            lot=lots.get(part.slot, f"own-{job.pk}"),
            microlitres=part.microlitres,
        )
        for part in lots_of(job)
    )
    return job
