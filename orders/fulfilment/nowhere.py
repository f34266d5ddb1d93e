"""Every other address of the fulfilment API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from configurator.problems import NotFoundProblem
from orders.fulfilment.base import FulfilmentView


@extend_schema(exclude=True)
class NowhereView(FulfilmentView):
    """A problem, not a page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFoundProblem("There is nothing at this address.")
