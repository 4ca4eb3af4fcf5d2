"""Prove that nobody changed, removed, moved or added anything behind the application's back.

What is walked, in one snapshot of the database: every link of every chain; the chains' heads; the signed
checkpoints; every history row against its pin; every live row against the newest history row of it; and
what the floors above register (grants). Each fault names the row that is to blame; the links that follow a
broken one are not blamed for it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit import chain, checkpoints, rows, triggers
from audit.chain import SEPARATOR
from audit.models import AccessEvent, Checkpoint, Door, Verification
from vault import signing
from vault.ids import NIL

EVENTS_AT_ONCE = 5000
EVERY = timedelta(hours=24)
ERASED = f"{SEPARATOR}{AccessEvent.Action.ERASED}{SEPARATOR}"
DELETED = "-"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: `kind` is a fixed word, `text` a sentence; `chain`, `seq`, `table`, `row` say where."""

    kind: str
    text: str
    chain: str = ""
    seq: int = 0
    table: str = ""
    row: str = ""


@dataclass(slots=True)
class Result:
    """What was walked and what was found."""

    events: int = 0
    chains: int = 0
    history_rows: int = 0
    live_rows: int = 0
    adopted: int = 0
    checkpoint: int | None = None
    findings: list[Finding] = field(default_factory=list)


Check = Callable[[], Iterable[Finding]]
_checks: dict[str, Check] = {}
_file_numbers: list[Callable[[UUID], str]] = []


def register(name: str, check: Check) -> None:
    """Add a proof of a floor above; called from `AppConfig.ready`."""
    _checks[name] = check


def register_file_numbers(find: Callable[[UUID], str]) -> None:
    """How a client's file number is found from the client's id; called from `AppConfig.ready`."""
    _file_numbers[:] = [find]


def whose(name: str) -> str:
    """A chain in words: the organisation's, or a client's by file number where the file is still there."""
    try:
        found = UUID(name)
    except ValueError:
        return "a chain that cannot be"
    if found == NIL:
        return "the organisation’s chain"
    number = _file_numbers[0](found) if _file_numbers else ""
    return f"the chain of file {number}" if number else f"the chain of client {found}"


def verify(
    *, folder: Path | None = None, public: bytes | None = None, rows_too: bool = True, own: bool = False
) -> Result:
    """Walk everything. `folder` holds checkpoints, `public` (32 bytes) is the key they are checked with.

    `own` is whether it is the folder that this site writes to, where none may be missing at the end.
    """
    result = Result()
    key = chain.mac_key()  # before the snapshot, which may be read only
    known = _checkpoints(folder, public, result)
    with snapshot():
        for table in triggers.missing():
            text = f"{table} can be altered: its triggers are gone, or are not ours."
            result.findings.append(Finding("no_trigger", text, table=table))
        if Door.objects.exists():
            text = "The door past the triggers stands open: history can be changed by whoever can write."
            result.findings.append(Finding("door_open", text, table=triggers.DOOR))
        if own:
            _newest_is_there(known, result)
        walk = _Walk(result, key, known[-1].chains if known else {})
        walk.events()
        walk.seals()
        walk.heads()
        walk.checkpoints()
        if rows_too:
            for each in rows.tables():
                _rows_of(each, walk.pins.get(each.name, {}), walk.erased, result)
            for name in walk.pins.keys() - {each.name for each in rows.tables()}:
                result.findings.append(
                    Finding("no_table", f"History rows of {name} are pinned, and there is no such table.")
                )
        for check in _checks.values():
            result.findings.extend(check())
    return result


def keep(result: Result) -> Verification:
    """Store that a proof was run, and how it came out."""
    return Verification.objects.create(
        at=timezone.now(),
        events=result.events,
        history_rows=result.history_rows,
        checkpoint=result.checkpoint,
        findings=len(result.findings),
        first=result.findings[0].text[:300] if result.findings else "",
    )


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database for everything read inside, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
        return
    native = connection.vendor == "postgresql"
    mode = getattr(connection, "transaction_mode", None)
    if not native:
        setattr(connection, "transaction_mode", "DEFERRED")  # noqa: B010 - only SQLite's has it; no lock is taken
    try:
        with transaction.atomic():
            if native:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if not native:
            setattr(connection, "transaction_mode", mode)  # noqa: B010


