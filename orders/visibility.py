"""What a client of the fulfilment API sees: a live key the shop's own jobs, a test key those of its own sandbox."""

from django.db.models import Q, QuerySet

from orders.models import FulfilmentKey, Job


def of_own_kind(client: FulfilmentKey) -> Q:
    """The condition on `sandbox` for rows that this client may see: of jobs, of orders and of the feed."""
    return Q(sandbox=client if client.is_test else None)


def visible_jobs(client: FulfilmentKey) -> QuerySet[Job]:
    """The jobs that exist for this client; every other one is to it as if it were not there."""
    return Job.objects.filter(of_own_kind(client))
