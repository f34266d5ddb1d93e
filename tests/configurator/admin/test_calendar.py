"""The calendar of the bench: what is booked and free, closing days, and what that costs those who were promised."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client

from configurator import closing
from configurator.closing import (
    BookedDay,
    BookedMeanwhileError,
    booked_on,
    close_days,
    days_between,
    open_days,
)
from configurator.models import BenchDay, DeliveryTerms
from tests.configurator.admin.forms import Form, errors, open_form

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/configurator/benchday/"
CLOSE = f"{LIST}close/"
MONDAY = date(2026, 12, 21)
XMAS, BOXING_DAY = date(2026, 12, 25), date(2026, 12, 28)  # its holiday, since the 26th is a Saturday
WEEK = [date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 23), date(2026, 12, 24)]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC), tick=False):
        yield


def stored() -> list[Any]:
    return list(BenchDay.objects.order_by("day").values())


def days() -> dict[date, tuple[bool, int]]:
    return {row["day"]: (row["is_closed"], row["booked"]) for row in stored()}


def book(day: date, bottles: int, **values: Any) -> BenchDay:
    return BenchDay.objects.create(day=day, booked=bottles, **values)


def said(client: Client) -> list[tuple[str, str]]:
    """The messages that the next page shows, without their links."""
    found = client.get(LIST).context["messages"]
    return [(message.level_tag, re.sub("<[^>]*>", "", str(message))) for message in found]


def cells(html: str) -> list[str]:
    """The text of a list's rows."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.split("<tbody>")[1], flags=re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in rows]


def test_working_days_between_two_days_are_those_on_which_something_is_made() -> None:
    assert days_between(MONDAY, date(2026, 12, 31)) == [*WEEK, *(date(2026, 12, day) for day in (29, 30, 31))]
    assert days_between(XMAS, XMAS) == []
    assert days_between(XMAS, MONDAY) == []


def test_days_are_closed_with_what_is_agreed_and_once() -> None:
    book(WEEK[0], 3)
    BenchDay.objects.create(day=WEEK[1], is_closed=True, note="Moving")

    assert close_days(WEEK, note="Christmas", agreed=[BookedDay(WEEK[0], 3)]) == 3

    assert days() == {WEEK[0]: (True, 3), WEEK[1]: (True, 0), WEEK[2]: (True, 0), WEEK[3]: (True, 0)}
    assert [row["note"] for row in stored()] == ["Christmas", "Moving", "Christmas", "Christmas"]
    assert close_days(WEEK, note="Again") == 0
    assert "Again" not in [row["note"] for row in stored()]


@pytest.mark.parametrize("agreed", [[], [BookedDay(WEEK[0], 2)], [BookedDay(WEEK[1], 3)]])
def test_days_on_which_other_bottles_are_booked_than_agreed_stay_open(agreed: list[BookedDay]) -> None:
    book(WEEK[0], 3)
    before = stored()

    with pytest.raises(BookedMeanwhileError):
        close_days(WEEK, note="Christmas", agreed=agreed)

    assert stored() == before


def test_only_open_days_with_bottles_count_as_booked() -> None:
    book(WEEK[2], 1)
    book(WEEK[0], 3)
    book(WEEK[1], 2, is_closed=True)
    book(WEEK[3], 0)

    assert booked_on(WEEK) == (BookedDay(WEEK[0], 3), BookedDay(WEEK[2], 1))


def test_opening_days_keeps_what_is_booked() -> None:
    book(WEEK[0], 3, is_closed=True)
    book(WEEK[1], 1)

    assert open_days(WEEK) == 1

    assert days() == {WEEK[0]: (False, 3), WEEK[1]: (False, 1)}


def test_the_list_shows_each_day_with_what_is_booked_and_the_room_left(owners_browser: Client) -> None:
    DeliveryTerms.objects.update(daily_capacity=10)
    book(WEEK[0], 7)
    book(WEEK[1], 1, capacity=1)
    book(WEEK[2], 12)
    BenchDay.objects.create(day=WEEK[3], is_closed=True, note="Christmas")

    page = owners_browser.get(LIST).content.decode()

    assert [row[row.index("Dec 2026") - 7 :] for row in cells(page)] == [
        "Mon 21 Dec 2026 7 bottles 3 of 10 -",
        "Tue 22 Dec 2026 1 bottle 0 of 1 -",
        "Wed 23 Dec 2026 12 bottles 0 of 10 -",
        "Thu 24 Dec 2026 0 closed Christmas",
    ]
    assert 'href="/admin/orders/order/?bookings__day=2026-12-21"' in page


def test_without_a_limit_the_list_says_so(owners_browser: Client) -> None:
    book(WEEK[0], 7)

    assert "no limit" in owners_browser.get(LIST).content.decode()


