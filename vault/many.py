"""Open one column of thousands of rows at once: for a search that reads every name.

Opening through the instance costs a model, a UUID and a look into the memory of keys a value. Here a row is
two ids as bytes and a sealed value, and the keys lie open in one dictionary. What is checked is the same:
format, key, owner of the key, and the binding to column, row and client.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Replace

from vault import datakeys
from vault.crypto import AESGCM, FORMAT, SHORTEST, Unopenable, column_words, decrypt
from vault.errors import KeyringError, VaultError
from vault.fields import SealedField
from vault.keyring import keyring
from vault.models import DataKey

KEY_ID = slice(1, 5)
Cell = tuple[bytes, bytes, bytes]
"""Row and client, 16 bytes each, and the sealed value."""


def hex_of(path: str) -> Replace:
    """A UUID column as 32 hexadecimal digits on every database: making UUIDs would cost more than opening."""
    text = TextField()
    return Replace(Cast(F(path), text), Value("-", text), Value("", text), output_field=text)


class OpenKeys(dict[bytes, tuple[bytes, AESGCM] | None]):
    """Unwrapped keys by the four bytes that name them in a sealed value; None for a destroyed one.

    `keep`: they go into the memory of the process as well. A scan of every name leaves that out, or it would
    push the keys of the pages out that people have open.
    """

    def __init__(self, *, keep: bool = False) -> None:
        super().__init__()
        self._keep = keep

    def from_memory(self, sealed: Iterable[bytes]) -> set[int]:
        """Take what the memory has of the keys that these values name; returns the ids of the others."""
        missing = set()
        for name in {value[KEY_ID] for value in sealed} - self.keys():
            key_id = int.from_bytes(name, "big")
            key = datakeys.memory.key(key_id)
            if key is None:
                missing.add(key_id)
            else:
                self[name] = (key.client.bytes, key.cipher)
        return missing

    def fetch(self, rows: Any) -> None:
        """Read and unwrap `rows`, a queryset of data keys. One query.

        One that does not unwrap is left out: whoever opens a value of it hears why.
        """
        ring = keyring()
        for pk, client, version, wrapped in rows.values_list("pk", "client_uuid", "version", "wrapped"):
            name = pk.to_bytes(4, "big")
            if wrapped is None:
                self[name] = None
                continue
            try:
                raw = ring.unwrap(bytes(wrapped), client=client, version=version)
            except KeyringError:
                continue
            key = datakeys.OpenKey(pk, client, raw)
            self[name] = (client.bytes, key.cipher)
            if self._keep:
                datakeys.memory.keep(key)


def open_cells(
    field: SealedField, cells: Iterable[Cell], keys: OpenKeys, broken: list[VaultError]
) -> Iterator[tuple[Cell, bytes]]:
    """Each cell with its text (UTF-8). What was erased is left out, what does not open goes to `broken`."""
    prefix = column_words(field.context, field.seal_name)
    for cell in cells:
        row, client, sealed = cell
        try:
            entry = keys[sealed[KEY_ID]]
            if entry is None:
                continue
            owner, cipher = entry
            if owner != client or sealed[0] != FORMAT or len(sealed) < SHORTEST:
                raise Unopenable
            text = decrypt(cipher, sealed, prefix + row + client).rstrip(b"\x00")
            if text[-1:] != b"\x80":
                raise Unopenable
        except (KeyError, Unopenable):
            # Once more along the usual way, which says what is wrong with it.
            try:
                text = (
                    field.open_bytes(sealed, row=UUID(bytes=row), client=UUID(bytes=client)).encode()
                    + b"\x80"
                )
            except VaultError as error:
                broken.append(error)
                continue
        yield cell, text[:-1]


def keys_of_clients(clients: Any) -> Any:
    """The data keys of these clients: a queryset of ids, or a pair with the lowest and the highest id."""
    if isinstance(clients, tuple):
        return DataKey.objects.filter(client_uuid__range=clients)
    return DataKey.objects.filter(client_uuid__in=clients)


def keys_named(ids: Iterable[int]) -> Any:
    """The data keys with these ids; many at once are read faster by their clients."""
    return DataKey.objects.filter(pk__in=ids)
