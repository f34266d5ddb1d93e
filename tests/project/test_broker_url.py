"""Celery takes the same Redis as the rest of the shop, and over TLS trusts no other."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from django.conf import LazySettings
from kombu import Connection

from config.broker_url import make_broker_url
from orders import sending
from tests.orders.receiver import Receiver, receiver
from tests.processes import make_settings, run_python

PRINT_TLS = (
    "from config.celery import app; from django.conf import settings; from redis import Redis;"
    "print(app.connection_for_read().ssl, app.connection_for_write().ssl);"
    "print(Redis.from_url(settings.REDIS_URL).connection_pool.connection_kwargs['ssl_ca_certs'])"
)


@pytest.mark.parametrize(
    ("redis_url", "expected"),
    [
        ("redis://:p%40w@redis.internal:6379/0", "redis://:p%40w@redis.internal:6379/0"),
        ("unix:///var/lib/concoct/redis.sock", "redis+socket:///var/lib/concoct/redis.sock"),
        ("rediss://:pw@redis.internal/0", "rediss://:pw@redis.internal/0?ssl_cert_reqs=required"),
        ("rediss://r/0?ssl_ca_certs=/ca.pem", "rediss://r/0?ssl_ca_certs=/ca.pem&ssl_cert_reqs=required"),
        ("rediss://r/0?ssl_cert_reqs=none", "rediss://r/0?ssl_cert_reqs=none"),
    ],
)
def test_an_address_for_celery_asks_for_a_certificate_unless_it_says_otherwise(
    redis_url: str, expected: str
) -> None:
    assert make_broker_url(redis_url) == expected


@pytest.mark.parametrize(
    ("query", "reqs"),
    [
        ("?ssl_ca_certs=/ca.pem", ssl.CERT_REQUIRED),
        ("", ssl.CERT_REQUIRED),
        ("?ssl_cert_reqs=none", ssl.CERT_NONE),
    ],
)
def test_celery_reads_it_as_it_is_meant(query: str, reqs: ssl.VerifyMode) -> None:
    with Connection(make_broker_url(f"rediss://redis.internal/0{query}")) as connection:
        given = connection.ssl
        assert isinstance(given, dict)
        assert given["ssl_cert_reqs"] == reqs
        assert given.get("ssl_ca_certs") == ("/ca.pem" if "ca_certs" in query else None)


def test_workers_and_counters_take_an_authority_of_ones_own_from_the_address(tmp_path: Path) -> None:
    address = {"REDIS_URL": "rediss://:pw@redis.internal:6379/0?ssl_ca_certs=/ca.pem"}

    worker, counters = run_python(
        "-c", PRINT_TLS, environment=make_settings(tmp_path, port=8000, extra=address)
    ).splitlines()

    assert worker.count("'ssl_ca_certs': '/ca.pem'") == worker.count("CERT_REQUIRED") == 2
    assert counters == "/ca.pem"


@pytest.fixture
def stranger() -> Iterator[Receiver]:
    """Somebody with a certificate of an authority that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    sending._connection.cache_clear()
    with receiver(tls=context) as stranger:
        yield stranger
    sending._connection.cache_clear()


def test_a_stranger_in_place_of_redis_is_told_nothing(
    stranger: Receiver, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CELERY_BROKER_URL = make_broker_url(f"rediss://:secret@127.0.0.1:{stranger.port}/0")

    assert sending.send(41) is False

    assert stranger.hits >= 1
    assert "certificate verify failed" in caplog.text


def test_a_database_over_tls_keeps_its_pool_and_its_time_limits(tmp_path: Path) -> None:
    address = "postgres://concoct:p%40w@db.internal:5432/concoct?sslmode=verify-full&sslrootcert=/ca.pem"
    script = (
        "from django.db import connection as c; given = c.get_connection_params();"
        "print(given['password'], given['sslmode'], given['sslrootcert'], 'lock_timeout' in given['options'],"
        "c.settings_dict['OPTIONS']['pool']['max_size'])"
    )

    said = run_python(
        "-c",
        f"import django; django.setup(); {script}",
        environment=make_settings(tmp_path, port=8000, extra={"DATABASE_URL": address}),
    )

    assert said.split() == ["p@w", "verify-full", "/ca.pem", "True", "4"]
