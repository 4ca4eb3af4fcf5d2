"""The lock that every service of a file takes first."""

from __future__ import annotations

from clients.models import Client


def locked(client: Client) -> Client:
    """The client's row, read again under a lock: what hangs on a file changes one person at a time.

    Call it inside a transaction, and check rights on what it returns.
    """
    found: Client = Client.objects.select_for_update().get(pk=client.pk)
    return found