def _checkpoints(folder: Path | None, public: bytes | None, result: Result) -> list[checkpoints.Signed]:
    if folder is None or public is None:
        return []
    known, faults = checkpoints.read_all(checkpoints.in_folder(folder), public=public)
    result.findings.extend(Finding("checkpoint", text) for text in faults)
    if known:
        result.checkpoint = known[-1].number
    return known


def _newest_is_there(known: list[checkpoints.Signed], result: Result) -> None:
    last = Checkpoint.objects.first()
    newest = known[-1].number if known else 0
    if last is not None and "folder" in last.written_to and last.number > newest:
        text = (
            f"Checkpoint {last.number} was signed and is missing; the folder’s newest is {newest or 'none'}."
        )
        result.findings.append(Finding("checkpoint", text))


def of_this_site() -> tuple[Path, bytes | None]:
    """The folder of this site's checkpoints, and the public key where there is one. Raises `KeyringError`."""
    folder = Path(settings.CHECKPOINT_DIR or settings.VAR / "checkpoints")
    if not folder.is_dir() or not checkpoints.in_folder(folder):
        return folder, None
    return folder, signing.load_public(Path(settings.CHECKPOINT_KEY_FILE))


class NotWhole(Exception):
    """The nightly proof found something; the auditor's page and `verify_audit` say what."""


def tick(now: datetime) -> str:
    """One whole proof a day. Raises `NotWhole` where it finds something, so that the failure is seen."""
    last = Verification.objects.first()
    if last is not None and now - last.at < EVERY:
        return ""
    folder, public = of_this_site()
    result = verify(folder=folder if public else None, public=public, own=bool(public))
    keep(result)
    if result.findings:
        raise NotWhole(f"{len(result.findings)} found")
    return f"The log is whole: {result.events:,} events, {result.history_rows:,} history rows."


# --- The chains -------------------------------------------------------------------------------------------


