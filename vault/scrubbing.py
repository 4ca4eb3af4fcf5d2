"""Take what was overwritten out of the database's own files, after the commit; best effort.

SQLite zeroes what is deleted (`secure_delete`), but older pages lie in the -wal file until it is cut off.
PostgreSQL keeps the old version of a row until a VACUUM.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


def wipe() -> bool:
    """Whether no destroyed data key is left in the database's files; what stands in the way is logged.

    Does nothing inside a transaction. On SQLite somebody who is reading may keep it from happening.
    """
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("VACUUM vault_datakey")
                return True
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = bool(cursor.fetchone()[0])
    except DatabaseError:
        logger.exception("Destroyed keys could not be wiped out of the database's files")
        return False
    if busy:
        logger.warning("Destroyed keys lie on in the database's -wal file: somebody was reading it")
    return not busy
