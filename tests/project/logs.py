"""Reading in a test what the shop logs, in the form in which it would stand in its log."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from config.logs import make_formatter


@contextmanager
def read_logs(log_format: str = "line", *, level: int = logging.INFO) -> Iterator[io.StringIO]:
    """All that is logged meanwhile, by whatever logger."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(make_formatter(log_format))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield kept
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
