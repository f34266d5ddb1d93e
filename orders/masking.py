"""Taking out of a text for logs what is about a person, or opens her pages."""

import re

ADDRESS = re.compile(r"[\w.!#$%&*+/=?^`|~-]+@[\w-]+(?:\.[\w-]+)+")
OPENING = re.compile(r"(/order/|/payments/process/)[^/?\s\"'<>]+")  # who knows the token sees the order
ROW = re.compile(r"DETAIL:  .*?(?=\n\n|\nTraceback|\n[A-Z]+:  |\Z)", re.DOTALL)


def mask(text: str) -> str:
    """The text without e-mail addresses, tokens of orders and payments, and the rows that PostgreSQL cites."""
    text = ROW.sub("DETAIL:  <left out>", text)
    return ADDRESS.sub("<e-mail>", OPENING.sub(r"\1<token>", text))
