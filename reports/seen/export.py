"""The auditor's log as CSV or XLSX: file numbers only, no client's name, every cell text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from audit.models import AccessEvent
from reports.export import csv_file, xlsx_file
from reports.seen.auditor import log_rows

MOST = 20_000
"""Entries in one file; whoever needs more asks for a shorter time."""
AT_ONCE = 2000
HEAD = ("When", "Who", "Role", "What", "From", "Fields", "File", "Rows shown", "Request", "Link of the chain")
WIDTHS = (20, 24, 16, 44, 30, 30, 14, 12, 22, 16)


def rows_of(events: QuerySet[AccessEvent]) -> Iterator[tuple[str, ...]]:
    """The entries one by one, moments in the office's time zone. Two queries for each `AT_ONCE` of them."""
    found = events[:MOST].iterator(chunk_size=AT_ONCE)
    while batch := list(islice(found, AT_ONCE)):
        yield from (_cells(row) for row in log_rows(batch))


def _cells(row: dict) -> tuple[str, ...]:
    event, line = row["event"], row["line"]
    return (
        timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
        line.who,
        line.role,
        line.words,
        line.place,
        row["fields"],
        row["file_number"],
        str(row["many"] or ""),
        event.request_id,
        str(event.seq),
    )


def as_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    return csv_file(HEAD, rows)


def as_xlsx(rows: Iterable[tuple[str, ...]]) -> bytes:
    return xlsx_file("Access log", HEAD, rows, widths=WIDTHS)


def file_name(today: date, kind: str) -> str:
    """ "access-log-2026-11-30.csv": nothing about anybody."""
    return f"access-log-{today.isoformat()}.{kind}"
