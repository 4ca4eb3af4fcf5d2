"""Finds the placeholders that a person left in a Word file or in a text."""

from __future__ import annotations

import html
import io
import re
import zipfile

BODY = "word/document.xml"
MOST = 40 * 1024 * 1024
"""Nothing larger is unpacked: no paper of a petition comes near it."""
LEFT = re.compile(r"\[\s*BLANK\b\s*:?\s*([^\]\n]{0,160})", re.IGNORECASE)
TAG = re.compile(r"<[^>]+>")


def typed_blanks(text: str) -> list[str]:
    """What each placeholder of a text asks for: "[BLANK: the county]" gives "the county"."""
    return [found.strip() or "a placeholder without words" for found in LEFT.findall(text)]


def blanks_left(content: bytes) -> list[str]:
    """What each placeholder of a Word file asks for. Raises ValueError for a file that is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if package.getinfo(BODY).file_size > MOST:
                raise ValueError("The text of this file is too large.")
            body = package.read(BODY).decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise ValueError("This is no Word file.") from error
    # Word cuts a sentence into runs wherever it likes; without the tags it reads as one.
    return list(dict.fromkeys(typed_blanks(html.unescape(TAG.sub("", body.replace("</w:p>", "\n"))))))
