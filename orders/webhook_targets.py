"""Where webhooks may go, and sending one there: public addresses only, each resolved once and then connected to."""

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

PORTS = (443, 8443)
ATTEMPT_SECONDS = 5.0
MOST_BYTES = 64 * 1024
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", re.ASCII)

# Beside what `ipaddress` knows as not global; of IPv6 only what has been handed out for the internet is.
SPECIAL_V4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
INTERNET_V6 = ipaddress.IPv6Network("2000::/3")
SPECIAL_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2002::/16", "3fff::/20")))

Resolve = Callable[[str, int], list[str]]


class TargetRefusedError(ValueError):
    """An address that webhooks are not sent to; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts, as they are sent: no second reading of it can find another host in it."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the status, or None and what went wrong, and how long it took."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def read_target(url: str) -> Target:
    """The parts of an address that may be a target; raises TargetRefusedError.

    What a name leads to is looked at when something is sent there: it may change at any time.
    """
    if not re.fullmatch(r"[!-~]{1,500}", url) or "\\" in url:
        raise TargetRefusedError("An address is written in printable ASCII, without spaces or backslashes.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise TargetRefusedError("This is not an address.") from error
    local = settings.WEBHOOKS_TO_PRIVATE
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise TargetRefusedError("It has to begin with https://.")
    if "@" in parts.netloc or parts.fragment:
        raise TargetRefusedError("It must have no user, password or fragment.")
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    if port not in PORTS and not local:
        raise TargetRefusedError(f"The port has to be one of {', '.join(map(str, PORTS))}.")
    _check_host(host, local=local)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def _check_host(host: str, *, local: bool) -> None:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        is_number = re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", host.rpartition(".")[2])
        if NAME.fullmatch(host) is None or is_number or ("." not in host and not local):
            raise TargetRefusedError("It needs the full name of a host.") from None
    else:
        if not (local or is_public(found)):
            raise TargetRefusedError("It leads to an address that is not public.")


def is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether everyone on the internet reaches the same host there. What wraps an IPv4 address does not count."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id or ip not in INTERNET_V6 or any(ip in special for special in SPECIAL_V6):
            return False
    elif any(ip in special for special in SPECIAL_V4):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as the machine's resolver has them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_rest, address in found))


def send_to(url: str, *, body: bytes, headers: Mapping[str, str], resolve: Resolve = resolve) -> Answer:
    """POST `body` to `url`, within ATTEMPT_SECONDS in all; whatever goes wrong is in the answer.

    The name is resolved once, every address that it has must be public, and the first is what is connected to. No
    redirect is followed, no proxy of the environment is used, and of the answer MOST_BYTES at most are read.
    """
    began = time.monotonic()
    try:
        status, error = _post(read_target(url), body, headers, resolve, until=began + ATTEMPT_SECONDS), ""
    except TargetRefusedError as refused:
        status, error = None, str(refused)
    except (httpcore.TimeoutException, TimeoutError):
        status, error = None, f"No answer within {ATTEMPT_SECONDS:g} seconds."
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as failed:
        status, error = None, f"{type(failed).__name__}: {failed}"
    return Answer(status, error[:200], int((time.monotonic() - began) * 1000))


def _post(target: Target, body: bytes, headers: Mapping[str, str], resolve: Resolve, *, until: float) -> int:
    backend = _PinnedBackend(_choose(_resolve_in_time(resolve, target, until=until)), until=until)
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    sent = [
        ("Host", url_host(target)),
        ("Content-Type", "application/json"),
        ("User-Agent", "concoct-webhooks"),
        *headers.items(),
    ]
    with httpcore.ConnectionPool(network_backend=backend, http2=False, retries=0) as pool:  # noqa: SIM117
        with pool.stream("POST", url, headers=sent, content=body) as response:
            left = MOST_BYTES
            for chunk in response.iter_stream():
                left -= len(chunk)
                if left < 0:
                    break
            return int(response.status)


def url_host(target: Target) -> str:
    """The target's host as the Host header has it."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"


def _resolve_in_time(resolve: Resolve, target: Target, *, until: float) -> list[str]:
    """What `resolve` finds or raises; TimeoutError if it takes longer than `until`.

    The machine's resolver takes no limit. So it is asked in a thread, which is left to itself when the time is over:
    it ends when the resolver does, and no process waits for it.
    """
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            found.set_result(resolve(target.host, target.port))
        except (OSError, ValueError) as error:
            found.set_exception(error)

    threading.Thread(target=look_up, name="webhook-name", daemon=True).start()
    return found.result(timeout=_left(until))


def _choose(addresses: list[str]) -> str:
    if not settings.WEBHOOKS_TO_PRIVATE and not all(
        is_public(ipaddress.ip_address(each)) for each in addresses
    ):
        raise TargetRefusedError("It leads to an address that is not public.")
    if not addresses:
        raise TargetRefusedError("The name of the host leads nowhere.")
    return addresses[0]


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to one IP address whatever name is asked for, and lets nothing take longer than `until`."""

    def __init__(self, address: str, *, until: float) -> None:
        self.address, self.until = address, until
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self.inner.connect_tcp(self.address, port, timeout=_left(self.until))
        return _BoundedStream(stream, until=self.until)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise TargetRefusedError("It leads to no address on the internet.")


class _BoundedStream(httpcore.NetworkStream):
    """A stream of which each step ends at one and the same time: who answers byte by byte gains nothing."""

    def __init__(self, inner: httpcore.NetworkStream, *, until: float) -> None:
        self.inner, self.until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, timeout=_left(self.until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, timeout=_left(self.until))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self.inner.start_tls(ssl_context, server_hostname, timeout=_left(self.until))
        return _BoundedStream(inner, until=self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
