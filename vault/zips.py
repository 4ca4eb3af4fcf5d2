"""ZIP files that open with a passphrase: for what is handed to somebody outside.

AES-256 as WinZip made it and 7-Zip, Keka and others read it; names and sizes inside are not hidden, so they
must say nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO

import pyzipper

IN_MEMORY = 4 * 1024 * 1024
"""A ZIP of up to so many bytes stays in memory; a larger one goes, encrypted, to a file without a name."""


def locked_zip(files: Iterable[tuple[str, Iterable[bytes]]], passphrase: str) -> IO[bytes]:
    """A ZIP of these (name, chunks of content), each encrypted under the passphrase, to be read and closed.

    One chunk at a time is in memory. What goes to the disk is encrypted; nothing in the clear does.
    """
    if not passphrase:
        raise ValueError("A ZIP is locked with a passphrase.")
    kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
    try:
        with pyzipper.AESZipFile(
            kept, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
        ) as archive:
            archive.setpassword(passphrase.encode())
            for name, chunks in files:
                with archive.open(name, "w", force_zip64=True) as entry:
                    for chunk in chunks:
                        entry.write(chunk)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept
