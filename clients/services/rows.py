"""The lock that every service of a file takes first."""

from __future__ import annotations

from uuid import UUID

from clients.models import Client


def locked(client: Client) -> Client:
    """The client's row, read again under a lock: what hangs on a file changes one person at a time.

    Call it inside a transaction, and check rights on what it returns.
    """
    found: Client = Client.objects.select_for_update().get(pk=client.pk)
    return found


def lock_row(client: UUID) -> None:
    """The same lock, by id, for what seals a file's values again; a client who is gone needs none."""
    Client.objects.select_for_update().filter(pk=client).first()
