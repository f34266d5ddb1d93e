"""A shopper with a browser that has no JavaScript: looks at a mix, orders it, pays, and follows the parcel."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from orders.demo.http import DemoError, Patience, Say, connect
from orders.demo.pages import Page

MIX = "shampoo/warm-hearth/mend/quench"
CHOICES = {
    "recipe": "shampoo",
    "base": "warm-hearth",
    "main": "mend",
    "second": "quench",
    "size": "250ml",
    "label": "Ada",
}
ADA = {
    "email": "ada@example.org",
    "full_name": "Ada Lovelace",
    "postcode": "LS1 4DY",
    "address_line1": "12 Calverley Street",
    "address_line2": "",
    "town": "Leeds",
}
PAYS = {"status": "confirmed"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A page and the address that it was found at in the end."""

    url: httpx.URL
    page: Page


class Shopper:
    """Walks through one order; every page is said in one line. Raises DemoError when the shop does not play along."""

    def __init__(
        self, url: str, *, say: Say, patience: Patience, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.say, self.patience = say, patience
        self.client = connect(url, follow_redirects=True, transport=transport)

    def order(self) -> str:
        """The path of the tracking page of a new, paid order."""
        mixer = self._look(f"/mix/{MIX}")
        self._say_page("mixer", mixer)
        basket = self._send("/basket/add", CHOICES, seen=mixer)
        if basket.url.path != "/basket":
            raise DemoError(f"The mix {MIX} cannot be ordered: the shop leads back to {basket.url}.")
        self._say_page("basket", basket)
        checkout = self._look("/checkout")
        if checkout.url.path != "/checkout":
            raise DemoError(f"The basket cannot be ordered: the shop leads back to {checkout.url}.")
        self._say_page("checkout", checkout)
        payment = self._submit(checkout, ADA)
        if not payment.url.path.endswith("/pay"):
            raise DemoError(
                f"The shop did not take the order: {payment.page.text_of('alert') or 'it does not say why'}"
            )
        self._say_page("payment", payment)
        tracking = payment.url.path.removesuffix("/pay")
        thanks = self._submit(payment, PAYS)
        # It is the tracking page when it was paid and no answer came.
        if thanks.url.path not in (f"{tracking}/thanks", tracking):
            raise DemoError(f"The payment did not go through: the shop shows “{thanks.page.text_of('h1')}”.")
        self._say_page("thanks", thanks)
        return tracking

    def is_shipped(self, tracking: str) -> bool:
        """Whether the tracking page says that the order is on its way."""
        seen = self._look(tracking)
        if "shipped" not in seen.page.stages:
            raise DemoError(f"The tracking page {seen.url} has no stage called shipped.")
        if seen.page.stages["shipped"]:
            self._say_page("tracking", seen)
        return seen.page.stages["shipped"]

    def _look(self, path: str, query: Mapping[str, str] | None = None) -> Seen:
        return self._read(self.patience.send(self.client, "GET", path, params=query))

    def _submit(self, seen: Seen, answers: Mapping[str, str]) -> Seen:
        form = seen.page.form
        if form is None:
            raise DemoError(f"There is no form to fill in on {seen.url}.")
        sent = form.fill_in(answers)
        if missing := form.missing(sent):
            raise DemoError(
                f"The form on {seen.url} asks for what the demo does not know: {', '.join(missing)}."
            )
        return self._send(form.action, sent, seen=seen)

    def _send(self, path: str, sent: Mapping[str, str], *, seen: Seen) -> Seen:
        target = seen.url.join(path) if path else seen.url
        headers = {"Referer": str(seen.url), "Origin": f"{seen.url.scheme}://{seen.url.netloc.decode()}"}
        return self._read(self.patience.send(self.client, "POST", str(target), data=sent, headers=headers))

    def _read(self, response: httpx.Response) -> Seen:
        page = Page(response.text)
        if response.is_success or response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            return Seen(response.url, page)
        title = page.text_of("h1") or page.text_of("title") or response.reason_phrase
        raise DemoError(f"The shop answered {response.status_code} at {response.url}: {title}")

    def _say_page(self, name: str, seen: Seen) -> None:
        self.say(f"{name:<8} {seen.url}  “{seen.page.text_of('h1') or seen.page.text_of('title')}”")
