"""Reads EMAIL_URL: which mail server the shop's mails go to."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}  # in the clear, STARTTLS, TLS from the first byte
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    starttls: bool
    tls: bool


def read_mail_url(url: str) -> MailServer:
    """The server that `smtp+tls://user:password@host:587` names; user, password and port may be left out.

    Raises ImproperlyConfigured, without a word of the address, for other schemes, for nonsense, and for a password that
    would cross the network in the clear.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(
            "EMAIL_URL must look like smtp+tls://user:password@host:587; the schemes are smtp, smtp+tls and smtps, "
            "and odd letters in a password are written like %40."
        )
    if parts.password and parts.scheme == "smtp" and parts.hostname not in OWN_HOSTS:
        raise ImproperlyConfigured(
            "EMAIL_URL would send its password in the clear: use smtp+tls:// or smtps://."
        )
    return MailServer(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        tls=parts.scheme == "smtps",
    )
