"""ZIP files that open with a passphrase: for what is handed to somebody outside.

AES-256 as WinZip made it and 7-Zip, Keka and others read it; names and sizes inside are not hidden, so they
must say nothing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pyzipper


def locked_zip(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """A ZIP of these files, each encrypted under the passphrase. Nothing is written to a disk."""
    if not passphrase:
        raise ValueError("A ZIP is locked with a passphrase.")
    kept = io.BytesIO()
    with pyzipper.AESZipFile(
        kept, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(passphrase.encode())
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()
