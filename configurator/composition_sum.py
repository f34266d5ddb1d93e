"""A composition is either empty or adds up to 100 %."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

WHOLE = Decimal(100)


def sum_problem(shares: Iterable[Decimal]) -> str | None:
    """What is wrong with the sum of these shares (% w/w), in words; None where nothing is."""
    shares = list(shares)
    total = sum(shares, Decimal(0))
    if not shares or total == WHOLE:
        return None
    said = {"sum": f"{total:f}", "missing": f"{WHOLE - total:+f}"}
    return (
        _("The composition adds up to %(sum)s %%. Change a share by %(missing)s %% to make it 100 %%.") % said
    )
