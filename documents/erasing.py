"""What of a client's documents can be erased alone: every version of one, with title, name and file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from clients.frame import erased_words
from clients.models import Client
from clients.services.purge import Part
from documents.models import Document
from documents.services import versions_of


def documents_of(client: Client) -> Iterable[tuple[UUID, str]]:
    """The newest version of each document that is not erased, told by kind and day."""
    rows = Document.objects.filter(client=client, replaced_by__isnull=True, erased_at__isnull=True)
    for row in rows.order_by("-created_at", "-pk"):
        day = row.created_at
        versions = f", {row.version} versions" if row.version > 1 else ""
        yield row.pk, f"{row.get_kind_display()}, stored {day:%B} {day.day}, {day.year}{versions}"


def parts_of(client: Client, pk: UUID, at: datetime) -> Iterable[Part]:
    """Every version of the document with this version."""
    document = Document.objects.filter(client=client, pk=pk).first()
    if document is None:
        return
    for version in versions_of(document):
        if version.erased_at is None:
            yield Part(version, {"title": erased_words(at)}, {"erased_at": at}, file=version.stored_name)
