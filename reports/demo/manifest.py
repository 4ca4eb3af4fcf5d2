"""The list of every sensitive plaintext of a demo, one a line, for searching databases, backups and logs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

from vault.fields import SealedField

SHORTEST = 5
"""Shorter plaintexts turn up in random bytes: four bytes about once in 4 GiB, five once in a TiB."""
LONG_LINE = 12
"""Lines of documents up to this length are furniture ("Dear Sir")."""

MUTED = frozenset(
    {
        # Fixed words and common ones, which stand in plain columns and on pages as well.
        "client.pronouns",
        "client.language",
        "client.interpreter",
        "safe_contact.channel",
        "safe_contact.voicemail",
        "safe_contact.say_you_are",
        "petition_charge.order_words",
        "document.title",
        # Agencies and counties.
        "deadline.about",
        # Hold the text of a sheet once more, or ids and reasons.
        "rap_sheet.reading",
        "rap_sheet.settled",
        "record_event.content",
        "conflict_check.names",
        "conflict_check.hits",
    }
)
_TELLING = re.compile(r"\d{4}|NAM/|,[A-Z]")


class Manifest:
    """Writes plaintexts, each once, to a file of mode 600; without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._seen: set[int] = set()
        self._stream = None
        if path is not None:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.fchmod(handle, 0o600)  # a file that was there before keeps its mode otherwise
            self._stream = os.fdopen(handle, "w", encoding="utf-8")

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def note(self, text: str) -> None:
        """Add a plaintext; each line of it by itself."""
        if self._stream is None:
            return
        for line in text.splitlines():
            line = line.strip()
            mark = hash(line)
            if len(line) >= SHORTEST and mark not in self._seen:
                self._seen.add(mark)
                self._stream.write(f"{line}\n")

    def note_row(self, row: models.Model) -> None:
        """Add what a row's sealed columns hold."""
        if self._stream is None:
            return
        for field in row._meta.local_concrete_fields:
            if not isinstance(field, SealedField) or f"{field.context}.{field.seal_name}" in MUTED:
                continue
            value = field.read(row)
            if f"{field.context}.{field.seal_name}" == "rap_sheet.text":
                self.note_sheet(value)
            elif value is not None:
                for text in texts_of(value):
                    self.note(text)

    def note_sheet(self, text: str) -> None:
        """The lines of a record sheet that tell something of a person: a name, a number or a day."""
        for line in text.splitlines():
            if len(line.strip()) > LONG_LINE and _TELLING.search(line):
                self.note(line)

    def note_file(self, text: str) -> None:
        """The lines of a document that are more than furniture."""
        for line in text.splitlines():
            if len(line.strip()) > LONG_LINE:
                self.note(line)


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a value of a sealed column; a day in the ways in which it is written."""
    if isinstance(value, date):
        yield from (value.isoformat(), f"{value:%m/%d/%Y}", f"{value:%Y%m%d}")
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
