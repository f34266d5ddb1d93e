"""One member of the staff for each role, signed in."""

from django.contrib.auth.models import Group, User
from django.test import Client


def make_member(role: str) -> User:
    """Somebody of this role and no other, whose name is that of the role in small letters."""
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def sign_in_as(role: str) -> Client:
    client = Client()
    client.force_login(make_member(role))
    return client
