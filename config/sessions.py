"""Sessions in the database, each saved by one statement.

A database that is away is told as such, not as a session that somebody ended meanwhile.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.db import DatabaseError, IntegrityError
from django.utils.crypto import get_random_string

from configurator.busy import NO_DATABASE

KEY_LENGTH = 32


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 Django's
        """Django opens a transaction for its one statement, and takes every error of it for a row that is gone.

        Raises UpdateError, which is a 400 for her, for a session that is gone, and CreateError for a key in use.
        """
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        try:
            row.save(force_insert=must_create, force_update=not must_create)
        except NO_DATABASE:
            raise
        except IntegrityError as error:
            raise CreateError from error
        except DatabaseError as error:
            raise UpdateError from error

    def _get_new_session_key(self) -> str:
        """Nobody has it: it is of 165 random bits, and the row could not be made. Django asks for it first."""
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
