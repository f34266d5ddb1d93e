"""The address of Redis as Celery wants it."""

from urllib.parse import parse_qs, urlsplit

CERTIFICATE = "ssl_cert_reqs"


def make_broker_url(redis_url: str) -> str:
    """What to give Celery for an address that redis-py takes.

    A socket has another scheme there. With `rediss://` redis-py asks for a good certificate unless the address says
    otherwise; Celery asks for none, and would tell whoever answers the password, so it is told to ask.
    """
    url = redis_url.replace("unix://", "redis+socket://", 1)
    parts = urlsplit(url)
    if parts.scheme != "rediss" or CERTIFICATE in parse_qs(parts.query):
        return url
    return f"{url}{'&' if parts.query else '?'}{CERTIFICATE}=required"