class _Walk:
    """The state of a walk over all events, in the order in which they were written.

    `ends` holds, for each chain, its last link so far: seq, and digest and MAC (48 bytes) behind one another.
    """

    def __init__(self, result: Result, key: bytes, signed: dict[str, tuple[int, bytes]]) -> None:
        self.result, self.key, self.signed = result, key, signed
        self.ends: dict[str, tuple[int, bytes]] = {}
        self.broken: dict[str, int] = {}
        self.rewritten: set[str] = set()
        self.pins: dict[str, dict[int, tuple[bytes, str, int]]] = {}
        self.erased: dict[str, int] = {}
        self.strange: dict[int, Finding] = {}

    def find(self, kind: str, text: str, name: str, seq: int) -> None:
        self.broken[name] = seq
        text = text[:1].upper() + text[1:]
        self.result.findings.append(Finding(kind, text, chain=name, seq=seq, table="audit.accessevent"))

    def events(self) -> None:
        """Every link follows the one before it and says what its digest says."""
        ends, signed, sha256, pack = self.ends, self.signed, hashlib.sha256, chain.SEQ.pack
        count = 0
        for pk, name, seq, digest, mac, payload in _links():
            count += 1
            try:
                end = ends.get(name) or (0, chain.genesis(UUID(name)))
                if seq != end[0] + 1 or sha256(end[1] + pack(seq) + payload.encode()).digest() != digest:
                    self._blame(pk, name, seq, digest, mac, payload, end)
                    if seq <= end[0]:
                        continue
                ends[name] = (seq, digest + mac)
                if signed and name in signed and signed[name][0] == seq and signed[name][1] != digest:
                    self.rewritten.add(name)
                if payload[-1] != SEPARATOR or ERASED in payload:
                    self._note(name, seq, payload)
            except (ValueError, TypeError, AttributeError, struct.error):
                self._unreadable(pk, name)
        self.result.events, self.result.chains = count, len(ends)
        for pk, name in _of_other_kinds():
            self._unreadable(pk, name)
        self.result.findings.extend(self.strange.values())

    def _unreadable(self, pk: int, name: Any) -> None:
        """An event holds something that its columns cannot hold; only a hand of another puts it there."""
        text = f"Event {pk} was altered: it holds what its columns cannot hold."
        self.strange[pk] = Finding(
            "unreadable", text, chain=str(name), table="audit.accessevent", row=str(pk)
        )

    def _blame(
        self, pk: int, name: str, seq: int, digest: bytes, mac: bytes, payload: str, end: tuple[int, bytes]
    ) -> None:
        """Say what is wrong with a link, and nothing of one that only follows a broken one."""
        where = f"link {seq} of {whose(name)}"
        if seq <= end[0]:
            self.find("order", f"event {pk} stands out of order: {where}.", name, seq)
            return
        if seq != end[0] + 1:
            gone = f"link {seq - 1}" if seq == end[0] + 2 else f"links {end[0] + 1} to {seq - 1}"
            self.find("removed", f"before event {pk}, {gone} of {whose(name)} is missing.", name, end[0] + 1)
            return
        if chain.link(end[1], seq, _as_written(payload)) == digest:
            return
        before, ours = end[1][:32], chain.mac_of(self.key, end[1][:32])
        if before + ours != end[1] and chain.link(before + ours, seq, _as_written(payload)) == digest:
            text = f"the seal of the event before event {pk} was altered: link {seq - 1} of {whose(name)}."
            self.find("forged", text, name, seq - 1)
        elif chain.mac_of(self.key, digest) != mac:
            self.find("forged", f"event {pk} was altered or forged: {where}.", name, seq)
        elif self.broken.get(name) != seq - 1:
            self.find("altered", f"event {pk} was altered: {where}.", name, seq)

    def seals(self) -> None:
        """The MAC of each chain's last link is ours; where it is not, the first that is not ours is named."""
        for name, (_seq, tail) in self.ends.items():
            if chain.mac_of(self.key, tail[:32]) == tail[32:] or name in self.broken:
                continue
            links = AccessEvent.objects.filter(chain=UUID(name)).order_by("seq")
            for pk, seq, digest, mac in links.values_list("pk", "seq", "digest", "mac").iterator():
                if chain.mac_of(self.key, bytes(digest)) != bytes(mac):
                    text = f"event {pk} was altered or forged: link {seq} of {whose(name)}."
                    self.find("forged", text, name, seq)
                    break

    def _note(self, name: str, seq: int, payload: str) -> None:
        parts = payload.split(SEPARATOR)
        if parts[2] == AccessEvent.Action.ERASED:
            self.erased[name] = seq
        if parts[2] == AccessEvent.Action.KEPT and "adopted" in parts[6]:
            self.result.adopted += parts[-1].count(" ") + 1
        for entry in parts[-1].split(" ") if parts[-1] else ():
            table, _, rest = entry.partition(":")
            history_id, _, digest = rest.partition(":")
            self.pins.setdefault(table, {})[int(history_id)] = (bytes.fromhex(digest), name, seq)

    def heads(self) -> None:
        """Each chain ends where its head says."""
        try:
            known = {name.hex: (seq, digest + mac) for name, seq, digest, mac in chain.heads()}
        except (ValueError, TypeError):
            self.result.findings.append(Finding("head", "A head was altered: it holds what none can hold."))
            return
        for name, (seq, tail) in known.items():
            last = self.ends.get(name, (0, b""))
            if last[0] < seq:
                text = f"{whose(name)} ends at link {last[0]}; its head is at {seq}: the end was cut off."
                self.find("cut", text, name, last[0] + 1)
            elif last[0] and last != (seq, tail) and name not in self.broken:
                self.find("head", f"the head of {whose(name)} was altered.", name, last[0])
        for name in self.ends.keys() - known.keys():
            self.find("head", f"the head of {whose(name)} is missing.", name, self.ends[name][0])

    def checkpoints(self) -> None:
        """Each chain is as long as the newest checkpoint says, and had that very link there."""
        number = self.result.checkpoint
        for name, (seq, _digest) in self.signed.items():
            last = self.ends.get(name, (0, b""))[0]
            if last < seq:
                text = f"Checkpoint {number} has {seq} links of {whose(name)}; only {last} are there."
                self.find("cut", text, name, last + 1)
            elif name in self.rewritten:
                text = f"Link {seq} of {whose(name)} is not the one that checkpoint {number} signed."
                self.find("rewritten", text, name, seq)


