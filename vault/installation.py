"""The installation's own row: its kind, sealed, and the secret that the indexes hang on."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import lru_cache, partial

from django.conf import settings
from django.db import DatabaseError, transaction

from vault.bulk import swap
from vault.crypto import Binding, new_key
from vault.errors import KeyringError, VaultError
from vault.ids import NIL
from vault.keyring import keyring
from vault.models import Installation
from vault.sealing import open_sealed, seal

_KIND = Binding("installation", "kind", NIL, NIL)
_SECRET_VERSION = 0
"""The version word under which the root secret is wrapped; data keys count from 1."""


_committed = True
"""False from the moment this process makes the row until that transaction commits."""


def installation() -> Installation:
    """The one row; made on first use, marked with the kind of this site's settings."""
    # These two columns alone: a migration that needs the secret runs before later ones are added.
    row = Installation.objects.only("wrapped_secret", "kind_sealed").filter(pk=1).first()
    if row is not None:
        return row
    with transaction.atomic():
        _set_committed(False)
        row, _made = Installation.objects.get_or_create(
            pk=1,
            defaults={
                "wrapped_secret": keyring().wrap(new_key(), client=NIL, version=_SECRET_VERSION),
                "kind_sealed": seal(settings.AFTERWORD_ENV.encode(), _KIND, step=32),
            },
        )
        transaction.on_commit(partial(_set_committed, True))
    return row


def _set_committed(value: bool) -> None:
    global _committed
    _committed = value


@lru_cache(maxsize=1)
def _unwrapped(wrapped: bytes) -> bytes:
    return keyring().unwrap(wrapped, client=NIL, version=_SECRET_VERSION)


_wrapped: bytes | None = None


def secret() -> bytes:
    """32 bytes from which the index keys are derived; kept in memory after the first use."""
    global _wrapped
    if _wrapped is not None:
        return _unwrapped(_wrapped)
    wrapped = bytes(installation().wrapped_secret)
    if _committed:
        _wrapped = wrapped
    return _unwrapped(wrapped)


def forget() -> None:
    """Drop what this process remembers of the installation (a restored database, a test)."""
    global _wrapped
    _wrapped = None
    _unwrapped.cache_clear()


def kind() -> str:
    """What the database says it is. Raises `SealBroken` where somebody changed it."""
    return open_sealed(bytes(installation().kind_sealed), _KIND).decode()


def mark_head() -> bytes:
    """Format and key id of the sealed mark; empty where there is no installation yet."""
    row = Installation.objects.filter(pk=1).first()
    return b"" if row is None else bytes(row.kind_sealed)[:5]


def reseal_mark(heads: Collection[bytes]) -> int:
    """Seal the mark again when it names one of these keys. 1 when it did. Call it inside a transaction."""
    row = Installation.objects.select_for_update().filter(pk=1).first()
    if row is None or bytes(row.kind_sealed)[:5] not in heads:
        return 0
    old = bytes(row.kind_sealed)
    return swap(Installation, "kind_sealed", [(1, old, seal(open_sealed(old, _KIND), _KIND, step=32))])


def refuse_other_kind() -> None:
    """Exit with one line unless keyring, database and settings are of one kind.

    Called at the start of a server. A database without tables yet is let through: `migrate` comes
    first on a new site.
    """
    try:
        keyring()
        found = kind()
    except KeyringError as error:
        sys.exit(f"Afterword does not start: {error}")
    except VaultError:
        sys.exit("Afterword does not start: this database was not made with this keyring.")
    except DatabaseError:
        return
    if found != settings.AFTERWORD_ENV:
        sys.exit(
            f"Afterword does not start: the database is marked {found!r} and these settings say "
            f"{settings.AFTERWORD_ENV!r}. A {found} database never becomes another."
        )
