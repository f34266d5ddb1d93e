"""The shop of real processes that other tests are built on does what its methods say."""

import pytest
import redis

from tests.processes import open_shop


@pytest.mark.slow
def test_processes_can_be_killed_started_frozen_and_thawed() -> None:
    with open_shop("redis") as shop:
        client = redis.Redis.from_url(shop.environment["REDIS_URL"], socket_timeout=2)
        assert client.ping()

        shop.stop("redis")
        with pytest.raises(redis.TimeoutError):
            client.ping()
        shop.cont("redis")
        assert client.ping()

        shop.kill("redis")
        with pytest.raises(redis.ConnectionError):
            client.ping()
        shop.start("redis")
        assert client.ping()
        client.close()

    assert not shop.children["redis"].is_alive
    assert not shop.var_dir.exists()
