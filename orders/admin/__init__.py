"""What staff see of orders, jobs and fulfilment."""

from orders.admin import jobs, keys, orders, webhooks

__all__ = ["jobs", "keys", "orders", "webhooks"]
