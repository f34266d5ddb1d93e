"""Nobody opens a shop to the world by mistake that gives its goods away."""

import pytest
from django.conf import LazySettings
from django.core.checks import WARNING, run_checks

from config.payment import check_payment


def test_a_shop_over_https_in_which_nobody_pays_fails_the_deploy_check(settings: LazySettings) -> None:
    settings.HTTPS, settings.STRIPE_API_KEY = True, ""

    [said] = [each for each in run_checks(include_deployment_checks=True) if each.id == "concoct.W001"]

    assert said.is_serious(WARNING), "`check --deploy --fail-level WARNING` does not pass"
    assert "STRIPE_API_KEY" in str(said.hint)
    assert [each for each in run_checks() if each.id == "concoct.W001"] == [], "a trial can be run"


@pytest.mark.parametrize(("address", "key"), [("http", ""), ("http", "sk_test_0"), ("https", "sk_test_0")])
def test_where_payment_is_real_or_the_shop_is_at_home_the_check_is_silent(
    settings: LazySettings, address: str, key: str
) -> None:
    settings.HTTPS, settings.STRIPE_API_KEY = address == "https", key

    assert check_payment() == []
