"""Store and open files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from clients.models import Client
from clients.permissions import check_can_change, check_can_read_statement, check_can_see
from documents.models import Document
from vault import files
from vault.errors import Shredded

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
ZIP = b"PK\x03\x04"
WORD_PARTS = frozenset({"[Content_Types].xml", "word/document.xml"})
# What a page of plain text may hold besides letters: tab, line feed, form feed, carriage return, escape.
TEXT_CONTROLS = frozenset(b"\t\n\f\r\x1b")
WORDS = {
    "application/pdf": "a PDF",
    "image/png": "a PNG image",
    "image/jpeg": "a JPEG image",
    "text/plain": "a text file",
    DOCX: "a Word file",
}
ACCOUNT = frozenset({Document.Kind.DECLARATION})
"""Kinds of file that hold the client's account: they open, and are stored, for who may read it."""
OTHER_KIND = "This kind of file cannot be stored. Use PDF, Word (.docx), text, PNG or JPEG."


def media_type_of(data: bytes) -> str:
    """The type the bytes speak of, never what a name or a browser claimed.

    A Word file is a zip with a document and no macros in it (only its list of names is read, nothing is
    unpacked); text has no control characters in its first 4 KB. Raises ValidationError for anything else.
    """
    for signature, media_type in SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data.startswith(ZIP):
        return _word(data)
    head = data[:4096]
    if any(byte < 0x20 and byte not in TEXT_CONTROLS for byte in head):
        raise ValidationError(OTHER_KIND)
    return "text/plain"


def _word(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise ValidationError("This file is damaged. Save it again in Word and choose it anew.") from None
    if not parts >= WORD_PARTS:
        raise ValidationError(OTHER_KIND)
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise ValidationError("This Word file holds macros. Save it as .docx without them.")
    return DOCX


def check_kind(by: User, client: Client, kind: str) -> None:
    """Raises PermissionDenied for a file of the client's account, unless `by` may read the account."""
    if kind in ACCOUNT:
        check_can_read_statement(by, client)


@transaction.atomic
def store_document(
    *,
    client: Client,
    kind: str,
    title: str,
    content: bytes | UploadedFile | Iterable[bytes],
    by: User,
    original_name: str = "",
    replaces: Document | None = None,
) -> Document:
    """Seal a file and keep it; with `replaces`, as the next version of that document.

    Raises PermissionDenied, or ValidationError for an unknown type, an empty file, or a version that
    was replaced already.

    The sealed bytes are written before the row; a rollback leaves an unreadable orphan, never a row
    without its file.
    """
    check_can_change(by, client)
    check_kind(by, client, kind)
    if replaces is not None:
        replaces = Document.objects.select_for_update().get(pk=replaces.pk, client=client)
        if replaces.erased_at is not None:
            raise ValidationError("This document was erased. Store the file as a new one.")
        if Document.objects.filter(replaces=replaces).exists():
            raise ValidationError("A newer version is stored already. Go back and start from that one.")
    data = content if isinstance(content, bytes) else b"".join(content)
    if not data:
        raise ValidationError("The file is empty.")
    document = Document(
        client=client,
        kind=kind,
        title=title,
        original_name=original_name or None,
        media_type=media_type_of(data),
        size=len(data),
        created_by=by,
        replaces=replaces,
        version=replaces.version + 1 if replaces else 1,
    )
    document.stored_name = files.save([data], row=document.pk, client=client.pk)
    document._history_user = by
    document.full_clean()
    document.save()
    record(Action.FILE_ADDED, by=by, target=document, fields=[kind])
    return document


@transaction.atomic
def store_version(
    *,
    document: Document,
    title: str,
    content: bytes | UploadedFile | Iterable[bytes],
    by: User,
    original_name: str = "",
) -> Document:
    """Keep a file of the same kind as the next version of `document`.

    Raises what `store_document` does, and ValidationError for another kind of file: who opens the newest
    version of a Word file to go on writing must not find a picture.
    """
    check_can_change(by, document.client)
    check_kind(by, document.client, document.kind)
    data = content if isinstance(content, bytes) else b"".join(content)
    if data and (given := media_type_of(data)) != document.media_type:
        before = WORDS.get(document.media_type, "another kind of file")
        raise ValidationError(
            f"This is {WORDS[given]}, and the version before is {before}. Choose {before}, or go back and "
            "store this one as a new document."
        )
    return store_document(
        client=document.client,
        kind=document.kind,
        title=title,
        content=data,
        by=by,
        original_name=original_name,
        replaces=document,
    )


@transaction.atomic
def retitle(*, document: Document, title: str, by: User) -> Document:
    """Give a file another title. Raises PermissionDenied."""
    document = Document.objects.select_for_update(of=("self",)).select_related("client").get(pk=document.pk)
    check_can_change(by, document.client)
    if document.erased_at is not None:
        raise ValidationError("This document was erased.")
    document.title = title
    document._history_user = by
    document.full_clean()
    document.save()
    record(Action.CHANGED, by=by, target=document, fields=["title"])
    return document


def versions_of(document: Document) -> list[Document]:
    """Every version of this document, the newest first, whichever of them is given.

    One query, however many there are. Rights are not asked: give a document the reader may see; all of
    its versions lie in the same file.
    """
    rows = Document.objects.filter(client=document.client_id).select_related("created_by")
    by_id = {row.pk: row for row in rows}
    after = {row.replaces_id: row for row in by_id.values() if row.replaces_id}
    newest = by_id.get(document.pk, document)
    while newest.pk in after:
        newest = after[newest.pk]
    found = [newest]
    while (before := found[-1].replaces_id) is not None:
        found.append(by_id[before])
    return found


def newest_version(document: Document) -> Document:
    """The version that is in use now; the document itself where nothing replaced it."""
    return versions_of(document)[0]


def open_document(*, document: Document, by: User) -> bytes:
    """The whole file, checked to the last segment. The look is recorded before a byte is returned.

    Raises PermissionDenied, VaultError for a file that was altered or (`Shredded`) erased, or
    FileNotFoundError.
    """
    check_can_see(by, document.client)
    check_kind(by, document.client, document.kind)
    if document.erased_at is not None:
        raise Shredded("This document was erased.", document.erased_at)
    record(Action.FILE_OPENED, by=by, target=document, fields=[document.kind])
    return files.read(document.stored_name, row=document.pk, client=document.client_id)
