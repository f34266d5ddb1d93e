"""Every answer of the admin tells the browser to trust nothing but us."""

import pytest
from django.test import Client

from tests.pages.trusting import check_trusts_only_us
from tests.staff.admin_addresses import admin_addresses, make_rows
from tests.staff.people import sign_in_as

pytestmark = pytest.mark.usefixtures("catalogue")


def test_no_page_of_the_admin_trusts_anybody_else(client: Client) -> None:
    make_rows()
    owner = sign_in_as("Owner")
    addresses = list(admin_addresses())
    wrong = []

    for address in addresses:
        for who in (owner, client):  # a stranger is sent to the sign-in
            answer = who.get(address.path)
            try:
                check_trusts_only_us(answer.headers)
            except (AssertionError, KeyError) as error:
                wrong.append(f"{address.name} ({answer.status_code}): {error!r}")

    assert wrong == [], "\n".join(wrong)
    assert len(addresses) > 150
