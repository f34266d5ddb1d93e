"""Payment as a pretence, for trying the shop out: a page asks the shopper what is to come of it."""

from typing import NoReturn

from django.http import Http404, HttpRequest
from payments.dummy import DummyProvider

from orders.models import Payment


class PretendProvider(DummyProvider):
    def get_token_from_request(self, payment: Payment | None, request: HttpRequest) -> NoReturn:
        """The address to which real providers send their notices: nobody sends one here."""
        raise Http404
