"""Putting a mix behind an address, and taking it back."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion, SharedMix
from configurator.sharing import (
    KEY,
    MOST_SHARED,
    CannotShareError,
    SharedEnoughError,
    known_codes,
    remember_code,
    revoke_shared,
    share_mix,
)
from configurator.versions import mixer_for, newest_version
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_owner
from tests.configurator.shared_mixes import HEARTH, OWN, make_shared, share

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def version() -> RecipeVersion:
    return newest_version("shampoo")


@pytest.fixture
def mixer(version: RecipeVersion) -> Mixer:
    return mixer_for(version)


def shared_by(
    version: RecipeVersion,
    mixer: Mixer,
    mix: judge.Mix = HEARTH,
    *,
    known: tuple[str, ...] = (),
    size: str = "",
) -> SharedMix:
    wanted = mixer.read_size(size or None)
    return share_mix(version, mixer, mix=judge.named(mix), size=wanted, known=known, now=NOW)


# The use case -------------------------------------------------------------------------------------------------------


def test_every_makeable_mix_can_be_shared_and_no_other(version: RecipeVersion, mixer: Mixer) -> None:
    for mix in judge.all_mixes():
        if mix in judge.makeable():
            row = shared_by(version, mixer, mix)
            assert (row.version, row.mix, row.size, row.created_at, row.revoked_at) == (
                version,
                judge.named(mix),
                "250ml",
                NOW,
                None,
            )
        else:
            with pytest.raises(CannotShareError):
                shared_by(version, mixer, mix)

    assert SharedMix.objects.count() == len(judge.makeable()) == 183
    codes = set(SharedMix.objects.values_list("code", flat=True))
    assert len(codes) == 183
    assert {len(code) for code in codes} == {12}


def test_half_a_mix_is_not_shared(version: RecipeVersion, mixer: Mixer) -> None:
    with pytest.raises(CannotShareError):
        share_mix(version, mixer, mix={"base": "warm-hearth"}, size=mixer.spec.sizes[0], known=(), now=NOW)

    assert not SharedMix.objects.exists()


def test_the_same_content_gets_the_code_that_this_browser_has_for_it(
    version: RecipeVersion, mixer: Mixer
) -> None:
    first = shared_by(version, mixer)

    assert shared_by(version, mixer, known=(first.code,)) == first
    others = [
        shared_by(version, mixer),  # someone else
        shared_by(version, mixer, known=(first.code,), size="50ml"),
        shared_by(version, mixer, ("warm-hearth", "quench", "mend"), known=(first.code,)),
    ]
    assert len({first.code, *(other.code for other in others)}) == 4


def test_what_was_taken_back_gets_a_new_code(version: RecipeVersion, mixer: Mixer) -> None:
    first = shared_by(version, mixer)
    revoke_shared(SharedMix.objects.all(), now=NOW)

    second = shared_by(version, mixer, known=(first.code,))

    assert second.code != first.code
    assert second.revoked_at is None


def test_a_browser_shares_so_many_and_no_more(version: RecipeVersion, mixer: Mixer) -> None:
    known = tuple(f"code-{number}" for number in range(MOST_SHARED))

    shared_by(version, mixer, known=known[1:])
    with pytest.raises(SharedEnoughError):
        shared_by(version, mixer, known=known)

    assert SharedMix.objects.count() == 1


def test_taking_back_says_how_many_and_keeps_when_the_first_time_was() -> None:
    make_shared(code="one", revoked_at=NOW)
    make_shared(code="two")
    later = datetime(2026, 11, 24, tzinfo=UTC)

    assert revoke_shared(SharedMix.objects.all(), now=later) == 1

    assert dict(SharedMix.objects.values_list("code", "revoked_at")) == {"one": NOW, "two": later}


@pytest.mark.parametrize("kept", ["text", 7, None, {"a": 1}, [1, None, {}]])
def test_a_session_with_odd_content_knows_no_codes(kept: object) -> None:
    session = SessionStore()
    session[KEY] = kept

    assert known_codes(session) == []
    remember_code(session, "abc")
    remember_code(session, "abc")
    assert session[KEY] == ["abc"]


# The button ---------------------------------------------------------------------------------------------------------


def test_the_button_gives_the_mix_an_address_and_the_browser_remembers_it(client: Client) -> None:
    response = share(client, size="500ml")

    row = SharedMix.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/m/{row.code}")
    assert (row.mix, row.size) == (judge.named(HEARTH), "500ml")
    assert client.session[KEY] == [row.code]

    assert share(client, size="500ml")["Location"] == response["Location"]
    assert SharedMix.objects.count() == 1


def test_nothing_of_the_person_is_kept(client: Client) -> None:
    share(client, label="Ada", email="ada@example.org", note="for Ada")

    row = SharedMix.objects.values().get()
    assert set(row["mix"]) == set(judge.SLOTS)
    assert "ada" not in str(row).lower().replace(row["code"].lower(), "")


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"second": "gleam"}, "/mix/shampoo/warm-hearth/mend/gleam"),
        ({"second": ""}, "/mix/shampoo/?base=warm-hearth&main=mend"),
        (
            {"second": "unicorn"},
            "/mix/shampoo/?base=warm-hearth&main=mend&second=unicorn&size=250ml",
        ),
        ({"size": "9l"}, "/mix/shampoo/?base=warm-hearth&main=mend&second=quench&size=9l"),
    ],
)
def test_what_cannot_be_made_is_led_to_the_mixer_which_says_why(
    client: Client, fields: dict[str, str], address: str
) -> None:
    response = share(client, HEARTH, **fields)

    assert (response.status_code, response["Location"]) == (302, address)
    assert not SharedMix.objects.exists()
    assert not response.cookies
    said = client.get(address).content.decode()
    assert any(words in said for words in ("This one does not work", "Still to choose", "We do not offer"))


def test_a_recipe_that_is_not_on_sale_cannot_be_shared(client: Client) -> None:
    assert share(client, recipe="soap").status_code == 404
    assert not SharedMix.objects.exists()


def test_the_database_is_not_asked_for_what_no_recipe_is_called(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """PostgreSQL takes no NUL, so the question itself would be an error."""
    with django_assert_num_queries(0):
        assert share(client, recipe="sham\0poo").status_code == 404
    assert not SharedMix.objects.exists()


def test_too_many_are_refused_with_another_way_to_send_them(client: Client) -> None:
    share(client)
    session = client.session
    session[KEY] = [f"code-{number}" for number in range(MOST_SHARED)]
    session.save()

    response = share(client)

    assert response["Location"] == "/mix/shampoo/warm-hearth/mend/quench"
    assert "The link to this page can be sent as well." in client.get(response["Location"]).content.decode()
    assert SharedMix.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}])
def test_another_site_shares_nothing_in_her_name(headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/m/", {"recipe": "shampoo", **judge.named(HEARTH)}, headers=headers)

    assert response.status_code == 403
    assert not SharedMix.objects.exists()


def test_the_button_needs_no_cookie_from_before() -> None:
    assert share(Client(enforce_csrf_checks=True)).status_code == 302
    assert SharedMix.objects.count() == 1


def test_who_only_looks_at_the_address_of_the_button_is_led_to_what_can_be_mixed(client: Client) -> None:
    assert client.get("/m/")["Location"] == "/mix/"
    assert client.put("/m/", headers=OWN).status_code == 405


# Staff --------------------------------------------------------------------------------------------------------------


def take_back(client: Client, *rows: SharedMix) -> None:
    sent = {"action": "take_back", "_selected_action": [row.pk for row in rows]}
    client.post("/admin/configurator/sharedmix/", sent)


def test_staff_take_back_what_they_choose_and_it_is_written_down(client: Client) -> None:
    client.force_login(make_owner())
    one, two = make_shared(code="one"), make_shared(code="two")

    take_back(client, one)

    one.refresh_from_db()
    two.refresh_from_db()
    assert one.revoked_at is not None
    assert two.revoked_at is None
    assert client.get("/m/one").status_code == 410
    history = client.get(f"/admin/configurator/sharedmix/{one.pk}/history/").content.decode()
    assert "Taken back." in history


def test_staff_who_may_only_look_take_nothing_back(client: Client) -> None:
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_sharedmix"))
    client.force_login(viewer)
    row = make_shared()

    take_back(client, row)

    row.refresh_from_db()
    assert row.revoked_at is None
    assert client.get("/admin/configurator/sharedmix/").status_code == 200


def test_nobody_edits_a_shared_mix(client: Client) -> None:
    client.force_login(make_owner())
    row = make_shared()

    answer = client.post(f"/admin/configurator/sharedmix/{row.pk}/change/", {"size": "50ml"})

    row.refresh_from_db()
    assert (answer.status_code, row.size) == (403, "250ml")
