"""Log lines carry ids, never what people wrote.

An exception's text can quote the value that broke it, and a query string can hold a name, so
neither reaches a handler: the type of the exception, where it was raised, and the path remain.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.utils.log import ServerFormatter


class IdsOnly(logging.Filter):
    """Strips query strings and request objects from records."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.args and isinstance(record.args, tuple):
            record.args = tuple(_without_query(arg) for arg in record.args)
        record.msg = _without_query(record.msg)
        return True


class LineFormatter(ServerFormatter):
    """One line a record; of an exception, its type and the frames, without any message or local."""

    default_format = "%(asctime)s %(levelname)s %(name)s %(message)s"

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(fmt=self.default_format)

    def format(self, record: logging.LogRecord) -> str:
        return logging.Formatter.format(self, record)

    def formatException(self, ei: Any) -> str:
        kind, _error, trace = ei
        frames = "".join(
            f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in traceback.extract_tb(trace)
        )
        return f"{kind.__module__}.{kind.__qualname__}\n{frames}".rstrip()


def _without_query(value: object) -> object:
    if isinstance(value, str) and "?" in value:
        head, _, tail = value.partition("?")
        protocol = tail.rpartition(" ")[2] if " HTTP/" in tail else ""
        return f"{head} {protocol}".rstrip()
    return value
