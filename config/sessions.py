"""Sessions in the database; one that is away is told as such, not as a session that somebody ended meanwhile."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from configurator.busy import NO_DATABASE


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 Django's
        """Django takes every error of the database for a row that is gone, which is a 400 for her."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, NO_DATABASE):
                raise error.__context__ from None
            raise
