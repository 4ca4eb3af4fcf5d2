"""Files of keys: every wrapped data key, and the ledger of erased clients, sealed apart from the backups.

One JSON object a line in a sealed stream (vault.archives):

    {"format": 1, "made_at": ISO time, "kind": kind of installation, "secret": wrapped secret of the indexes}
    {"id": key id, "client": uuid, "version": n, "wrapped": base64}             every key not destroyed
    {"erased": uuid, "file_number": "…", "day": ISO date}                       every client erased so far
    {"end": number of lines before}

A file of keys opens every backup that is as old as it, or older: keys are added, and go only when they
are destroyed. When a client is erased each file within reach is written anew without her keys.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone

from audit import chain
from audit.models import AccessEvent
from clients.models import Erasure
from config.upkeep.places import (
    UpkeepError,
    key_files,
    keys_name,
    new_file,
    one_at_a_time,
    remove_parts,
    stamp_of,
)
from vault.archives import KEYS, OpeningReader, SealingWriter
from vault.errors import ArchiveBroken, VaultError
from vault.ids import NIL
from vault.installation import installation
from vault.keyring import keyring
from vault.models import DataKey

logger = logging.getLogger(__name__)

FORMAT = 1
LOCK = "keys"
"""Whoever writes files of keys holds it: none is made with a key that is just taken out of the others."""


@dataclass(frozen=True)
class Erased:
    """A line of the ledger: who was erased, by number alone, and on which day."""

    client: UUID
    file_number: str
    day: date


@dataclass
class Ledger:
    """Erased clients by id; what several files and the database say is put together."""

    erased: dict[UUID, Erased] = field(default_factory=dict)

    def add(self, line: Erased) -> None:
        known = self.erased.get(line.client)
        if known is None or (not known.file_number and line.file_number):
            self.erased[line.client] = line


def ledger_of_database() -> Ledger:
    """Every client whose keys were all destroyed, and of whose erasure the access log has a proof."""
    return _ledgers()[0]


def unproven() -> int:
    """How many clients' keys the database calls destroyed without a proof of an erasure in the access log.

    Somebody with rights on the database may have written so. Nothing is taken out of any file for them.
    """
    return len(_ledgers()[1].erased)


def _ledgers() -> tuple[Ledger, Ledger]:
    """Whose keys the database calls destroyed: those whose erasure is proven, and the others."""
    ledger, others = Ledger(), Ledger()
    keys = DataKey.objects.exclude(client_uuid=NIL)
    alive = keys.filter(destroyed_at__isnull=True).values("client_uuid")
    gone = keys.exclude(client_uuid__in=alive).values("client_uuid").annotate(at=Max("destroyed_at"))
    numbers, proofs = _file_numbers(), proven_erasures()
    for row in gone:
        client = row["client_uuid"]
        line = Erased(client, numbers.get(client, ""), timezone.localdate(row["at"]))
        (ledger if client in proofs else others).add(line)
    return ledger, others


def proven_erasures(client: UUID | None = None) -> set[UUID]:
    """The clients (or this one) of whose erasure the log has an event that only this installation can make.

    The event's digest follows from what it says and from the link before it, and its MAC from the digest:
    a row put in by hand, with the seal of another event too, proves nothing.
    """
    events = AccessEvent.objects.filter(action=AccessEvent.Action.ERASED, client_id__isnull=False)
    if client is not None:
        events = events.filter(client_id=client)
    before = AccessEvent.objects.filter(chain=OuterRef("chain"), seq=OuterRef("seq") - 1)
    events = events.annotate(
        digest_before=Subquery(before.values("digest")[:1]), mac_before=Subquery(before.values("mac")[:1])
    )
    return {event.chain for event in events.iterator(chunk_size=2000) if _holds(event)}


def _holds(event: Any) -> bool:
    if event.seq == 1:
        before = chain.genesis(event.chain)
    else:
        before = bytes(event.digest_before or b"") + bytes(event.mac_before or b"")
    digest, key = bytes(event.digest), chain.mac_key()
    same = chain.link(before, event.seq, chain.payload_of(event)) == digest
    return same and event.chain == event.client_id and chain.mac_of(key, digest) == bytes(event.mac)


def _file_numbers() -> dict[UUID, str]:
    """File numbers of erased clients, from their tombstones."""
    return dict(Erasure.objects.values_list("client_uuid", "file_number"))


# --- Writing --------------------------------------------------------------------------------------------


def write(folder: Path, now: datetime) -> Path:
    """Write the keys of this moment. Returns the file. Raises `UpkeepError`.

    Waits for whoever takes a client's keys out of the files, and the other way round.
    """
    path = folder / keys_name(now)
    head = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "kind": settings.AFTERWORD_ENV,
        "secret": base64.b64encode(bytes(installation().wrapped_secret)).decode(),
    }
    with one_at_a_time(LOCK, wait=True):
        remove_parts(folder, "*.keys")
        _write(path, _lines_of_database(head))
    return path


def _lines_of_database(head: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield head
    rows = DataKey.objects.filter(wrapped__isnull=False).order_by("pk")
    for key in rows.iterator(chunk_size=2000):
        yield {
            "id": key.pk,
            "client": str(key.client_uuid),
            "version": key.version,
            "wrapped": base64.b64encode(bytes(key.wrapped or b"")).decode(),
        }
    for line in ledger_of_database().erased.values():
        yield _ledger_line(line)


def _ledger_line(line: Erased) -> dict[str, Any]:
    return {"erased": str(line.client), "file_number": line.file_number, "day": line.day.isoformat()}


def _write(path: Path, lines: Iterator[dict[str, Any]], *, replace: bool = False) -> None:
    with new_file(path, replace=replace) as out:
        writer, count = SealingWriter(out, word=KEYS), 0
        for line in lines:
            writer.write(json.dumps(line).encode() + b"\n")
            count += 1
        writer.write(json.dumps({"end": count}).encode() + b"\n")
        writer.finish()


# --- Reading --------------------------------------------------------------------------------------------


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of keys, the end left out; the last is given only when the file is whole.

    Raises `ArchiveBroken` or `KeyringError`.
    """
    try:
        with path.open("rb") as source:
            yield from _lines(OpeningReader(source, word=KEYS))
    except OSError as error:
        raise ArchiveBroken(f"it cannot be read: {error.strerror or error}") from None


