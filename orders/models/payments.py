"""Payments, in the form that django-payments asks for."""

from collections.abc import Iterator

from django.db import models
from django.urls import reverse
from payments import PaymentStatus, PurchasedItem
from payments.models import BasePayment

from configurator.money import major_units
from orders.models.orders import Order


class Payment(BasePayment):
    """One attempt to pay an order, in the form that django-payments asks for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["token"], name="payment_by_token"),  # what notices and returns name
            models.Index(fields=["status", "captured_amount"], name="payment_by_captured"),
            models.Index(fields=["status", "created"], name="payment_by_created"),
        ]

    def get_purchased_items(self) -> Iterator[PurchasedItem]:
        for line in self.order.lines.select_related("version__recipe"):
            yield PurchasedItem(
                name=line.version.recipe.name,
                quantity=line.quantity,
                price=major_units(line.unit_price),
                currency=self.currency,
                sku=f"{line.version.recipe.slug}-{line.size}",
            )

    def change_fraud_status(
        self,
        status: PaymentStatus,
        message: str = "",
        commit: bool = True,  # noqa: FBT001, FBT002 theirs
    ) -> None:
        """Theirs saves the whole row, whatever was written to it meanwhile; no query where it says what is known."""
        known = (self.fraud_status, self.fraud_message)
        super().change_fraud_status(status, message, commit=False)
        if commit and known != (self.fraud_status, self.fraud_message):
            self.save(update_fields=["fraud_status", "fraud_message"])  # type: ignore[no-untyped-call]

    def get_success_url(self) -> str:
        return reverse("orders:thanks", args=[self.order.token])

    def get_failure_url(self) -> str:
        return reverse("orders:pay", args=[self.order.token]) + "?failed=1"
