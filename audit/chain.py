"""The chains of the access log: each event is a link, and none can be changed, removed or slipped in unseen.

    payload   at, actor, action, kind, object, client, fields, shown, request, place, pins: as text, joined by
              the unit separator (0x1F). `at` in UTC with microseconds; lists as JSON.
    digest_0  SHA-256("audit/1" | chain 16); mac_0 is empty
    digest_n  SHA-256(digest_(n-1) | mac_(n-1) | n u64 big endian | payload_n)
    mac_n     keyed BLAKE2b of 16 bytes (RFC 7693) over digest_n, key HKDF(secret, "audit/1")

Anybody can walk the digests; a signed checkpoint (audit.checkpoints) pins them from outside. Only who has the
keyring can make a `mac`, so a chain that was computed anew after a change is told apart too. Because a digest
covers all that came before it, the MAC of a chain's last link vouches for the whole chain.

The one module that writes SQL by hand for the log: one read that locks, one insert. The database's trigger
moves the chain's head on and refuses a link that does not follow it (audit.triggers).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from datetime import UTC
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from audit.models import AccessEvent, ChainHead
from vault.crypto import derive
from vault.ids import NIL
from vault.installation import secret

SEPARATOR = "\x1f"
MAC_BYTES = 16
COLUMNS = (
    "at",
    "actor_id",
    "action",
    "object_kind",
    "object_id",
    "client_id",
    "fields",
    "objects_shown",
    "request_id",
    "place",
    "pins",
    "chain",
    "seq",
    "digest",
    "mac",
)
_FIND = "SELECT seq, digest, mac FROM audit_chainhead WHERE chain = %s"
_FIND_LOCKED = f"{_FIND} FOR UPDATE"
SEQ = struct.Struct(">Q")


@lru_cache(maxsize=1)
def _insert(vendor: str) -> str:
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    marks = ", ".join(["%s"] * len(COLUMNS))
    return f"INSERT INTO audit_accessevent ({columns}) VALUES ({marks}) RETURNING id"  # noqa: S608 - fixed words


def genesis(chain: UUID) -> bytes:
    """What the first link of a chain follows, for there is no link before it: 32 bytes."""
    return hashlib.sha256(b"audit/1" + chain.bytes).digest()


def link(before: bytes, seq: int, payload: bytes) -> bytes:
    """The digest of link `seq`, 32 bytes. `before`: digest and MAC of the link before it, 48 bytes."""
    return hashlib.sha256(before + SEQ.pack(seq) + payload).digest()


@lru_cache(maxsize=4)
def _key_of(root: bytes) -> bytes:
    return derive(root, "audit/1")


def mac_key() -> bytes:
    """The key of the links' MACs, 32 bytes."""
    return _key_of(secret())


def mac_of(key: bytes, digest: bytes) -> bytes:
    """16 bytes that only who has the keyring can make."""
    return hashlib.blake2b(digest, key=key, digest_size=MAC_BYTES).digest()


def payload_of(event: AccessEvent) -> bytes:
    """What is chained of an event. Raises ValueError for a text that holds the separator."""
    return _payload(_written(event))


def _payload(parts: tuple[str, ...]) -> bytes:
    text = SEPARATOR.join(parts)
    if text.count(SEPARATOR) != len(parts) - 1:
        raise ValueError("An event holds a separator inside a value.")
    return text.encode()


def _written(event: AccessEvent) -> tuple[str, ...]:
    """The chained columns as the database keeps them and as verification reads them."""
    return (
        event.at.astimezone(UTC).isoformat(" ", "microseconds")[:26],
        "" if event.actor_id is None else str(event.actor_id),
        str(event.action),
        event.object_kind,
        event.object_id,
        "" if event.client_id is None else event.client_id.hex,
        json.dumps(event.fields) if event.fields else "[]",
        json.dumps(event.objects_shown) if event.objects_shown else "[]",
        event.request_id,
        event.place,
        event.pins,
    )


def append(event: AccessEvent) -> AccessEvent:
    """Make the event the next link of its client's chain and store it. Gives it its `pk`."""
    append_all([event])
    return event


def append_all(events: Iterable[AccessEvent]) -> None:
    """Store events, each as the next link of its chain, in the order given. One transaction.

    Whoever is first locks the chain's head; the next one waits and follows.
    """
    heads: dict[UUID, tuple[int, bytes]] = {}
    key = mac_key()
    sql = _insert(connection.vendor)
    native = connection.vendor == "postgresql"
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for event in events:
            event.chain = event.client_id or NIL
            if event.chain not in heads:
                heads[event.chain] = _head(cursor, event.chain)
            seq, before = heads[event.chain]
            seq += 1
            written = _written(event)
            event.seq, event.digest = seq, link(before, seq, _payload(written))
            event.mac = mac_of(key, event.digest)
            heads[event.chain] = (seq, event.digest + event.mac)
            cursor.execute(
                sql,
                [
                    # On SQLite as Django writes it, because there moments are compared as texts.
                    f"{written[0]}+00" if native else written[0].removesuffix(".000000"),
                    event.actor_id,
                    *written[2:5],
                    written[5] or None,
                    *written[6:],
                    event.chain if native else event.chain.hex,
                    seq,
                    event.digest,
                    event.mac,
                ],
            )
            event.pk = cursor.fetchone()[0]
            event._state.adding, event._state.db = False, "default"


def _head(cursor: Any, chain: UUID) -> tuple[int, bytes]:
    """(seq, digest and MAC) that the next link of a chain follows; the chain is locked until the commit."""
    native = connection.vendor == "postgresql"
    find = _FIND_LOCKED if native else _FIND
    name = chain if native else chain.hex
    cursor.execute(find, [name])
    row = cursor.fetchone()
    if row is None:
        # Two may find a new chain at once: the second waits for the first here, and then follows it.
        cursor.execute(
            "INSERT INTO audit_chainhead (chain, seq, digest, mac) VALUES (%s, 0, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [name, genesis(chain), b""],
        )
        cursor.execute(find, [name])
        row = cursor.fetchone()
    return row[0], bytes(row[1]) + bytes(row[2])


def heads() -> Iterable[tuple[UUID, int, bytes, bytes]]:
    """(chain, seq, digest, mac) of every chain, in the order of its id."""
    rows = ChainHead.objects.order_by("chain").values_list("chain", "seq", "digest", "mac")
    for chain, seq, digest, mac in rows.iterator(chunk_size=5000):
        yield chain, seq, bytes(digest), bytes(mac)
