"""The text of a cell that no spreadsheet runs as a formula, and back."""

WIDE = tuple("\uff1d\uff0b\uff0d\uff20")  # = + - @ as East Asian keyboards write them
STARTS_A_FORMULA = ("=", "+", "-", "@", "|", "\t", "\r", "\n", *WIDE)
MARK = "'"  # what spreadsheets themselves put before a text that would be a formula


def escape_cell(text: str) -> str:
    """Put a mark before what would be run, and before what begins with such a mark already."""
    return MARK + text if _needs_mark(text) else text


def unescape_cell(text: str) -> str:
    """What `escape_cell` was given; what a person wrote without marks stays as it is."""
    return text[1:] if text.startswith(MARK) and _needs_mark(text[1:]) else text


def _needs_mark(text: str) -> bool:
    """Some programs pass over white space before a formula."""
    return text.startswith((*STARTS_A_FORMULA, MARK)) or text.lstrip().startswith(STARTS_A_FORMULA)
