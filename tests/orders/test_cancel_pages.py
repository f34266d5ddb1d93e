"""Cancelling and correcting by the order's link: what will happen is said first, and what is refused has a way on."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from orders.cancelling import SHOPPER, ask_to_cancel, cancel_order
from orders.claiming import claim_jobs
from orders.making import complete_job, decide_cancellation
from orders.models import Job, Order, OrderEvent
from orders.remaking import remake_job
from tests.orders.make import copy_job, lease_of, lots_of, make_client, make_job, make_order
from tests.orders.pages import read
from tests.orders.stored import stored_rows

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

YORK = {
    "full_name": "Augusta Byron",
    "postcode": "yo1 7hh",
    "address_line1": "1 Minster Yard",
    "address_line2": "",
    "town": "York",
}
BEGUN = {
    "claimed": "A maker has taken it",
    "in_production": "We have begun to make it",
    "produced": "Something of it is made already",
}
TOLD = {
    "claimed": "We have asked the bench to stop, and write to you as soon as it has answered.",
    "in_production": "We have asked the bench to stop, and write to you as soon as it has answered.",
    "produced": "Something of it is made already, so one of us decides what can still be stopped, and writes to you.",
}
PERSONAL = ["Ada Lovelace", "ada@example.org", "LS1 4DY", "12 Calverley Street"]


def page_of(order: Order, page: str) -> str:
    return f"/order/{order.token}/{page}"


def said_after(client: Client, response: Any) -> list[str]:
    """What the page that a redirect leads to says first."""
    shown = client.get(response["Location"])
    assert shown.status_code == 200
    return [str(message) for message in shown.context["messages"]]


@pytest.mark.parametrize("page", ["cancel", "address"])
def test_the_pages_show_no_person_and_are_kept_by_no_cache_and_no_search(client: Client, page: str) -> None:
    order = make_order(paid=True)

    response = client.get(page_of(order, page))

    assert response.status_code == 200
    assert not [word for word in PERSONAL if word in response.content.decode()]
    assert b'<meta name="robots" content="noindex">' in response.content
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", ["cancel", "address", "ask-to-cancel"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_order_has_none_of_these_pages(client: Client, page: str, method: str) -> None:
    make_order(paid=True)
    before = stored_rows()

    answer = getattr(client, method)(f"/order/nothing/{page}", YORK)

    assert answer.status_code == (405 if (page, method) == ("ask-to-cancel", "get") else 404)
    assert stored_rows() == before


@pytest.mark.parametrize("page", ["cancel", "address", "ask-to-cancel"])
def test_another_site_cannot_press_the_buttons(page: str) -> None:
    order = make_order(paid=True)
    before = stored_rows()

    assert Client(enforce_csrf_checks=True).post(page_of(order, page), YORK).status_code == 403

    assert stored_rows() == before


def test_looking_at_the_page_says_what_goes_back_and_cancels_nothing(client: Client) -> None:
    order = make_order(paid=True)
    before = stored_rows()

    page = read(client.get(page_of(order, "cancel")))

    assert page.tags["h1"] == [f"Cancel order {order.number}"]
    assert "Cancel it now, and £17.25, all you paid, goes back to you the way you paid." in page.text
    assert "We send the money back at once. Your bank may take up to 10 days to show it." in page.text
    assert page.tags["button"] == ["Cancel this order"]
    assert page.links["Back to the order"] == f"/order/{order.token}"
    assert stored_rows() == before


def test_one_click_cancels_and_says_what_goes_back(client: Client) -> None:
    order = make_order(paid=True)

    response = client.post(page_of(order, "cancel"))

    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}")
    assert said_after(client, response) == [
        f"Order {order.number} is cancelled, and £17.25 goes back to you the way you paid."
    ]
    assert Order.objects.get().state == Order.State.CANCELLED
    assert order.outbox_entries.filter(topic__in=["refund", "mail_cancelled"]).count() == 2


def test_an_unpaid_order_is_cancelled_without_a_word_of_money_going_back(client: Client) -> None:
    order = make_order()

    page = read(client.get(page_of(order, "cancel")))
    response = client.post(page_of(order, "cancel"))

    assert "nothing was charged and nothing has to go back" in page.text
    assert said_after(client, response) == [f"Order {order.number} is cancelled. Nothing was charged."]
    assert Order.objects.get().state == Order.State.CANCELLED


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["cancel", "address"])
def test_an_order_that_is_cancelled_already_leads_to_where_it_is(
    client: Client, page: str, method: str
) -> None:
    order = make_order(paid=True)
    cancel_order(order, by=SHOPPER, now=order.placed_at)
    before = stored_rows()

    response = getattr(client, method)(page_of(order, page), YORK)

    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}")
    assert stored_rows() == before


@pytest.mark.parametrize("state", BEGUN)
def test_too_late_says_so_and_offers_to_ask_the_bench(client: Client, state: str) -> None:
    job = make_job(state)
    before = stored_rows()

    shown = client.get(page_of(job.order, "cancel"))
    refused = client.post(page_of(job.order, "cancel"))

    assert (shown.status_code, refused.status_code) == (200, 409)
    for response in (shown, refused):
        page = read(response)
        assert f"{BEGUN[state]}, so it cannot simply be cancelled any more." in page.text
        assert page.tags["button"] == ["Ask us to stop"]
        assert f'action="{page_of(job.order, "ask-to-cancel")}"' in response.content.decode()
    assert stored_rows() == before


@pytest.mark.parametrize("state", BEGUN)
def test_asking_is_one_click_and_is_said_from_then_on(client: Client, state: str) -> None:
    job = make_job(state)

    response = client.post(page_of(job.order, "ask-to-cancel"))

    assert response["Location"] == f"/order/{job.order.token}"
    assert said_after(client, response) == [TOLD[state]]
    assert [event.kind for event in OrderEvent.objects.all()] == ["cancel_asked"]
    page = read(client.get(page_of(job.order, "cancel")))
    assert "You asked us on" in page.text
    assert "button" not in page.tags
    before = stored_rows()
    client.post(page_of(job.order, "ask-to-cancel"))
    assert stored_rows() == before


def test_asking_for_what_came_back_from_the_bench_cancels_it(client: Client) -> None:
    order = make_job("ready").order

    response = client.post(page_of(order, "ask-to-cancel"))

    assert said_after(client, response) == [
        f"Order {order.number} is cancelled, and £17.25 goes back to you the way you paid."
    ]
    assert Order.objects.get().state == Order.State.CANCELLED


def test_what_is_on_its_way_cannot_be_stopped_and_a_person_can_be_written_to(client: Client) -> None:
    order = make_job("shipped").order
    before = stored_rows()

    shown = client.get(page_of(order, "cancel"))
    asked = client.post(page_of(order, "ask-to-cancel"))

    assert (shown.status_code, asked.status_code) == (200, 409)
    for response in (shown, asked):
        page = read(response)
        assert "It is made and on its way" in page.text
        assert "button" not in page.tags
        assert any(urlsplit(address).scheme == "mailto" for address in page.addresses)
    assert stored_rows() == before


def test_a_claim_between_the_page_and_the_click_is_said(client: Client) -> None:
    order = make_job("ready").order
    assert read(client.get(page_of(order, "cancel"))).tags["button"] == ["Cancel this order"]
    claim_jobs(make_client().row, worker="w", max_jobs=1, lease_seconds=60, now=order.placed_at)
    before = stored_rows()

    response = client.post(page_of(order, "cancel"))

    assert response.status_code == 409
    assert read(response).tags["button"] == ["Ask us to stop"]
    assert stored_rows() == before


def test_the_address_form_knows_only_the_town(client: Client) -> None:
    order = make_order(paid=True)

    page = read(client.get(page_of(order, "address")))

    values = {name: value for name, value in page.values.items() if name != "csrfmiddlewaretoken"}
    assert values == {
        "full_name": "", "postcode": "", "address_line1": "", "address_line2": "", "town": "Leeds"
    }  # fmt: skip
    autocomplete = [page.controls[name]["autocomplete"] for name in values]
    assert autocomplete == ["name", "postal-code", "address-line1", "address-line2", "address-level2"]
    assert f"Order {order.number} goes to Leeds." in page.text


def test_a_corrected_address_is_where_the_parcel_goes(client: Client) -> None:
    order = make_order(paid=True)

    response = client.post(page_of(order, "address"), YORK)

    assert response["Location"] == f"/order/{order.token}"
    assert said_after(client, response) == ["Your parcel goes to the new address in York."]
    order.refresh_from_db()
    assert (order.full_name, order.postcode, order.address_line1, order.town) == (
        "Augusta Byron",
        "YO1 7HH",
        "1 Minster Yard",
        "York",
    )
    assert order.email == "ada@example.org"


def test_no_other_field_of_the_order_can_be_sent_along(client: Client) -> None:
    order = make_order(paid=True)
    before: dict[str, Any] = {**Order.objects.values().get()}
    sent = {"email": "eve@example.org", "state": "paid", "total": "1", "token": "mine", "country": "FR"}

    client.post(page_of(order, "address"), {**YORK, **sent})

    changed = {name for name, value in Order.objects.values().get().items() if value != before[name]}
    assert changed == {"full_name", "postcode", "address_line1", "town"}


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("full_name", "", "Enter the name for the parcel."),
        ("postcode", " ", "Enter your postcode."),
        ("address_line1", "", "Enter house number and street."),
        ("town", "", "Enter your town."),
        ("full_name", "x" * 121, "at most 120 characters"),
        ("town", "York\x00", "Null characters"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(
    client: Client, field: str, value: str, error: str
) -> None:
    order = make_order(paid=True)
    before = stored_rows()

    response = client.post(page_of(order, "address"), {**YORK, "address_line2": "Flat 2", field: value})

    page = read(response)
    assert response.status_code == 422
    assert error in page.alert
    assert page.controls[field]["aria-invalid"] == "true"
    assert page.controls[field]["aria-describedby"] == f"id_{field}_error"
    kept = {
        "address_line2": "Flat 2",
        **{name: YORK[name] for name in YORK if name not in (field, "address_line2")},
    }
    assert {name: page.values[name] for name in kept} == kept
    assert page.tags["title"][0].startswith("Error:")
    assert stored_rows() == before


@pytest.mark.parametrize("state", ["in_production", "produced", "shipped"])
def test_too_late_for_another_address_says_so_and_keeps_what_was_typed(client: Client, state: str) -> None:
    job = make_job(state)
    copy_job(job, 1)
    before = stored_rows()

    shown = client.get(page_of(job.order, "address"))
    refused = client.post(page_of(job.order, "address"), YORK)

    assert (shown.status_code, refused.status_code) == (200, 409)
    assert "form" not in read(shown).tags
    page = read(refused)
    assert "so its address cannot be changed here any more" in page.alert
    assert page.values["address_line1"] == "1 Minster Yard"
    assert any(urlsplit(address).scheme == "mailto" for address in page.addresses)
    assert stored_rows() == before


def test_asking_is_offered_while_one_bottle_of_several_can_be_stopped(client: Client) -> None:
    job = make_job("shipped")
    copy_job(job, 1)
    job.order.jobs.exclude(pk=job.pk).update(state="ready", shipment=None)

    assert read(client.get(page_of(job.order, "cancel"))).tags["button"] == ["Ask us to stop"]
    assert ask_to_cancel(Order.objects.get(), by=SHOPPER, now=job.order.placed_at) is True


def test_beside_a_sent_bottle_a_remake_is_offered_what_can_be_done_and_nothing_else(client: Client) -> None:
    order = make_job("shipped").order
    remake_job(order.jobs.get(), reason="it leaks", by="Grace", now=order.placed_at)

    page = read(client.get(f"/order/{order.token}"))

    assert page.links["Correct the address"] == page_of(order, "address")
    assert page.links["Ask us to stop"] == page_of(order, "cancel")
    assert not {"Cancel the order", "Change the mix"} & set(page.links)
    assert "We have made a part of it, which stays as it is." in page.text
    assert read(client.get(page.links["Correct the address"])).tags["button"] == ["Send it there"]
    assert client.post(page.links["Correct the address"], YORK).status_code == 302
    assert read(client.get(page.links["Ask us to stop"])).tags["button"] == ["Ask us to stop"]


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("ready", {"Correct the address", "Change the mix", "Cancel the order"}),
        ("claimed", {"Correct the address", "Ask us to stop"}),
        ("in_production", {"Ask us to stop"}),
        ("shipped", set()),
    ],
)
def test_the_page_of_an_order_offers_what_can_still_be_done(
    client: Client, state: str, offered: set[str]
) -> None:
    order = make_job(state).order
    all_there_is = {"Correct the address", "Change the mix", "Cancel the order", "Ask us to stop"}

    page = read(client.get(f"/order/{order.token}"))

    assert all_there_is & set(page.links) == offered


ASKED = "The bench is asked to stop and has not answered yet. We write to you as soon as it has, whatever it says."
REFUSED = "It was too late to stop: it goes on and comes to you."
DECIDED = (
    "Something of it is made already, so one of us decides what can still be stopped, and writes to you."
)


def refuse(job: Job) -> None:
    decide_cancellation(job.public_id, lease=lease_of(job), accept=False, now=job.created_at)


def finish(job: Job) -> None:
    complete_job(job.public_id, lease=lease_of(job), batch="B1", lots=lots_of(job), now=job.created_at)


def nothing_more(job: Job) -> None:
    pass


@pytest.mark.parametrize(
    ("state", "answer", "said"),
    [
        ("claimed", nothing_more, ASKED),
        ("in_production", nothing_more, ASKED),
        ("in_production", refuse, REFUSED),
        ("in_production", finish, REFUSED),
        ("produced", nothing_more, DECIDED),
    ],
)
def test_what_has_become_of_her_wish_is_said_on_every_page_and_nothing_else(
    client: Client, state: str, answer: Any, said: str
) -> None:
    job = make_job(state)
    ask_to_cancel(job.order, by=SHOPPER, now=job.created_at)
    answer(job)

    for address in (f"/order/{job.order.token}", page_of(job.order, "cancel")):
        page = read(client.get(address))
        assert "You asked us on" in page.text
        assert [each for each in (ASKED, REFUSED, DECIDED) if each in page.text] == [said]
        assert "button" not in page.tags
        assert "Ask us to stop" not in page.links
    assert said_after(client, client.post(page_of(job.order, "ask-to-cancel"))) == [
        TOLD["claimed"] if said == ASKED else said
    ]


def test_an_order_of_which_everything_is_sent_says_no_more_of_her_wish(client: Client) -> None:
    job = make_job("produced")
    ask_to_cancel(job.order, by=SHOPPER, now=job.created_at)
    Job.objects.filter(pk=job.pk).update(state="shipped", shipment=make_job("shipped").shipment)

    assert "You asked us on" not in read(client.get(f"/order/{job.order.token}")).text
    assert "It is made and on its way" in read(client.get(page_of(job.order, "cancel"))).text


def test_of_what_a_maker_has_only_taken_nobody_says_that_it_is_begun(client: Client) -> None:
    order = make_job("claimed").order

    for page in ("", "/cancel", "/change", "/address"):
        assert "begun to make" not in read(client.get(f"/order/{order.token}{page}")).text


def test_the_address_of_what_a_maker_has_only_taken_is_corrected(client: Client) -> None:
    order = make_job("claimed").order

    response = client.post(page_of(order, "address"), YORK)

    assert said_after(client, response) == ["Your parcel goes to the new address in York."]
    order.refresh_from_db()
    assert order.town == "York"
