"""The file between the two steps of an import: in the page itself, signed, so that nothing is left on the server."""

from typing import Any

from django.core import signing

SALT = "configurator.exchanging"


class _Text:
    """How text is written where Django writes JSON, which would make long files longer."""

    def dumps(self, text: str) -> bytes:
        return text.encode()

    def loads(self, data: bytes) -> str:
        return data.decode()


def keep_file(text: str, *, kind: str, user: Any) -> str:
    """A text for a hidden field; it is of use for this list and for who chose the file."""
    return signing.dumps(text, salt=_salt(kind, user), serializer=_Text, compress=True)


def kept_file(kept: str, *, kind: str, user: Any) -> str | None:
    """The file that `keep_file` was given; None for anything else."""
    try:
        return signing.loads(kept, salt=_salt(kind, user), serializer=_Text)  # type: ignore[no-any-return]
    except signing.BadSignature:
        return None


def _salt(kind: str, user: Any) -> str:
    return f"{SALT}.{kind}.{user.pk}"
