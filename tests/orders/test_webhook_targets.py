"""Where webhooks go: never inside, never elsewhere than was looked at, never for longer or more than is allowed."""

import ssl
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpcore
import pytest
from django.conf import LazySettings

from orders import webhook_targets
from orders.webhook_targets import TargetRefusedError, read_target, send_to
from tests.orders.receiver import Receiver, receiver, reply

PUBLIC = "93.184.215.14"
SLOW_SECONDS = 40.0

INTERNAL = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1",  # noqa: S104
    "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::",
    "2001:0:7f00:1::",
]  # fmt: skip


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server inside, on a port that is allowed: only the look at the address keeps webhooks from it."""
    with receiver() as inside:
        monkeypatch.setattr(webhook_targets, "PORTS", (443, 8443, inside.port))
        yield inside


@pytest.fixture
def local(settings: LazySettings) -> Iterator[Receiver]:
    """A server on this machine that webhooks may go to."""
    settings.WEBHOOKS_TO_PRIVATE = True
    with receiver() as local:
        yield local


def send(url: str, **more: Any) -> webhook_targets.Answer:
    return send_to(url, body=b"{}", headers={"webhook-id": "msg_1"}, **more)


# Nothing inside is reached -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", INTERNAL)
def test_a_name_that_leads_inside_is_not_followed(inside: Receiver, address: str) -> None:
    answer = send(f"https://hook.example:{inside.port}/", resolve=lambda host, port: [address])

    assert (answer.status, answer.error) == (None, "It leads to an address that is not public.")
    assert inside.hits == 0


def test_one_address_inside_among_public_ones_is_enough_to_refuse(inside: Receiver) -> None:
    for addresses in ([PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC]):
        answer = send(
            f"https://hook.example:{inside.port}/", resolve=lambda host, port, found=addresses: found
        )
        assert answer.error == "It leads to an address that is not public."

    assert inside.hits == 0


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "0x7F.0x0.0x0.0x1",
        "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]",
        "[fe80::1%25lo]", "127.0.0.1.", "localhost.", "user@127.0.0.1", "user:pw@hook.example",
        "hook.example@127.0.0.1",
        "127.0.0.1\\@hook.example", "127.0.0.1%2f@hook.example", "hook.example#@127.0.0.1", "127。0。0。1", "①②⑦.0.0.1",
        "", ".", "-hook.example", "hook_example", "hook", "hook.example:0", "hook.example:70000", "hook.example:x",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_host_leads_inside(inside: Receiver, host: str) -> None:
    url = f"https://{host}" if host.startswith("hook.example:") else f"https://{host}:{inside.port}/"

    with pytest.raises(TargetRefusedError):
        read_target(url)
    answer = send(url)

    assert answer.status is None
    assert inside.hits == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/", "ftp://hook.example/", "file:///etc/passwd", "gopher://hook.example/",
        "//hook.example/",
        "hook.example", "", "https://hook.example:22/", "https://hook.example:80/", "https://hook.example:6379/",
        "https://hook.example/ x", "https://hook.example/\r\nX: 1", "https://hook.example/#part",
        "https://hook.ex\tample/",
        "https://hook.example/" + "x" * 500, "unix:///tmp/redis.sock", "https://[::1", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_only_https_on_usual_ports_is_a_target(url: str) -> None:
    with pytest.raises(TargetRefusedError):
        read_target(url)

    assert send(url, resolve=lambda host, port: [PUBLIC]).status is None


def test_a_name_that_changes_where_it_leads_is_looked_up_once_and_connected_to_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up, connected = [], []
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return next(answers)

    def connect(self: Any, host: str, port: int, **_more: Any) -> Any:
        connected.append((host, port))
        raise httpcore.ConnectError("nobody there")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)

    answer = send("https://hook.example/x", resolve=resolve)

    assert (looked_up, connected) == ([("hook.example", 443)], [(PUBLIC, 443)])
    assert answer.status is None


def test_the_certificate_must_be_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Stream(httpcore.NetworkStream):
        def start_tls(
            self,
            ssl_context: ssl.SSLContext,
            server_hostname: str | None = None,
            timeout: float | None = None,
        ) -> httpcore.NetworkStream:
            asked.append((server_hostname, ssl_context.verify_mode, ssl_context.check_hostname))
            raise httpcore.ConnectError("wrong certificate")

        def close(self) -> None:
            pass

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda self, *_where, **_more: Stream())

    answer = send("https://hook.example/", resolve=lambda host, port: [PUBLIC])

    assert asked == [("hook.example", ssl.CERT_REQUIRED, True)]
    assert answer.error == "ConnectError: wrong certificate"


def test_a_redirect_is_not_followed(local: Receiver) -> None:
    with receiver() as elsewhere:
        local.answer = lambda handler: reply(handler, 307, Location=elsewhere.url)

        answer = send(local.url)

    assert (answer.status, answer.is_taken, elsewhere.hits) == (307, False, 0)


def test_no_proxy_of_the_environment_is_used(local: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        answer = send(local.url)

    assert (answer.status, local.hits, proxy.hits) == (204, 1, 0)


# What may be reached is spoken to as is due ------------------------------------------------------------------------


def test_what_is_sent_arrives_with_its_headers_and_its_path(local: Receiver) -> None:
    answer = send_to(f"{local.url}?a=b", body=b'{"x": 1}', headers={"webhook-id": "msg_1"})

    [request] = local.received
    assert (answer.status, answer.is_taken, answer.error) == (204, True, "")
    assert (request.path, request.body) == ("/hook?a=b", b'{"x": 1}')
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{local.port}"


def test_the_name_is_in_the_host_header_though_the_address_is_connected_to(local: Receiver) -> None:
    send(f"http://hook.example:{local.port}/", resolve=lambda host, port: ["127.0.0.1"])

    assert local.received[0].headers["host"] == f"hook.example:{local.port}"


def test_only_2xx_is_taken(local: Receiver) -> None:
    taken = []
    for status in (200, 299, 300, 404, 500):
        local.answer = partial(reply, status=status)
        answer = send(local.url)
        taken.append((answer.status, answer.is_taken))

    assert taken == [(200, True), (299, True), (300, False), (404, False), (500, False)]


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(SLOW_SECONDS)
    handler.rfile.read(1)  # until the other side hangs up


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(int(SLOW_SECONDS / 0.05)):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200)
    for _ in range(int(SLOW_SECONDS / 0.05)):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [say_nothing, drip_headers, drip_body])
def test_who_answers_slowly_is_left_in_time(
    local: Receiver, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_targets, "ATTEMPT_SECONDS", 0.5)
    local.answer = answer

    began = time.monotonic()
    said = send(local.url)

    assert (said.status, said.error) == (None, "No answer within 0.5 seconds.")
    assert time.monotonic() - began < SLOW_SECONDS / 2  # before it has said all


def test_a_name_that_is_looked_up_slowly_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_targets, "ATTEMPT_SECONDS", 0.2)
    is_over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        is_over.wait(SLOW_SECONDS)
        return [PUBLIC]

    began = time.monotonic()
    said = send("https://hook.example/", resolve=resolve)
    took = time.monotonic() - began
    is_over.set()

    assert (said.status, said.error) == (None, "No answer within 0.2 seconds.")
    assert took < SLOW_SECONDS / 2


def test_of_a_long_answer_little_is_read(local: Receiver) -> None:
    sent = 0

    def gush(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        reply(handler, 200)
        for _ in range(1000):
            handler.wfile.write(b"x" * 100_000)
            sent += 100_000

    local.answer = gush

    assert send(local.url).status == 200
    assert sent < 20_000_000


def test_a_name_that_leads_nowhere_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    assert send("https://hook.example/", resolve=fail).error == "OSError: Name or service not known"
    assert send("https://hook.example/", resolve=lambda host, port: []).status is None