def _as_written(payload: str) -> bytes:
    """The payload with its lists written as Python writes them; PostgreSQL keeps JSON in its own form."""
    parts = payload.split(SEPARATOR)
    try:
        parts[6:8] = [json.dumps(json.loads(part)) for part in parts[6:8]]
    except ValueError:
        return payload.encode()
    return SEPARATOR.join(parts).encode()


def _links() -> Iterator[tuple[int, str, int, bytes, bytes, str]]:
    """(id, chain as 32 hex, seq, digest, mac, payload) of every event; the database joins the payload."""
    if connection.vendor == "postgresql":
        at = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        hexed, text = "replace({}::text, '-', '')", "{}::text"
        # A part that is NULL would be passed over, and another text could take its place.
        payload = "concat_ws(chr(31), {})"
        missing = "coalesce({}, '<missing>')"
    else:
        # Django leaves out microseconds that are nought.
        at = "CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END"
        hexed, text = "{}", "{}"
        payload = f"printf('{SEPARATOR.join(['%s'] * 11)}', {{}})"
        missing = "{}"
    parts = [
        at,
        f"coalesce({text.format('actor_id')}, '')",
        "action",
        "object_kind",
        "object_id",
        f"coalesce({hexed.format('client_id')}, '')",
        text.format("fields"),
        text.format("objects_shown"),
        "request_id",
        "place",
        "pins",
    ]
    joined = payload.format(", ".join(missing.format(part) for part in parts))
    columns = f"id, {hexed.format('chain')}, seq, digest, mac, {joined}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM audit_accessevent ORDER BY id")  # noqa: S608 - fixed words
        while batch := cursor.fetchmany(EVENTS_AT_ONCE):
            yield from batch


TEXTS = ("at", "action", "object_kind", "object_id", "fields", "objects_shown", "request_id", "place", "pins")


def _of_other_kinds() -> list[tuple[int, Any]]:
    """(id, chain) of events with a value of another kind than its column's: SQLite lets it stand.

    It may read the same once joined into a text, and be found by no filter any more.
    """
    if connection.vendor == "postgresql":
        return []
    wrong = [f"typeof({name}) <> 'text' OR instr({name}, char(0))" for name in (*TEXTS, "chain")]
    wrong += [
        "typeof(client_id) NOT IN ('text', 'null')",
        "typeof(actor_id) NOT IN ('integer', 'null')",
        "typeof(seq) <> 'integer'",
        "typeof(digest) <> 'blob' OR typeof(mac) <> 'blob'",
    ]
    sql = f"SELECT id, chain FROM audit_accessevent WHERE {' OR '.join(wrong)}"  # noqa: S608 - fixed words
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


# --- The rows ---------------------------------------------------------------------------------------------


def _rows_of(
    table: rows.Table, pins: dict[int, tuple[bytes, str, int]], erased: dict[str, int], result: Result
) -> None:
    """History rows against their pins, and live rows against the newest of them."""
    newest: dict[str, tuple[bytes, str, int]] = {}
    left = dict(pins)
    found = result.findings

    def blame(kind: str, text: str, row: str) -> None:
        found.append(Finding(kind, f"{table.name}: {text}", table=table.name, row=row))

    for history_id, key, content, meta, kind in table.versions():
        result.history_rows += 1
        pinned, found_before = left.pop(history_id, None), len(found)
        if pinned is None:
            blame(
                "unpinned", f"history row {history_id} of {key} was put in behind the log.", str(history_id)
            )
        elif rows.digest(table.name, content, meta) != pinned[0]:
            blame("history", f"history row {history_id} of {key} was altered.", str(history_id))
        sound = pinned is not None and found_before == len(found)
        newest[key] = (content, kind, history_id if sound else 0)
    for history_id, (_digest, name, seq) in left.items():
        if erased.get(name, 0) <= seq:
            blame("history_gone", f"history row {history_id} was removed.", str(history_id))
    for key, content in table.live():
        result.live_rows += 1
        version = newest.pop(key, None)
        if version is None and table.from_migrations:
            continue
        if version is None or version[1] == DELETED:
            blame("row_added", f"row {key} was put in behind the log.", key)
        elif version[0] != content and version[2]:  # a version that is not sound itself was blamed above
            blame("row", f"row {key} does not say what its newest history row {version[2]} says.", key)
    for key, (_content, kind, _history_id) in newest.items():
        if kind != DELETED:
            blame("row_gone", f"row {key} was removed behind the log.", key)
