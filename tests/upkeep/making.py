"""What backups are made of in these tests."""

from __future__ import annotations

from clients.models import Client, SafeContact
from documents.models import Document
from documents.services import store_document
from tests.factories import counsel_of, make_client


def store(client: Client, size: int = 200_000) -> Document:
    """A sealed file of a little more than `size` bytes."""
    content = b"%PDF-1.4\n" + b"x" * size
    return store_document(
        client=client, kind="evidence", title="Letter", content=content, by=counsel_of(client)
    )


def linnet() -> Client:
    """A client with a name, a number that can be looked up, and a file."""
    client = make_client(name_used="Linnet Segdewren")
    SafeContact(client=client, channel="text", number="(510) 555-0117").save()
    store(client)
    return client
