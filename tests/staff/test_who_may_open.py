"""Each role opens what `who_may_open.txt` says and is answered 403 everywhere else (A8).

The table is the judge, the admin's registry and URL map the list: an address that is in one of them only fails here.
"""

import pytest
from django.test import Client

from tests.staff.admin_addresses import Address, admin_addresses, make_rows
from tests.staff.people import one_of_each
from tests.staff.table import COLUMNS, read_table

pytestmark = pytest.mark.usefixtures("catalogue")

REFUSED = (403, 405)  # 405: it takes no form from anybody
LEAVING = {"logout"}  # asked last: who has left is asked to sign in


def answers_to(people: dict[str, Client], address: Address) -> tuple[int, ...]:
    return tuple(people[role].get(address.path).status_code for role in COLUMNS)


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
    assert table.keys() - found.keys() == set(), "addresses in the table that are no more"


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
