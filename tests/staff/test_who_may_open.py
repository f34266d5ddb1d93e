"""Each role opens what `who_may_open.txt` says and is answered 403 everywhere else (A8).

The table is the judge, the admin's registry and URL map the list: an address that is in one of them only fails here.
"""

import pytest
from django.db import transaction
from django.test import Client

from tests.staff.admin_addresses import Address, admin_addresses, make_rows
from tests.staff.people import one_of_each
from tests.staff.table import COLUMNS, FORM, read_table

pytestmark = pytest.mark.usefixtures("catalogue")

REFUSED = (403, 405)  # 405: it takes no form from anybody
LEAVING = {"logout"}  # asked last: who has left is asked to sign in


def answers_to(people: dict[str, Client], address: Address) -> tuple[int, ...]:
    return tuple(people[role].get(address.path).status_code for role in COLUMNS)


def answers_to_a_form(people: dict[str, Client], address: Address) -> tuple[int, ...]:
    """What an empty form is answered, each role's undone before the next one sends it."""
    answers = []
    for role in COLUMNS:
        with transaction.atomic():
            answers.append(people[role].post(address.path).status_code)
            transaction.set_rollback(True)
    return tuple(answers)


def as_line(name: str, answers: tuple[int, ...]) -> str:
    return f"{name:<46}" + "".join(f"{status:>12}" for status in answers)


def test_every_role_opens_what_the_table_says_and_no_more() -> None:
    make_rows()
    people, table = one_of_each(), read_table()

    found = {
        address.name: answers_to(people, address)
        for address in sorted(admin_addresses(), key=lambda address: address.name in LEAVING)
    }

    wrong = [as_line(name, found[name]) for name in found if table.get(name) != found[name]]
    assert wrong == [], "\n".join(["The admin answers otherwise than the table says:", *wrong])
    opened = {name for name in table if not name.startswith(FORM)}
    assert opened - found.keys() == set(), "addresses in the table that are no more"


def test_what_only_takes_forms_takes_them_of_the_roles_that_the_table_says() -> None:
    make_rows()
    people, table = one_of_each(), read_table()
    only_forms = [address for address in admin_addresses() if 405 in table[address.name]]

    found = {
        FORM + address.name: answers_to_a_form(people, address)
        for address in sorted(only_forms, key=lambda address: address.name in LEAVING)
    }

    wrong = [as_line(name, found[name]) for name in found if table.get(name) != found[name]]
    assert wrong == [], "\n".join(["The admin answers forms otherwise than the table says:", *wrong])
    assert {name for name in table if name.startswith(FORM)} == found.keys()


def test_what_a_role_may_not_open_takes_no_form_either() -> None:
    make_rows()
    people, table = one_of_each(), read_table()

    taken = [
        (role, address.path)
        for address in admin_addresses()
        for role, status in zip(COLUMNS, table[address.name], strict=True)
        if status == 403 and people[role].post(address.path, {"post": "yes"}).status_code not in REFUSED
    ]

    assert taken == []


@pytest.mark.parametrize("path", ["/admin/", "/admin/orders/job/", "/admin/configurator/recipe/"])
def test_who_is_nobody_is_asked_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/login/?next={path}"
