"""Logs: one line an event, structured, on stderr, without what people typed.

Everything goes through the standard library's loggers; structlog writes the lines, so
that those of gunicorn, huey and Alembic come out in the same form as ours.
"""

import logging
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor

FORMATS = ("json", "text")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# At INFO they tell of every job and step; at DEBUG some quote what passes through.
_TALKATIVE = ("alembic", "huey", "urllib3", "asyncio")


def configure_logging(level: str, shape: str, *, stream: TextIO | None = None) -> None:
    """Send all logs to `stream` (stderr), from `level` on, as ``json`` or ``text``."""
    handler = logging.StreamHandler(stream or sys.stderr)
    in_colour = handler.stream.isatty()
    handler.setFormatter(make_formatter(shape, in_colour=in_colour))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log what ends a process in the same form: Python's would quote its words."""
    if not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("lms").critical("ended by a fault", exc_info=error)


def make_formatter(shape: str, *, in_colour: bool = False) -> logging.Formatter:
    """Return what turns a record of any logger into one line.

    In the text shape a fault has a line more for each of its classes and frames.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _keep_frames_only,
    ]
    last: tuple[Processor, ...] = (
        (structlog.processors.JSONRenderer(ensure_ascii=False),)
        if shape == "json"
        else (_write_exception, structlog.dev.ConsoleRenderer(colors=in_colour))
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )


def _keep_frames_only(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its classes and frames.

    The text of an exception may quote what somebody typed, and a database's may quote
    a whole row; where it happened is enough to find the fault.
    """
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = [_describe(part) for part in _chain(error)]
    return event


def _write_exception(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Write classes and frames as text, which is all that ConsoleRenderer takes."""
    if parts := event.get("exception"):
        event["exception"] = "\nafter\n".join(
            "\n  ".join((part["type"], *part["frames"])) for part in parts
        )
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    part: BaseException | None = error
    while part is not None:
        yield part
        part = part.__cause__ or part.__context__


def _describe(error: BaseException) -> dict[str, Any]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"type": type(error).__qualname__, "frames": frames}
