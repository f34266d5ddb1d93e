"""What she asked us to leave out, in her session."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from configurator.remembering import clean_avoid, forget_avoid, read_avoid, remember_avoid

pytestmark = pytest.mark.django_db


def reopened(session: SessionStore) -> SessionStore:
    session.save()
    return SessionStore(session.session_key)


def test_nothing_is_remembered_at_first_and_asking_makes_no_session() -> None:
    session = SessionStore()

    assert read_avoid(session) == ()

    assert session.is_empty()
    assert not session.modified
    assert not Session.objects.exists()


def test_what_was_remembered_is_read_again_in_her_order() -> None:
    session = SessionStore()

    assert remember_avoid(session, ["wheat", "Parfum", "wheat"]) == ("wheat", "Parfum")

    assert read_avoid(reopened(session)) == ("wheat", "Parfum")


def test_a_new_list_stands_in_for_the_old_one() -> None:
    session = SessionStore()
    remember_avoid(session, ["wheat"])

    remember_avoid(session, ["nuts"])

    assert read_avoid(session) == ("nuts",)


@pytest.mark.parametrize("way", ["forget", "remember nothing"])
def test_forgetting_leaves_no_session_behind(way: str) -> None:
    session = SessionStore()
    remember_avoid(session, ["wheat"])
    session = reopened(session)
    assert Session.objects.count() == 1

    forget_avoid(session) if way == "forget" else remember_avoid(session, [])

    assert read_avoid(session) == ()
    assert session.is_empty()
    assert not Session.objects.exists()


def test_forgetting_keeps_what_else_is_in_the_session() -> None:
    session = SessionStore()
    session["basket"] = 7
    remember_avoid(session, ["wheat"])
    session = reopened(session)

    forget_avoid(session)

    assert "avoid" not in session
    assert reopened(session)["basket"] == 7


def test_forgetting_nothing_makes_no_session() -> None:
    session = SessionStore()

    forget_avoid(session)

    assert session.is_empty()
    assert not session.modified


@pytest.mark.parametrize("odd", ["wheat", {"wheat": 1}, 7, None])
def test_a_session_that_holds_something_else_there_is_read_as_empty(odd: object) -> None:
    session = SessionStore()
    session["avoid"] = odd

    assert read_avoid(session) == ()


def test_only_names_are_kept() -> None:
    assert clean_avoid([" wheat ", "", "  ", 7, None, "x" * 121, "x" * 120]) == ("wheat", "x" * 120)


def test_a_list_without_end_is_cut() -> None:
    assert clean_avoid(map(str, range(60))) == tuple(map(str, range(50)))
