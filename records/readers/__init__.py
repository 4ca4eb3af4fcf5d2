"""Readers of criminal record sheets: plain Python, no Django, no database.

`read` takes any text and never raises; `text_of` turns an uploaded file into text.
"""

from __future__ import annotations

from typing import cast

from records.readers import ca_doj
from records.readers.files import text_of
from records.readers.types import Reader, ReaderError, Reading

__all__ = ["READERS", "ReaderError", "Reading", "read", "text_of"]

# Module objects satisfy the protocol; a further layout is one more module in this list.
READERS: list[Reader] = [cast(Reader, ca_doj)]
UNKNOWN = "This does not look like a sheet we know. Every line is kept below; check it against the original."


def read(text: str) -> Reading:
    """Read a sheet with the reader that recognises it best; a sheet of no known layout says so."""
    scores = [(reader.recognises(text), reader) for reader in READERS]
    best, reader = max(scores, key=lambda pair: pair[0])
    reading = reader.read(text)
    if best == 0:
        reading.layout = None
        reading.notices.append(UNKNOWN)
    return reading
