"""Problems of a draft in the reader's language: the package that finds them knows none."""

from django.utils.translation import gettext

from configurator.mixing.validation import KINDS, Problem


def where_in_words(problem: Problem) -> str:
    """Where it is, such as `component mend`; names stay as staff wrote them."""
    kind, space, name = problem.where.partition(" ")
    return f"{gettext(kind) if kind in KINDS else kind}{space}{name}"


def in_words(problem: Problem) -> str:
    """What is wrong there."""
    says = gettext(problem.says)
    return says % dict(problem.values) if problem.values else says
