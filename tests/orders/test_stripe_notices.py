"""Stripe's notices: believed when signed, recent, and about this payment's own session, amount and currency."""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from payments import PaymentStatus

from orders.models import Order, OutboxEntry, Payment
from tests.orders.make import make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import count_rows, stored_rows
from tests.orders.stripe_double import EXPIRED, PENDING, event, send, session_of, sign, stripe_shop

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.usefixtures("shop_with_stripe")]

PAID_ROWS = {"Order": 1, "OrderLine": 1, "Payment": 1, "Job": 1, "JobTransition": 1, "OutboxEntry": 2}


@pytest.fixture
def shop_with_stripe() -> Iterator[None]:
    with stripe_shop():
        yield


def make_payment(session: str = "cs_1") -> Payment:
    """The payment of an order of its own, for which a shopper has been sent to Stripe's page."""
    order = make_order()
    order.payments.update(transaction_id=session)
    return order.payments.get()


def ours(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [
        (record.levelno, record.getMessage()) for record in caplog.records if record.name.startswith("orders")
    ]


def test_a_notice_makes_the_order_paid() -> None:
    payment = make_payment()

    answer = send(event("completed", session_of(payment)))

    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    payment.refresh_from_db()
    assert (payment.status, payment.captured_amount) == ("confirmed", Decimal("17.25"))
    assert payment.extra_data == ""  # nothing that Stripe knows of the card's holder is kept
    assert Order.objects.get().state == Order.State.PAID
    assert count_rows() == PAID_ROWS


def test_a_bank_that_takes_its_time_is_waited_for() -> None:
    payment = make_payment()

    assert send(event("completed", session_of(payment, **PENDING))).status_code == 200
    assert Order.objects.get().state == Order.State.PLACED
    assert send(event("async_payment_succeeded", session_of(payment))).status_code == 200

    assert Order.objects.get().state == Order.State.PAID
    assert count_rows() == PAID_ROWS


def test_a_bank_that_refuses_after_all_leaves_the_order_to_be_paid_again() -> None:
    payment = make_payment()

    send(event("completed", session_of(payment, **PENDING)))
    assert send(event("async_payment_failed", session_of(payment, **PENDING))).status_code == 200

    payment.refresh_from_db()
    assert (payment.status, Order.objects.get().state) == ("rejected", "placed")


def test_a_session_that_expired_can_be_paid_with_a_new_one() -> None:
    payment = make_payment()

    assert send(event("expired", session_of(payment, **EXPIRED))).status_code == 200

    payment.refresh_from_db()
    assert (payment.status, Order.objects.get().state) == ("rejected", "placed")


def test_a_notice_that_overtakes_the_answer_to_our_own_question_is_believed() -> None:
    payment = make_payment(session="")

    assert send(event("completed", session_of(payment, id="cs_7"))).status_code == 200

    payment.refresh_from_db()
    assert (payment.transaction_id, Order.objects.get().state) == ("cs_7", "paid")


type_of_body = Callable[[Payment], tuple[bytes, str]]


def signed(**changes: Any) -> type_of_body:
    def make(payment: Payment) -> tuple[bytes, str]:
        body = event("completed", session_of(payment, **changes))
        return body, sign(body)

    return make


def with_header(make_header: Callable[[bytes], str]) -> type_of_body:
    def make(payment: Payment) -> tuple[bytes, str]:
        body = event("completed", session_of(payment))
        return body, make_header(body)

    return make


def with_body(make_body: Callable[[bytes], bytes]) -> type_of_body:
    def make(payment: Payment) -> tuple[bytes, str]:
        body = make_body(event("completed", session_of(payment)))
        return body, sign(body)

    return make


REFUSED: dict[str, type_of_body] = {
    "no signature": with_header(lambda body: ""),
    "another secret": with_header(lambda body: sign(body, secret="whsec_other")),
    "no secret": with_header(lambda body: sign(body, secret="")),
    "over another body": with_header(lambda body: sign(body.replace(b"gbp", b"eur"))),
    "another scheme": with_header(lambda body: sign(body).replace("v1=", "v0=")),
    "another time than signed": with_header(lambda body: sign(body).replace("t=1", "t=2", 1)),
    "no time": with_header(lambda body: sign(body).partition(",")[2]),
    "words": with_header(lambda body: "let me in"),
    "not ASCII": with_header(lambda body: f"t={int(time.time())},v1=ä"),
    "five minutes old": with_header(lambda body: sign(body, at=time.time() - 302)),
    "from the future": with_header(lambda body: sign(body, at=time.time() + 303)),
    "no JSON": with_body(lambda body: body[:-1]),
    "not UTF-8": with_body(lambda body: b"\xff" + body),
    "nothing": with_body(lambda body: b""),
    "a list": with_body(lambda body: b"[]"),
    "no object": with_body(lambda body: json.dumps({"type": "checkout.session.completed"}).encode()),
    "an object that is a word": with_body(lambda body: event("completed", "cs_1")),
    "a session without an id": signed(id=None),
    "a penny less": signed(amount_total=1724),
    "a penny more": signed(amount_total=1726),
    "major units": signed(amount_total=17),
    "no amount": signed(amount_total=None),
    "words for an amount": signed(amount_total="1725"),
    "another currency": signed(currency="eur"),
    "no currency": signed(currency=None),
    "another session": signed(id="cs_2"),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_a_notice_that_cannot_be_believed_is_refused(
    make: type_of_body, caplog: pytest.LogCaptureFixture
) -> None:
    payment = make_payment()
    body, signature = make(payment)
    before = stored_rows()

    answer = send(body, signature=signature)

    assert answer.status_code == 400
    assert stored_rows() == before
    assert len(ours(caplog)) == 1
    assert payment.order.email not in caplog.text


@pytest.mark.parametrize("changes", [{"amount_total": 1}, {"currency": "eur"}, {"id": "cs_2"}])
def test_what_is_wrong_with_a_genuine_notice_is_told_to_staff(
    changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    payment = make_payment()

    send(event("completed", session_of(payment, **changes)))

    [(level, message)] = ours(caplog)
    assert (level, f"payment {payment.pk} was refused" in message) == (logging.ERROR, True)


def test_an_old_session_of_a_payment_cannot_reject_the_present_one() -> None:
    payment = make_payment()
    before = stored_rows()

    assert send(event("expired", session_of(payment, id="cs_0", **EXPIRED))).status_code == 400

    assert stored_rows() == before


@pytest.mark.parametrize("session", ["cs_1", ""])
def test_a_notice_about_one_order_does_nothing_to_another(session: str) -> None:
    mine, other = make_payment(session), make_payment("cs_2")
    before = stored_rows()
    body = event("completed", session_of(other, id="cs_2"))

    assert send(body, path=f"/payments/process/{mine.token}/").status_code == 400
    assert stored_rows() == before

    assert send(body).status_code == 200
    assert [order.state for order in Order.objects.order_by("id")] == ["placed", "paid"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_address_of_one_payment_believes_nothing_unsigned(client: Any, method: str) -> None:
    payment = make_payment()
    before = stored_rows()

    answer = getattr(client, method)(f"/payments/process/{payment.token}/?verification_result=confirmed")

    assert answer.status_code == 400
    assert stored_rows() == before


def other_event(kind: str) -> bytes:
    body = json.loads(event("completed", {"id": "pi_1", "object": "payment_intent"}))
    return json.dumps({**body, "type": kind}).encode()


NOT_OURS: dict[str, Callable[[Payment], bytes]] = {
    "a payment of another system": lambda payment: event(
        "completed", session_of(payment, client_reference_id="7")
    ),
    "no reference": lambda payment: event("completed", session_of(payment, client_reference_id=None)),
    "a number for a reference": lambda payment: event(
        "completed", session_of(payment, client_reference_id=7)
    ),
    "another kind of session event": lambda payment: event("created", session_of(payment)),
    "an invoice": lambda payment: other_event("invoice.paid"),
    "a kind that is no word": lambda payment: event("completed", {}).replace(
        b'"checkout.session.completed"', b"7"
    ),
}


@pytest.mark.parametrize("make", NOT_OURS.values(), ids=NOT_OURS)
def test_a_genuine_event_that_does_not_concern_the_shop_is_taken_note_of_and_changes_nothing(
    make: Callable[[Payment], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    body = make(make_payment())
    before = stored_rows()

    assert send(body).status_code == 200

    assert stored_rows() == before
    assert all(level < logging.ERROR for level, _message in ours(caplog))


def test_a_notice_sent_20_times_is_taken_once(caplog: pytest.LogCaptureFixture) -> None:
    body = event("completed", session_of(make_payment()))
    send(body)
    before = stored_rows()

    answers = [send(body).status_code for _ in range(20)]

    assert answers == [200] * 20
    assert stored_rows() == before
    assert ours(caplog) == []


def test_a_notice_is_good_for_five_minutes() -> None:
    body = event("completed", session_of(make_payment()))

    with time_machine.travel(time.time(), tick=False):
        assert send(body, signature=sign(body, at=time.time() - 295)).status_code == 200

    assert Order.objects.get().state == Order.State.PAID


KINDS = {
    "pending": ("completed", PENDING),
    "paid": ("completed", {}),
    "succeeded": ("async_payment_succeeded", {}),
    "failed": ("async_payment_failed", PENDING),
    "expired": ("expired", EXPIRED),
}


def go_on(payment: Payment, *told: str) -> None:
    """Tell what is left to tell, in every order, each undone before the next; at last the first once more."""
    left = [name for name in KINDS if name not in told]
    for name in left or told[:1]:
        with transaction.atomic():
            kind, changes = KINDS[name]
            assert send(event(kind, session_of(payment, **changes))).status_code == 200
            payment.refresh_from_db()
            payment.order.refresh_from_db()
            is_paid = bool({"paid", "succeeded"} & {name, *told})
            assert (payment.status == PaymentStatus.CONFIRMED) is is_paid, (*told, name)
            assert (payment.order.state == Order.State.PAID) is is_paid, (*told, name)
            if left:
                go_on(payment, *told, name)
            else:
                assert payment.order.jobs.count() == 1
                topics = payment.order.outbox_entries.values_list("topic", flat=True)
                assert list(topics) == ["handoff", "mail_confirmed"]
            transaction.set_rollback(True)
    payment.refresh_from_db()
    payment.order.refresh_from_db()


@pytest.mark.any_database
def test_in_whatever_order_notices_come_money_that_was_taken_makes_the_order_paid_once() -> None:
    go_on(make_payment())


def test_a_late_word_after_the_refund_changes_nothing() -> None:
    payment = make_payment()
    bodies = [event(kind, session_of(payment, **changes)) for kind, changes in KINDS.values()]
    send(bodies[1])
    Payment.objects.update(status=PaymentStatus.REFUNDED, captured_amount=0)
    before = stored_rows()

    assert [send(body).status_code for body in bodies] == [200] * 5

    assert stored_rows() == before


def test_of_20_notices_at_once_replayed_and_out_of_order_one_makes_the_order_paid(tmp_path: Path) -> None:
    payment = make_payment()
    kinds = ["paid"] * 8 + ["succeeded"] * 4 + ["pending", "failed", "expired", "expired"] * 2
    random.Random(20).shuffle(kinds)

    def tell(name: str) -> Callable[[], int]:
        kind, changes = KINDS[name]
        body = event(kind, session_of(payment, **changes))
        return lambda: int(send(body).status_code)

    with shop_on_file(tmp_path):
        answers = do_at_once([tell(name) for name in kinds])
        rows = do_alone(count_rows)
        [order], [stored] = do_alone(lambda: (list(Order.objects.all()), list(Payment.objects.all())))
        topics = do_alone(lambda: list(OutboxEntry.objects.values_list("topic", flat=True)))

    assert answers == [200] * 20
    assert rows == PAID_ROWS
    assert (order.state, stored.status, stored.captured_amount) == ("paid", "confirmed", Decimal("17.25"))
    assert topics == ["handoff", "mail_confirmed"]
