"""What staff do is noted in rows that nobody changes: not through a model, not in SQL, not in the admin."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from configurator.models import RecipeVersion
from configurator.publishing import publish_recipe
from staff.audit import Kind, record
from staff.models import AppendOnlyError, AuditEntry
from tests.configurator.drafts import make_rule, shampoo
from tests.orders.make import make_order
from tests.staff.people import make_member, sign_in_as

pytestmark = pytest.mark.django_db

AUDIT = "/admin/staff/auditentry/"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_auditentry SET who = 'nobody'",
        "DELETE FROM staff_auditentry",
        (
            "INSERT INTO staff_auditentry SELECT * FROM staff_auditentry WHERE true"
            " ON CONFLICT (id) DO UPDATE SET who = 'nobody'"
        ),
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(statement: str) -> None:
    entry = record(Kind.EXPORTED, who="olive", about="components")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    entry.refresh_from_db()
    assert entry.who == "olive"
    assert AuditEntry.objects.count() == 1


def test_the_model_refuses_as_well() -> None:
    entry = record(Kind.EXPORTED, who="olive")

    with pytest.raises(AppendOnlyError):
        entry.save()
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.count() == 1


def test_the_owner_reads_it_and_cannot_write_it() -> None:
    owner = sign_in_as("Owner")
    entry = record(Kind.EXPORTED, who="olive", about="components")

    assert "olive" in owner.get(AUDIT).content.decode()
    page = owner.get(f"{AUDIT}{entry.pk}/change/").content.decode()
    assert "olive" in page
    assert 'name="who"' not in page
    for path in ("add/", f"{entry.pk}/delete/"):
        assert owner.post(f"{AUDIT}{path}", {"post": "yes"}).status_code == 403
    owner.post(AUDIT, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})

    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_sign_ins_good_and_failed_are_noted_with_where_from(client: Client) -> None:
    user = make_member("Care")
    user.set_password("a password for tests")
    user.save()
    for password in ("a guess", "a password for tests"):
        client.post("/admin/login/", {"username": "care", "password": password}, REMOTE_ADDR="192.0.2.7")
    client.post("/admin/logout/")

    found = AuditEntry.objects.order_by("id").values_list("kind", "who", "network")
    assert list(found) == [
        ("sign_in_failed", "care", "192.0.2.7"),
        ("signed_in", "care", "192.0.2.7"),
        ("signed_out", "care", "127.0.0.1"),
    ]


def test_a_change_of_roles_is_noted_with_before_and_after() -> None:
    owner, care = sign_in_as("Owner"), make_member("Care")
    path = f"/admin/auth/user/{care.pk}/change/"
    form = {"username": "care", "is_active": "on", "is_staff": "on", "last_name": "Byron"}

    answer = owner.post(path, {**form, "groups": [Group.objects.get(name="Formulator").pk]})

    assert answer.status_code == 302
    assert [group.name for group in care.groups.all()] == ["Formulator"]
    roles, person = AuditEntry.objects.filter(about="care").order_by("id")
    assert (roles.kind, roles.who, roles.note) == ("roles_changed", "owner", "Care > Formulator")
    assert (person.kind, person.note) == ("person_changed", "last_name")


def test_an_owner_makes_nobody_a_superuser_and_changes_none() -> None:
    owner, care = sign_in_as("Owner"), make_member("Care")
    chief = User.objects.create_superuser("chief", password="kept")
    form = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "user_permissions": ["1"]}

    owner.post(f"/admin/auth/user/{care.pk}/change/", {"username": "care", **form})
    refused = owner.post(f"/admin/auth/user/{chief.pk}/change/", {"username": "chief", **form})
    password = {"password1": "another one 9", "password2": "another one 9", "usable_password": "true"}
    refused_password = owner.post(f"/admin/auth/user/{chief.pk}/password/", password)

    care.refresh_from_db()
    chief.refresh_from_db()
    assert not care.is_superuser
    assert not care.user_permissions.exists()
    assert (refused.status_code, refused_password.status_code) == (403, 403)
    assert chief.check_password("kept")


def test_an_owner_gives_nobody_a_group_beside_the_roles_and_takes_none_away_by_the_way() -> None:
    owner, care = sign_in_as("Owner"), make_member("Care")
    mighty = Group.objects.create(name="Mighty")
    mighty.permissions.set(Permission.objects.filter(codename="change_group"))
    form = {"is_active": "on", "is_staff": "on"}
    herself, has_it = User.objects.get(username="owner"), make_member("Formulator")
    has_it.groups.add(mighty)

    for member in (herself, care):
        path, groups = f"/admin/auth/user/{member.pk}/change/", [*member.groups.all(), mighty]
        assert "Mighty" not in owner.get(path).content.decode()
        sent = {"username": member.username, **form, "groups": [group.pk for group in groups]}
        assert owner.post(path, sent).status_code == 200
        assert mighty not in member.groups.all()
    path = f"/admin/auth/user/{has_it.pk}/change/"
    kept = [group.pk for group in has_it.groups.all()]
    answer = owner.post(path, {"username": "formulator", **form, "last_name": "Byron", "groups": kept})

    assert answer.status_code == 302
    assert {group.name for group in has_it.groups.all()} == {"Formulator", "Mighty"}


def test_a_superuser_gives_any_group(admin_client: Client) -> None:
    care, mighty = make_member("Care"), Group.objects.create(name="Mighty")
    sent = {"username": "care", "is_active": "on", "is_staff": "on", "groups": [mighty.pk]}

    answer = admin_client.post(f"/admin/auth/user/{care.pk}/change/", sent)

    assert answer.status_code == 302
    assert [group.name for group in care.groups.all()] == ["Mighty"]


def test_no_page_shows_the_key_of_an_app() -> None:
    owner = sign_in_as("Owner")

    assert owner.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert owner.get("/admin/otp_static/staticdevice/").status_code == 404


def test_a_publish_is_noted(catalogue: RecipeVersion) -> None:
    make_rule("new-law", left=["lift"], right=["coil"])

    version = publish_recipe(shampoo(), by=make_member("Owner"), note="They curdle", now=timezone.now())

    entry = AuditEntry.objects.get(who="owner")
    assert (entry.kind, entry.about, entry.note) == ("published", str(version), "They curdle")


def test_who_looks_at_a_customer_is_noted(catalogue: RecipeVersion) -> None:
    order, care = make_order(paid=True), sign_in_as("Care")

    care.get(f"/admin/orders/order/{order.pk}/change/")
    care.get("/admin/orders/order/", {"q": "ada"})
    sign_in_as("Mixologist").get(f"/admin/orders/order/{order.pk}/change/")

    looked = AuditEntry.objects.filter(kind="looked").order_by("id")
    assert [(entry.who, entry.about, entry.note) for entry in looked] == [
        ("care", order.number, ""),
        ("care", "orders_order_changelist", "q=ada"),
    ]
