"""What a payment provider may answer beside what django-payments has words for."""

from payments import PaymentError


class ProviderDownError(PaymentError):
    """The provider does not answer, or not with what was asked; later it may."""


class StillProcessingError(Exception):
    """The shopper has done her part, and a bank is still working on the payment."""


class MismatchError(PaymentError):
    """What the provider says belongs to another payment, or is over another amount or currency."""