def test_past_days_are_listed_only_when_asked_for(owners_browser: Client) -> None:
    for day in (date(2026, 11, 30), date(2026, 12, 1), MONDAY):
        book(day, 1)

    def listed(**query: str) -> int:
        return len(cells(owners_browser.get(LIST, query).content.decode()))

    assert [listed(), listed(when="past"), listed(when="all")] == [2, 1, 3]


def close(client: Client, **values: Any) -> Any:
    sent = {"first": "2026-12-21", "last": "2026-12-24", "note": "Christmas", **values}
    return client.post(CLOSE, sent)


def test_a_stretch_of_days_is_closed_in_one_go(owners_browser: Client) -> None:
    assert CLOSE in owners_browser.get(LIST).content.decode()
    assert owners_browser.get(CLOSE).status_code == 200

    response = close(owners_browser, last="2026-12-31")

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert list(days()) == days_between(MONDAY, date(2026, 12, 31))
    assert {row["note"] for row in stored()} == {"Christmas"}
    assert all(row["is_closed"] for row in stored())
    assert said(owners_browser) == [("success", "7 days are closed now.")]


def test_what_is_booked_is_said_first_with_its_orders_and_nothing_is_closed_yet(
    owners_browser: Client,
) -> None:
    book(WEEK[0], 3)
    book(WEEK[2], 1)
    before = stored()

    response = close(owners_browser)

    page = response.content.decode()
    assert response.status_code == 409
    assert "4 bottles are booked on these days. Nothing is closed yet" in page
    assert cells(page) == ["Mon 21 Dec 2026 3 Orders for 21 Dec", "Wed 23 Dec 2026 1 Orders for 23 Dec"]
    assert 'href="/admin/orders/order/?bookings__day=2026-12-21"' in page
    form = open_form_of(response)
    assert (form["first"], form["last"], form["note"]) == ("2026-12-21", "2026-12-24", "Christmas")
    assert stored() == before


def open_form_of(response: Any) -> Any:
    return Form(CLOSE, response.content.decode())


def test_what_is_booked_can_be_closed_all_the_same(owners_browser: Client) -> None:
    book(WEEK[0], 3)
    form = open_form_of(close(owners_browser))

    form.save(owners_browser)

    assert days()[WEEK[0]] == (True, 3)
    assert len(days()) == 4
    assert said(owners_browser) == [
        ("success", "4 days are closed now."),
        (
            "warning",
            "3 bottles were to be made then. Their orders are late now, and their buyers are told: Mon 21 Dec",
        ),
    ]


def test_more_bookings_between_the_two_clicks_are_shown_before_anything_is_closed(
    owners_browser: Client,
) -> None:
    day = book(WEEK[0], 3)
    form = open_form_of(close(owners_browser))
    BenchDay.objects.filter(pk=day.pk).update(booked=5)
    before = stored()

    response = form.post(owners_browser)

    assert response.status_code == 409
    assert "5 bottles are booked on these days." in response.content.decode()
    assert stored() == before


def test_a_booking_while_the_days_are_being_closed_is_shown_as_well(
    owners_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = closing.close_days

    def book_just_before(*args: Any, **kwargs: Any) -> int:
        monkeypatch.undo()
        book(WEEK[0], 2)
        return real(*args, **kwargs)

    monkeypatch.setattr("configurator.admin.calendar.close_days", book_just_before)

    response = close(owners_browser)

    assert response.status_code == 409
    assert "2 bottles are booked on these days." in response.content.decode()
    assert days() == {WEEK[0]: (False, 2)}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"first": ""}, "This field is required."),
        ({"last": "soon"}, "Enter a valid date."),
        ({"last": "2026-12-18"}, "The last day is before the first one."),
        ({"first": "2026-11-30"}, "That day is over."),
        ({"last": "2027-12-31"}, "That is more than a year. Close it in parts."),
        (
            {"first": "2026-12-25", "last": "2026-12-28"},
            "Nothing is made on these days anyway: there is no working day among them.",
        ),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused_in_words_and_closes_nothing(
    owners_browser: Client, values: dict[str, str], message: str
) -> None:
    response = close(owners_browser, **values)

    assert errors(response) == [message]
    assert 'value="Christmas"' in response.content.decode()
    assert stored() == []


def test_a_free_day_is_closed_by_its_own_form(owners_browser: Client) -> None:
    form = open_form(owners_browser, f"{LIST}add/").fill(day="2026-12-24", is_closed="on", note="Early")

    form.save(owners_browser)

    assert days() == {WEEK[3]: (True, 0)}


