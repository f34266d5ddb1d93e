"""Where the jobs of an answer are sent: told as it is when the answer is given, and kept in no stored one."""

from typing import Any

from orders.fulfilment.shapes import AddressSerializer
from orders.models import FulfilmentKey, Order
from orders.visibility import of_own_kind

SHIP_TO = "ship_to"


def without_addresses(content: Any) -> Any:
    """The content of an answer as it may be stored: no job in it says where it is sent."""
    if isinstance(content, dict):
        return {name: without_addresses(value) for name, value in content.items() if name != SHIP_TO}
    return [without_addresses(each) for each in content] if isinstance(content, list) else content


def with_addresses(content: dict[str, Any], *, client: FulfilmentKey) -> dict[str, Any]:
    """The content of a stored answer, in which each job says where it is sent now, if `client` may know.

    An answer is a job, has a list of them, or shows none. One query, and none for an answer that shows no job.
    """
    if FulfilmentKey.Scope.ADDRESS not in client.scopes:
        return content
    parts = [content, *content.get("jobs", [])]
    jobs = [part for part in parts if isinstance(part, dict) and "snapshot" in part]
    orders = Order.objects.filter(of_own_kind(client)).in_bulk(
        {job["order"] for job in jobs}, field_name="number"
    )
    for job in jobs:
        if order := orders.get(job["order"]):  # a sandbox may have been emptied since
            job[SHIP_TO] = dict(AddressSerializer(order).data)
    return content
