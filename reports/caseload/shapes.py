"""What the report is made of, as the page and the export show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.figures import Figure
from reports.periods import Period

SOON_DAYS = 14

MOST_ROWS = 20

LOAD_MARK = 30
"""Open files at which the bar of a worker turns amber: the office's own mark, not a rule of law."""


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows, as the page and the export show them; `definition` says what is counted."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    definition: str

    @property
    def labelled_rows(self) -> list[dict[str, Any]]:
        """The rows with the name of each cell's column beside it, for phones."""
        return [
            {
                "head": row[0],
                "cells": [
                    {"column": column, "words": words}
                    for column, words in zip(self.columns[1:], row[1:], strict=True)
                ],
            }
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Worker:
    """What one person carries. Counts are about our work, not about clients, and are not hidden."""

    name: str
    role: str
    files: int
    petitions: int
    visas: int
    late: int
    promises_kept: int
    promises_due: int


@dataclass(frozen=True, slots=True)
class LateRow:
    """A date with the file it belongs to, by number; `kind` says which of its two days `on` is."""

    on: date
    kind: str
    days: int
    what: str
    body: str
    file_number: str
    owner: str
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole page. Built as `leaving`, all of it but `workers`, `late` and `soon` may leave the office."""

    period: Period
    leaving: bool
    files: int
    figures: tuple[Figure, ...]
    tables: dict[str, Table]
    bars: dict[str, list[dict[str, Any]]]
    workers: tuple[Worker, ...]
    late: tuple[LateRow, ...]
    late_total: int
    soon: tuple[LateRow, ...]
    soon_total: int
