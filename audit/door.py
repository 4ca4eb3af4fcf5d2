"""The one way past the triggers that keep history: for sealing again under a new key, and for erasing.

It opens for one transaction: the row that opens it is gone before the transaction ends, so nobody else ever
sees it. What was done behind it is pinned anew by the event that follows; without that event
`verify_audit` names the rows. Events themselves have no door.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from audit.models import Door

RESEAL, ERASE = "reseal", "erase"
KINDS = (RESEAL, ERASE)


@contextmanager
def opened(kind: str) -> Iterator[None]:
    """Let history rows be sealed again ("reseal": their sealed columns and stored file names alone may
    change) or removed ("erase") inside the block. Raises ValueError for another kind, and
    TransactionManagementError outside a transaction.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no door {kind!r}.")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The door opens inside a transaction only.")
    row = Door.objects.create(kind=kind)
    yield
    # Not in a `finally`: where the block failed, the transaction takes the row with it.
    row.delete()
