"""Lines of a basket as a shopper has them: put in, changed by their buttons, read back."""

from typing import Any

from django.test import Client

from orders.models import Basket, BasketLine
from tests.orders.pages import Page, add_to_basket, read


def stored() -> list[dict[str, Any]]:
    """The lines of all baskets, and their keys."""
    models: tuple[Any, ...] = (BasketLine, Basket)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def put_in(client: Client, **choices: str) -> BasketLine:
    before = {*BasketLine.objects.values_list("pk", flat=True)}
    assert add_to_basket(client, **choices).status_code == 302
    return BasketLine.objects.exclude(pk__in=before).get()


def change(client: Client, line: BasketLine | int, action: str, **sent: str) -> Page:
    """Press a button of a line; the basket that it leads to."""
    pk = line if isinstance(line, int) else line.pk
    response = client.post(f"/basket/lines/{pk}/{action}", sent, follow=True)
    assert response.redirect_chain[-1][0].partition("#")[0] == "/basket"
    return read(response)


def open_basket(client: Client) -> Page:
    return read(client.get("/basket"))
