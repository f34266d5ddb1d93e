"""What staff see of orders, jobs and fulfilment."""

from orders.admin import jobs, keys, lots, orders, outbox, webhooks

__all__ = ["jobs", "keys", "lots", "orders", "outbox", "webhooks"]
