"""Webhooks over TLS: taken by who can prove to be the host that was meant, by no one else."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme
from django.conf import LazySettings

from orders.webhook_targets import Answer, send_to
from tests.orders.receiver import Receiver, receiver, reply

HOST = "hook.example"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _private_addresses(settings: LazySettings) -> None:
    settings.WEBHOOKS_TO_PRIVATE = True


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts, beside those that everybody does."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


@pytest.fixture
def hook(authority: trustme.CA) -> Iterator[Receiver]:
    """A receiver with a certificate for HOST, which is on this machine."""
    with receiver(tls=serve_with(authority.issue_cert(HOST))) as hook:
        yield hook


def serve_with(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def send(hook: Receiver, *, host: str = HOST) -> Answer:
    url = f"https://{host}:{hook.port}/hook"
    return send_to(
        url, body=b"{}", headers={"webhook-id": "msg_1"}, resolve=lambda _host, _port: ["127.0.0.1"]
    )


def test_who_proves_to_be_the_host_is_told(hook: Receiver) -> None:
    answer = send(hook)

    assert (answer.status, answer.error) == (204, "")
    [told] = hook.received
    assert (told.path, told.body) == ("/hook", b"{}")
    assert (told.headers["host"], told.headers["webhook-id"]) == (f"{HOST}:{hook.port}", "msg_1")


def test_who_has_the_certificate_of_another_host_is_told_nothing(hook: Receiver) -> None:
    answer = send(hook, host="other.example")

    assert answer.status is None
    assert "certificate is not valid for 'other.example'" in answer.error
    assert hook.received == []


def test_a_certificate_that_has_ended_is_not_believed(authority: trustme.CA) -> None:
    ended = authority.issue_cert(HOST, not_before=LONG_AGO, not_after=LONG_AGO.replace(year=2021))
    with receiver(tls=serve_with(ended)) as hook:
        answer = send(hook)

    assert answer.status is None
    assert "certificate has expired" in answer.error
    assert hook.received == []


@pytest.mark.usefixtures("authority")
def test_an_authority_that_nobody_knows_is_not_believed() -> None:
    with receiver(tls=serve_with(trustme.CA().issue_cert(HOST))) as hook:
        answer = send(hook)

    assert answer.status is None
    assert "certificate verify failed" in answer.error
    assert hook.received == []


@pytest.mark.usefixtures("authority")
def test_who_does_not_speak_tls_is_told_nothing() -> None:
    with receiver() as hook:
        answer = send(hook)

    assert answer.status is None
    assert answer.error
    assert hook.received == []


def test_it_is_not_led_to_another_place_by_a_redirect(hook: Receiver, authority: trustme.CA) -> None:
    with receiver(tls=serve_with(authority.issue_cert(HOST))) as elsewhere:

        def lead_on(handler: BaseHTTPRequestHandler) -> None:
            reply(handler, 307, Location=f"https://{HOST}:{elsewhere.port}/hook")

        hook.answer = lead_on
        answer = send(hook)

    assert answer.status == 307
    assert elsewhere.hits == 0
