"""Work that reads every name: its answer if it comes within a second, else a page that says how far it is.

The page is one response that grows: its head, a step for every few thousand files, and at last what was found
or the way on. No script, no stored state: who leaves the page stops the reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any, TypeVar

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from clients.services import Reading

Value = TypeVar("Value")
PATIENCE = 1.0
"""Seconds that nobody needs to be told of."""
MARK = "<!-- steps -->"


class StillReading(Exception):
    """The work is not done yet; it goes on where it stopped."""


def patient(work: Reading[Value]) -> Value:
    """The result of `work`, or `StillReading` when it takes longer than `PATIENCE`. Raises what it raises."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
        if time.monotonic() >= until:
            raise StillReading


def step_by_step(
    request: HttpRequest,
    work: Reading[Value],
    *,
    template: str,
    context: dict[str, Any],
    last: Callable[[Value], str],
    broken: Callable[[Exception], str] | None = None,
) -> HttpResponseBase:
    """`template`, with the steps of `work` where it says `MARK`, and then what `last` makes of the result.

    `broken` makes the end of an error that the work raises; without it, or where it raises the error again,
    the connection is cut.
    """
    page = render_to_string(template, context, request)
    head, _mark, foot = page.partition(MARK)
    around = copy_context()  # what is recorded on the way carries the number of this request

    def steps() -> Iterator[str]:
        yield head
        while True:
            try:
                progress = around.run(next, work)
            except StopIteration as end:
                yield around.run(last, end.value)
                break
            except Exception as error:
                if broken is None:
                    raise
                yield broken(error)
                break
            yield render_to_string(
                "clients/_reading_step.html", {"done": progress.done, "total": progress.total}
            )
        yield foot

    return StreamingHttpResponse(steps())


def way_on(address: str, text: str) -> str:
    """The end of such a page that leads to another one, by itself and by a link."""
    return render_to_string("clients/_reading_done.html", {"address": address, "text": text})
