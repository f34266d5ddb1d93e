"""The shop of real processes that other tests are built on does what its methods say."""

import urllib.request
from urllib.error import URLError

import pytest
import redis

from tests.processes import Shop, open_shop


def ask(shop: Shop) -> int:
    with urllib.request.urlopen(f"{shop.url}/", timeout=1) as response:
        status: int = response.status
        return status


@pytest.mark.slow
def test_processes_can_be_killed_started_frozen_and_thawed() -> None:
    with open_shop("redis", "web", env={"WEB_WORKERS": "1", "SHOP_NAME": "Under Test"}) as shop:
        assert ask(shop) == 200
        assert "Under Test" in shop.manage(
            "shell", "--no-imports", "-c", "from django.conf import settings as s; print(s.SHOP_NAME)"
        )
        with redis.Redis.from_url(shop.environment["REDIS_URL"]) as client:
            assert client.ping()

        shop.stop("web")
        with pytest.raises(TimeoutError):
            ask(shop)
        shop.cont("web")
        assert ask(shop) == 200

        shop.kill("web")
        with pytest.raises(URLError, match="refused"):
            ask(shop)
        shop.start("web")
        assert ask(shop) == 200

    assert not shop.var_dir.exists()
    with pytest.raises(URLError, match="refused"):
        ask(shop)
