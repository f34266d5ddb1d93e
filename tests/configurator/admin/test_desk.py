"""The desk of a recipe: what it shows, and rules that are tried there, then saved."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from configurator.models import Component, Recipe, Rule
from tests.configurator.drafts import make_bicycle, make_rule, publish, shampoo
from tests.pages.html import words_of

pytestmark = pytest.mark.django_db
