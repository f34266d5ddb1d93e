"""A check of a page that fails says why, as a test does."""

import pytest

pytest.register_assert_rewrite("tests.pages.checks")
