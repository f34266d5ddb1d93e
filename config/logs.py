"""How log lines look: LOG_FORMAT=line for people, json for programs; in both without personal data."""

import logging
from datetime import UTC, datetime

from structlog.contextvars import merge_contextvars
from structlog.processors import JSONRenderer, StackInfoRenderer, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from orders.masking import mask

FORMATS = ("line", "json")
REQUEST = ("method", "path", "status", "milliseconds")  # what the line about a request has beside its words
SAID = ("request_id", "entry", "topic", "order", "plan")  # what a line for people says at its end
LONG = ("exception", "stack")


def make_formatter(log_format: str) -> logging.Formatter:
    """The formatter for lines of the standard library's loggers and of structlog's alike."""
    render: Processor = JSONRenderer(ensure_ascii=False) if log_format == "json" else render_line
    return ProcessorFormatter(
        processors=[
            merge_contextvars,
            add_origin,
            ExtraAdder(allow=REQUEST),
            StackInfoRenderer(),
            format_exc_info,  # without the values of variables
            ProcessorFormatter.remove_processors_meta,
            mask_texts,
            render,
        ]
    )


def add_origin(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """When, how bad and by whom. The level is in capitals, by which `make run` knows an error in either format."""
    record: logging.LogRecord = line["_record"]
    at = datetime.fromtimestamp(record.created, tz=UTC)
    return {
        "timestamp": at.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        **line,
    }


def mask_texts(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    return {name: mask(value) if isinstance(value, str) else value for name, value in line.items()}


def render_line(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    """Time, level, logger and words in one line, with what they are about; a traceback below it."""
    at = datetime.fromisoformat(line["timestamp"]).astimezone()
    words = str(line["event"]).replace("\r", "\\r").replace("\n", "\\n")  # nobody forges a line of ours
    about = " ".join(f"{name}={line[name]}" for name in SAID if name in line)
    first = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} {line['level']} {line['logger']}: {words}"
    below = [line[name] for name in LONG if line.get(name)]
    return "\n".join([f"{first} [{about}]" if about else first, *below])
