"""From an uploaded file to the text of a sheet: plain text or a PDF with a text layer."""

from __future__ import annotations

import io
from pathlib import PurePath

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from records.readers.types import ReaderError

MAX_BYTES = 25 * 1024 * 1024
MAX_PAGES = 500
MAX_CHARACTERS = 2_000_000  # of text: some 500 pages; a longer one is no record sheet
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Control characters that no text holds; a file with many of them is something else.
_BINARY = frozenset(range(32)) - {8, 9, 10, 11, 12, 13, 26, 27}


class TooLarge(ReaderError):
    """More bytes or pages than a record sheet has."""


class Encrypted(ReaderError):
    """A PDF that asks for a password."""


class NoText(ReaderError):
    """A PDF of pictures: a scan without a text layer."""


class UnknownFile(ReaderError):
    """Neither a PDF nor text, or a broken PDF."""


def text_of(data: bytes, name: str = "", *, max_bytes: int | None = None) -> str:
    """The text of a file without NULs, each page after the first opened by a form feed.

    `max_bytes` is the installation's own limit (MAX_BYTES when left out). Raises a `ReaderError` whose
    message tells the user what to do: `TooLarge`, `Encrypted`, `NoText` or `UnknownFile`. The kind is told
    from the bytes; `name` only settles an empty or doubtful file.
    """
    limit = MAX_BYTES if max_bytes is None else max_bytes
    if len(data) > limit:
        raise TooLarge(
            f"This file is larger than {limit // 1024 // 1024} MB. Upload the record alone, in parts."
        )
    if b"%PDF-" in data[:1024]:
        text = _pdf_text(data)
    elif PurePath(name).suffix.lower() == ".pdf":
        raise UnknownFile("This file is named as a PDF but is none. Save or print the record as a PDF again.")
    else:
        text = _plain_text(data)
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(
            "This file holds more text than a record sheet has. Upload the record alone, in parts."
        )
    return text.replace("\x00", "")


def _plain_text(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if sum(1 for byte in data[:4096] if byte in _BINARY) > len(data[:4096]) // 50:
        raise UnknownFile(
            "This file is neither a PDF nor text. Upload the record as a PDF or as a text file."
        )
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _pdf_text(data: bytes) -> str:
    try:
        pdf = PdfReader(io.BytesIO(data))
        if pdf.is_encrypted and not pdf.decrypt(""):
            raise Encrypted(
                "This PDF is locked with a password. Save a copy without a password and upload that."
            )
        count = len(pdf.pages)
        if count > MAX_PAGES:
            raise TooLarge(
                f"This PDF has {count} pages; {MAX_PAGES} is the most. Upload the record alone, in parts."
            )
        pages = []
        for page in pdf.pages:
            pages.append(page.extract_text(extraction_mode="layout") or "")
            if sum(map(len, pages)) > MAX_CHARACTERS:
                break  # `text_of` refuses it; the rest need not be unpacked
    except ReaderError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, ArithmeticError,
            NotImplementedError, RecursionError, AssertionError, ImportError,
            MemoryError) as error:  # fmt: skip
        # pypdf raises plain errors of many kinds on broken files; none of them is ours to repair.
        raise UnknownFile(
            "This PDF is broken and cannot be opened. Save or print it as a PDF again."
        ) from error
    text = "\n\f".join(pages)
    if sum(character.isalnum() for character in text) < 20:
        raise NoText(
            "This PDF is a picture without text. Run text recognition (OCR) on it, then upload it again."
        )
    return text
