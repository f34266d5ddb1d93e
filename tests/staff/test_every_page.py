"""Every address of the admin, opened once by each role (A8), and by a stranger.

`who_may_open.txt` is the judge, the admin's registry and URL map the list: an address in one of them only fails here.
"""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from staff.roles import CARE, FORMULATOR, MIXOLOGIST, OWNER
from tests.orders.make import ADA
from tests.pages.trusting import check_trusts_only_us
from tests.staff.admin_addresses import Address, Answer, admin_addresses, make_rows, open_all
from tests.staff.people import make_member
from tests.staff.table import COLUMNS, FORM, read_table

pytestmark = pytest.mark.usefixtures("catalogue")

REFUSED = (403, 405)  # 405: it takes no form from anybody
LEAVING = {"logout"}  # asked last: who has left is asked to sign in
OTHERWISE = re.compile(r"\b(noon|midnight|[ap]\.m\.)|\d\d:\d\d:\d\d(?![\d.+])")

Answers = dict[str, dict[Address, Answer]]


@pytest.fixture(scope="module", autouse=True)
def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made once for this file, with somebody of each role, and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_rows()
        for role in COLUMNS:
            make_member(role)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def answers(rows: None, django_db_blocker: DjangoDbBlocker) -> Answers:
    """What each role is answered at each address."""
    with django_db_blocker.unblock(), transaction.atomic():
        return {role: open_all(browser_of(role)) for role in COLUMNS}


def browser_of(role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=role.lower()))
    return client


def pages(answers: dict[Address, Answer]) -> dict[str, str]:
    """What opened, by path."""
    return {address.path: answer.body for address, answer in answers.items() if answer.status == 200}


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


def test_every_role_opens_what_the_table_says_and_no_more(answers: Answers) -> None:
    table = read_table()

    found = {
        address.name: tuple(answers[role][address].status for role in COLUMNS) for address in answers[OWNER]
    }

    wrong = [as_line(name, found[name]) for name in found if table.get(name) != found[name]]
    assert wrong == [], "\n".join(["The admin answers otherwise than the table says:", *wrong])
    opened = {name for name in table if not name.startswith(FORM)}
    assert opened - found.keys() == set(), "addresses in the table that are no more"


def test_what_only_takes_forms_takes_them_of_the_roles_that_the_table_says() -> None:
    people, table = {role: browser_of(role) for role in COLUMNS}, read_table()
    only_forms = [address for address in admin_addresses() if 405 in table[address.name]]

    found = {
        FORM + address.name: answers_to_a_form(people, address)
        for address in sorted(only_forms, key=lambda address: address.name in LEAVING)
    }

    wrong = [as_line(name, found[name]) for name in found if table.get(name) != found[name]]
    assert wrong == [], "\n".join(["The admin answers forms otherwise than the table says:", *wrong])
    assert {name for name in table if name.startswith(FORM)} == found.keys()


def test_what_a_role_may_not_open_takes_no_form_either() -> None:
    people, table = {role: browser_of(role) for role in COLUMNS}, read_table()

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


@pytest.mark.parametrize("role", [CARE, FORMULATOR, MIXOLOGIST])
def test_no_page_leads_where_she_is_refused(answers: Answers, role: str) -> None:
    opened, browser = pages(answers[role]), browser_of(role)

    found: dict[str, str] = {}
    for path, page in opened.items():
        found |= dict.fromkeys(re.findall(r'href="(/admin/[^"?#]*)', page), path)

    assert len(found) > len(opened) / 4
    new = found.keys() - opened.keys()
    assert {link: found[link] for link in new if browser.get(link).status_code == 403} == {}


def test_no_page_of_the_bench_shows_a_customer(answers: Answers) -> None:
    opened = pages(answers[MIXOLOGIST])

    assert "/admin/orders/job/" in opened
    personal = (ADA.email, ADA.full_name, ADA.address_line1, ADA.postcode)
    assert [(path, said) for path, page in opened.items() for said in personal if said in page] == []


def test_every_page_writes_times_as_hours_and_minutes_of_a_day(answers: Answers) -> None:
    said = {path: re.findall(r">[^<]*", page) for path, page in pages(answers[OWNER]).items()}

    odd = {path: [text for text in texts if OTHERWISE.search(text)] for path, texts in said.items()}
    assert {path: texts for path, texts in odd.items() if texts} == {}


def test_no_page_trusts_anybody_else(answers: Answers, client: Client) -> None:
    stranger = open_all(client)  # who is sent to the sign-in

    wrong = []
    for address, answer in (*answers[OWNER].items(), *stranger.items()):
        try:
            check_trusts_only_us(answer.headers)
        except (AssertionError, KeyError) as error:
            wrong.append(f"{address.name} ({answer.status}): {error!r}")

    assert wrong == [], "\n".join(wrong)
    assert len(stranger) > 150


def test_accounts_stand_behind_what_is_sold_and_ordered() -> None:
    apps = browser_of(OWNER).get("/admin/").context["app_list"]

    assert [app["app_label"] for app in apps] == ["orders", "configurator", "staff", "auth"]
