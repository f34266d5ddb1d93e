"""The secret in the address of an order's pages: whoever has it sees the order, and nobody guesses it."""

import secrets

TOKEN_BYTES = 24  # 192 bits


def new_token() -> str:
    """A fresh one, of letters that an address takes as they are."""
    return secrets.token_urlsafe(TOKEN_BYTES)
