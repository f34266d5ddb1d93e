"""People who work in the admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.configurator.drafts import make_owner


@pytest.fixture
def owner(db: None) -> User:
    return make_owner()


@pytest.fixture
def owners_browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def formulator(db: None) -> User:
    """May edit everything that can be mixed, but not publish."""
    user = User.objects.create_user("frieda", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="configurator").exclude(codename="publish_recipe")
    )
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Staff without any permission."""
    return User.objects.create_user("stan", is_staff=True)
