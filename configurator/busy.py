"""A database that does not answer: which errors mean it, and when to come back."""

from django.db import InterfaceError, OperationalError

NO_DATABASE = (OperationalError, InterfaceError)  # it is away, it has hung up, or others hold what was wanted
BUSY_SECONDS = 2
