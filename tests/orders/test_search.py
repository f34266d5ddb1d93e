"""Orders and jobs are found by number, name, e-mail and mix, each word by itself."""

import pytest

from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from orders import search
from orders.models import Job, Order
from orders.placing import Customer
from orders.search import find_jobs, find_orders
from tests.orders.make import ADA, MIX, make_job, make_order

pytestmark = pytest.mark.usefixtures("catalogue")

GRETA = Customer(
    email="greta@example.net",
    full_name="Greta Smith",
    postcode="YO1 7HH",
    address_line1="1 Stonegate",
    address_line2="",
    town="York",
)


@pytest.fixture
def other_mix(catalogue: RecipeVersion) -> dict[str, str]:
    """A mix that shares no component with the one of the other order."""
    starters = [dict(starter.mix) for starter in mixer_for(catalogue).spec.starters]
    return next(mix for mix in starters if not set(MIX.values()) & set(mix.values()))


@pytest.fixture
def orders(other_mix: dict[str, str]) -> tuple[Order, Order]:
    """Ada's with Mend and Quench, Greta's with others."""
    ada = make_order(paid=True, customer=ADA, label_name="For Zoë")
    return ada, make_order(paid=True, customer=GRETA, label_name="100% mine", mix=other_mix)


def found(text: str) -> set[str]:
    return set(find_orders(Order.objects.all(), text).rows.values_list("full_name", flat=True))


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("ada@example.org", {"Ada Lovelace"}),
        ("ADA@EXAMPLE.ORG", {"Ada Lovelace"}),
        ("@example.net", {"Greta Smith"}),
        ("lovelace", {"Ada Lovelace"}),
        ("love ada", {"Ada Lovelace"}),
        ("YO1", {"Greta Smith"}),
        ("mend", {"Ada Lovelace"}),
        ("Warm Hearth", {"Ada Lovelace"}),
        ("Zoë", {"Ada Lovelace"}),
        ("100%", {"Greta Smith"}),
        ("smith mine", {"Greta Smith"}),
        ("smith mend", set()),
        ("main", set()),
        ("%", {"Greta Smith"}),
        ("_", set()),
        ("", {"Ada Lovelace", "Greta Smith"}),
        (" ", {"Ada Lovelace", "Greta Smith"}),
    ],
)
def test_orders_have_all_the_words(orders: tuple[Order, Order], text: str, whose: set[str]) -> None:
    assert found(text) == whose


def test_a_whole_number_in_any_case_finds_its_order_alone(orders: tuple[Order, Order]) -> None:
    ada, _greta = orders

    for text in (ada.number, ada.number.lower(), f"#{ada.number}", f" {ada.number} "):
        assert found(text) == {"Ada Lovelace"}
    assert "Ada Lovelace" in found(ada.number[:8])


def test_jobs_are_found_by_number_id_batch_and_mix_but_not_by_who_ordered(
    orders: tuple[Order, Order],
) -> None:
    ada, _greta = (order.jobs.get() for order in orders)
    made = make_job("produced", label_name="Bea")
    Job.objects.filter(pk=made.pk).update(batch="B-77")

    def jobs(text: str) -> set[Job]:
        return set(find_jobs(Job.objects.all(), text).rows)

    assert jobs(ada.order.number) == jobs(str(ada.public_id)) == jobs("Zoë") == {ada}
    assert jobs("B-77") == jobs("bea quench") == {made}
    assert jobs("quench") == {ada, made}
    for text in ("Lovelace", "ada@example.org", "LS1", "Calverley"):
        assert jobs(text) == set()


def test_words_are_looked_for_in_the_newest_unless_everywhere_is_asked_for(
    orders: tuple[Order, Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOK_BACK", 1)

    old = find_orders(Order.objects.all(), "lovelace")
    both = find_orders(Order.objects.all(), "all: lovelace")

    assert (list(old.rows), old.left_out) == ([], True)
    assert ([order.full_name for order in both.rows], both.left_out) == (["Ada Lovelace"], False)
    assert found(orders[0].number) == {"Ada Lovelace"}


def test_of_too_many_the_newest_are_found(
    orders: tuple[Order, Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_FOUND", 1)

    cut = find_orders(Order.objects.all(), "example")

    assert [order.full_name for order in cut.rows] == ["Greta Smith"]
    assert cut.is_cut
