"""Where mails go: to the server that EMAIL_URL names, else into files that any mail program opens."""

import logging
import os
import re
import secrets
from collections.abc import Sequence
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class FileBackend(BaseEmailBackend):
    """Writes each mail to a file of its own in EMAIL_FILE_PATH.

    The file is named by the mail's date and Message-ID, and it appears whole or not at all: a mail that is sent again
    is the same file. Folder and files are for the shop's own account only, since they hold addresses.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.EMAIL_FILE_PATH
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            content = mail.message()
            file = folder / _file_name(content)
            _write_whole(file, content.as_bytes(linesep="\r\n"))
            logger.log(
                logging.WARNING if settings.HTTPS else logging.INFO,
                "mail “%s” is not sent but written to %s",
                mail.subject,
                file,
            )
        return len(email_messages)


def _file_name(content: Message) -> str:
    at = parsedate_to_datetime(content["Date"]).astimezone(UTC)
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", content["Message-ID"].strip(" <>").rpartition("@")[0])
    return f"{at:%Y%m%dT%H%M%SZ}-{name[:100]}.eml"


def _write_whole(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{secrets.token_hex(8)}")
    try:
        draft.touch(mode=0o600)
        with draft.open("wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def check_mails(**_kwargs: Any) -> list[CheckMessage]:
    """A system check: a shop that is reached over https has shoppers, who wait for its mails."""
    if settings.MAILS_ARE_SENT or not settings.HTTPS:
        return []
    return [
        Info(
            f"Mails reach nobody: they are written to {settings.EMAIL_FILE_PATH}.",
            hint="Set EMAIL_URL, for example to smtp+tls://user:password@host:587.",
            id="concoct.I001",
        )
    ]