def _lines(stream: OpeningReader) -> Iterator[dict[str, Any]]:
    held, count, ended = b"", 0, False
    try:
        while piece := stream.read(64 * 1024):
            *whole, held = (held + piece).split(b"\n")
            for text in whole:
                line = json.loads(text)
                if ended or (count == 0 and line.get("format") != FORMAT):
                    raise ArchiveBroken("it has a format that this version does not know")
                if "end" in line:
                    ended = line["end"] == count
                    continue
                count += 1
                yield line
    except (ValueError, AttributeError):
        raise ArchiveBroken("its lines cannot be read") from None
    if held or not ended:
        raise ArchiveBroken("it is not whole")


@dataclass
class Contents:
    """What a file of keys says: which keys it has, one of each root key, and who was erased."""

    kind: str = ""
    made_at: str = ""
    ids: set[int] = field(default_factory=set)
    samples: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)


def contents(path: Path) -> Contents:
    """Read a whole file of keys. Raises `ArchiveBroken` or `KeyringError`."""
    found = Contents()
    for line in lines(path):
        if "format" in line:
            found.kind, found.made_at = line["kind"], line["made_at"]
        elif "erased" in line:
            found.ledger.add(erased_of(line))
        else:
            found.ids.add(line["id"])
            found.samples.setdefault(wrapped_of(line)[:5], line)
    return found


def wrapped_of(line: dict[str, Any]) -> bytes:
    """The wrapped key of a line that holds one."""
    return base64.b64decode(line["wrapped"])


def secret_of(line: dict[str, Any]) -> bytes:
    """The wrapped secret of the indexes, from the first line."""
    return base64.b64decode(line["secret"])


def check_root_keys(found: Contents) -> None:
    """Open one key of each root key. Raises `KeyringError` naming the root key that is missing."""
    for line in found.samples.values():
        keyring().unwrap(wrapped_of(line), client=UUID(line["client"]), version=line["version"])


def erased_of(line: dict[str, Any]) -> Erased:
    return Erased(UUID(line["erased"]), line["file_number"], date.fromisoformat(line["day"]))


# --- Erasing --------------------------------------------------------------------------------------------


def forget_client(client_uuid: UUID, *, now: datetime | None = None) -> date:
    """Write every file of keys within reach anew without this client's keys, and with her in its ledger.

    Returns the day from which no copy out of reach (a tape, another machine) should open anything of
    hers: the term of the newest file of keys made so far. Call it after her keys were destroyed. May run
    twice. Raises `UpkeepError` or `VaultError` where a file cannot be written anew: it still holds keys;
    and `UpkeepError` where the access log has no proof of her erasure. A restore that is only
    tried writes nothing.
    """
    if settings.THROWAWAY:
        return complete_on(now=now)
    if client_uuid not in proven_erasures(client_uuid):
        raise UpkeepError("The access log has no proof of this erasure: no file of keys was written anew.")
    line = ledger_of_database().erased.get(client_uuid)
    day = timezone.localdate(now)
    line = line or Erased(client_uuid, _file_numbers().get(client_uuid, ""), day)
    with one_at_a_time(LOCK, wait=True):
        for path in key_files():
            _rewrite(path, {client_uuid: line})
    return complete_on(now=now)


def complete_on(*, now: datetime | None = None) -> date:
    """The day on which every copy of a file of keys made so far has passed its term; today for none."""
    stamps = [stamp for path in key_files()[:1] if (stamp := stamp_of(path))]
    today = timezone.localdate(now)
    if not stamps:
        return today
    return max(today, timezone.localdate(stamps[0]) + timedelta(days=settings.BACKUP_KEYS_DAYS))


def _rewrite(path: Path, gone: dict[UUID, Erased]) -> bool:
    """Under the lock: whether the file had to be written anew. One of which nothing goes stays as it is."""
    wanted, named = False, set()
    for line in lines(path):
        if "erased" in line:
            named.add(UUID(line["erased"]))
        elif "client" in line and UUID(line["client"]) in gone:
            wanted = True
    if not wanted and named >= set(gone):
        return False
    _write(path, _without(path, gone, named), replace=True)
    return True


def _without(path: Path, gone: dict[UUID, Erased], named: set[UUID]) -> Iterator[dict[str, Any]]:
    for line in lines(path):
        if "client" not in line or UUID(line["client"]) not in gone:
            yield line
    for client, erased in gone.items():
        if client not in named:
            yield _ledger_line(erased)


def catch_up() -> int:
    """Take everybody who was erased out of every file within reach; how many files were written anew.

    For what an erasure could not reach at its moment (a folder not mounted, a process killed). A file
    that no root key here opens is left as it is, and so is every key whose destruction has no proof.
    """
    done = 0
    with one_at_a_time(LOCK, wait=True):
        ledger, others = _ledgers()
        for path in key_files() if ledger.erased else []:
            try:
                done += _rewrite(path, ledger.erased)
            except VaultError:
                continue
    if others.erased:
        logger.critical(
            "ALARM: the keys of %d clients stand as destroyed without a proof of an erasure in the access "
            "log. No file of keys was written anew for them. Keep the files of keys.",
            len(others.erased),
        )
    return done