def test_closing_a_booked_day_takes_a_second_tick_and_says_who_will_be_late(owners_browser: Client) -> None:
    day = book(WEEK[0], 3)
    before = stored()
    form = open_form(owners_browser, f"{LIST}{day.pk}/change/").fill(is_closed="on", note="Moving")

    response = form.post(owners_browser)
    assert errors(response) == [
        "3 bottles are booked on this day. Tick here as well to close it all the same."
    ]
    assert "Moving" in response.content.decode()
    assert stored() == before

    form.values["although_booked"] = ["on"]
    form.save(owners_browser)

    assert days() == {WEEK[0]: (True, 3)}
    level, text = said(owners_browser)[0]
    assert (level, text.split(":")[0]) == (
        "warning",
        "3 bottles were to be made then. Their orders are late now, and their buyers are told",
    )


def test_a_closed_day_that_is_edited_asks_nothing_more(owners_browser: Client) -> None:
    day = book(WEEK[0], 3, is_closed=True)
    form = open_form(owners_browser, f"{LIST}{day.pk}/change/")
    assert "although_booked" not in form.values

    form.fill(note="Moving").save(owners_browser)

    assert [(row["is_closed"], row["note"]) for row in stored()] == [(True, "Moving")]
    assert [level for level, _text in said(owners_browser)] == ["success"]


def test_what_is_booked_while_a_day_is_edited_is_kept(
    owners_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = book(WEEK[0], 3)
    form = open_form(owners_browser, f"{LIST}{day.pk}/change/").fill(capacity="20")
    real = BenchDay.full_clean

    def book_meanwhile(self: BenchDay, *args: Any, **kwargs: Any) -> None:
        BenchDay.objects.filter(pk=day.pk).update(booked=9)
        real(self, *args, **kwargs)

    monkeypatch.setattr(BenchDay, "full_clean", book_meanwhile)

    form.save(owners_browser)

    assert [(row["booked"], row["capacity"]) for row in stored()] == [(9, 20)]


def test_the_day_and_what_is_booked_on_it_are_not_edited(owners_browser: Client) -> None:
    day = book(WEEK[0], 3)

    form = open_form(owners_browser, f"{LIST}{day.pk}/change/")
    assert not {"day", "booked"} & set(form.values)
    owners_browser.post(f"{LIST}{day.pk}/change/", {"day": "2026-12-22", "booked": "0", "note": "x"})

    assert days() == {WEEK[0]: (False, 3)}


def test_closed_days_are_opened_again_by_an_action(owners_browser: Client) -> None:
    rows = [book(WEEK[0], 3, is_closed=True), book(WEEK[1], 0, is_closed=True), book(WEEK[2], 1)]

    owners_browser.post(LIST, {"action": "open_again", "_selected_action": [row.pk for row in rows]})

    assert days() == {WEEK[0]: (False, 3), WEEK[1]: (False, 0), WEEK[2]: (False, 1)}
    assert said(owners_browser) == [("info", "2 days are open again.")]


def test_no_day_is_deleted_for_with_it_would_go_what_is_booked(owners_browser: Client) -> None:
    day = book(WEEK[0], 3)

    assert owners_browser.post(f"{LIST}{day.pk}/delete/", {"post": "yes"}).status_code == 403
    owners_browser.post(LIST, {"action": "delete_selected", "_selected_action": [day.pk], "post": "yes"})

    assert days() == {WEEK[0]: (False, 3)}


@pytest.mark.parametrize("permissions", [[], ["view_benchday"], ["view_benchday", "change_benchday"]])
def test_who_may_not_add_and_change_days_closes_none(client: Client, permissions: list[str]) -> None:
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)

    assert client.get(CLOSE).status_code == 403
    assert close(client).status_code == 403

    assert stored() == []


def test_who_may_only_look_opens_no_day(client: Client) -> None:
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_benchday"))
    client.force_login(user)
    day = book(WEEK[0], 3, is_closed=True)

    client.post(LIST, {"action": "open_again", "_selected_action": [day.pk]})

    assert days() == {WEEK[0]: (True, 3)}


def test_a_list_of_60_days_costs_no_more_queries_than_one_of_one(
    owners_browser: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        book(MONDAY + timedelta(days=number), number)

    with django_assert_max_num_queries(9):
        owners_browser.get(LIST)


def test_the_terms_show_the_bottles_a_day(owners_browser: Client) -> None:
    form = open_form(owners_browser, "/admin/configurator/deliveryterms/1/change/").fill(daily_capacity="40")

    form.save(owners_browser)

    assert DeliveryTerms.objects.get().daily_capacity == 40
    assert ">40<" in owners_browser.get("/admin/configurator/deliveryterms/").content.decode()


def test_bottles_a_day_are_whole(owners_browser: Client) -> None:
    form = open_form(owners_browser, "/admin/configurator/deliveryterms/1/change/").fill(daily_capacity="4.5")

    assert len(errors(form.post(owners_browser))) == 1
    assert DeliveryTerms.objects.get().daily_capacity is None
