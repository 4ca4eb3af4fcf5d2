"""What becomes of an unexpected error: its type and the way it took remain, no value of it does.

A local variable of a frame may hold an opened value, and so may the text of an exception or what a form
posted. So frames are emptied before anything looks at them (also a reporting service that hooks itself into
Django), log records carry the type in place of the exception, and Django's own report, on the page of a
developer or in a mail, shows types in place of values.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from audit.broken import alarm
from config.error_report import SPEAKS
from config.logs import LineFormatter
from config.middleware import row_of
from vault.errors import SealBroken

ANSWERS = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)
"""Exceptions that are an answer to the browser; their text is ours and stays."""


class ForgetLocals:
    """Empties the frames of an error in a view or template before signals, log or a report see them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        silence(exception)
        if isinstance(exception, SealBroken):
            # A row with a value that does not open is not saved: said here for every form that meets one.
            row = None if exception.row is None else row_of(exception.row)
            alarm(exception, client=getattr(row, "client_id", None) or getattr(row, "pk", None))
            return render(request, "409.html", status=409)
        return None


def silence(error: BaseException) -> None:
    """Nothing of the values at hand remains in the exception; in production, not its text either."""
    forget_locals(error)
    if settings.SCRUB_ERRORS and not isinstance(error, ANSWERS):
        for each in chain(error):
            scrub(each)


def on_failed_request(**kwargs: Any) -> None:
    """First to hear of an error in a middleware, which no `process_exception` meets."""
    error = sys.exc_info()[1]
    if error is not None:
        silence(error)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and everything it came from."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]


def forget_locals(error: BaseException) -> None:
    """Drop the local variables of every frame that has ended."""
    for each in chain(error):
        if each.__traceback__ is not None:
            traceback.clear_frames(each.__traceback__)


def scrub(error: BaseException) -> None:
    """Take the text out of an exception, and what it carries; its type stays."""
    if isinstance(error, SPEAKS):
        return
    error.args = ()
    kept = getattr(error, "__dict__", {})
    for name, value in kept.items():
        # Of the same type as far as it matters: some exceptions read their attributes to say what they are.
        kept[name] = type(value)() if isinstance(value, str | bytes | list | dict | tuple) else None
    if isinstance(error, OSError):
        error.filename = error.filename2 = error.strerror = None
    if isinstance(error, UnicodeError) and hasattr(error, "object"):
        error.object = type(error.object)()


def nameless(kind: type[BaseException], error: BaseException | None) -> BaseException:
    """An exception of the same name without the text, for those who are to know the type alone."""
    if isinstance(error, SPEAKS):
        return error
    stand_in = type(kind.__name__, (Exception,), {"__module__": kind.__module__})
    stand_in.__qualname__ = kind.__qualname__
    return stand_in()


# --- Log records ----------------------------------------------------------------------------------


def careful_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A log record whose exception has no text and whose frames, as far as they have ended, are empty."""
    record = logging.LogRecord(*args, **kwargs)
    if isinstance(record.args, tuple):
        record.args = tuple(_type_only(arg) for arg in record.args)
    record.msg = _type_only(record.msg)
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        kind, error, trace = record.exc_info
        if error is not None:
            forget_locals(error)
        record.exc_info = (kind, nameless(kind, error), trace)
    return record


def _type_only(value: Any) -> Any:
    if isinstance(value, BaseException) and not isinstance(value, SPEAKS):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    return value


def install() -> None:
    """Use `careful_record` for every logger, and print uncaught errors without their text."""
    logging.setLogRecordFactory(careful_record)
    got_request_exception.connect(on_failed_request, dispatch_uid="config.errors")
    if settings.SCRUB_ERRORS:
        sys.excepthook = print_error
        threading.excepthook = lambda args: print_error(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )


def print_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """`sys.excepthook`: the frames, then the type; the text only where it is ours."""
    said = f"{error}\n" if isinstance(error, SPEAKS) else ""
    sys.stderr.write(f"{LineFormatter().formatException((kind, error, trace))}\n{said}")
