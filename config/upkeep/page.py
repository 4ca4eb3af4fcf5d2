"""What the administrator reads about backups, restores that were tried, timed work and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from audit.models import TimedWork
from config.upkeep import key_files as files_of_keys
from config.upkeep.places import archives, key_files
from config.upkeep.timed import last_good
from vault import datakeys, rotation
from vault.errors import KeyringError
from vault.keyring import Keyring, RootKey, keyring
from vault.models import BackupRun

NO_BACKUP = timedelta(hours=36)
"""A nightly backup may take its time; after a day and a half one was missed."""
NO_TICK = timedelta(hours=1)
RUNS = 12
WORDS = {
    "config.upkeep.timed.tick": "Backups, and restores that are tried",
    "audit.checkpoints.tick": "Signed checkpoints of the access log",
    "audit.resealing.tick": "Sealing anew under newer keys",
    "clients.services.erasure.tick": "Erasures that were decided",
    "clients.services.glass.tick": "Reviews of break-glass looks",
    "reports.unusual.scan.tick": "Looking for unusual access",
    "reports.unusual.telling.tick": "Telling of unusual access",
}
"""Timed work as people call it; anything else stands under its own name."""


@dataclass(frozen=True)
class Warning:
    """One sentence that asks for something; `strong` comes first."""

    strong: str
    text: str


def upkeep(now: datetime) -> dict[str, Any]:
    """Everything on the page."""
    made, tried = last_good(BackupRun.Kind.MADE), last_good(BackupRun.Kind.VERIFIED)
    work = _timed_work()
    return {
        "warnings": warnings(now, made=made, tried=tried, work=work),
        "backup_facts": _backup_facts(made, tried, now),
        "runs": [
            {"run": run, "size": size_in_words(run.size) if run.size else "", "words": run.get_kind_display()}
            for run in BackupRun.objects.all()[:RUNS]
        ],
        "work": work,
        "key_facts": _key_facts(),
    }


def warnings(
    now: datetime, *, made: BackupRun | None, tried: BackupRun | None, work: list[dict[str, Any]]
) -> list[Warning]:
    """What is too old or failed, the worst first; empty when all is well."""
    found = _alarms()
    if made is None:
        found.append(Warning("There is no backup yet.", "Run: manage backup."))
    elif now - made.started_at > NO_BACKUP:
        found.append(
            Warning(f"No backup for {age_in_words(made.started_at, now)}.", "Look at the failures below.")
        )
    if made is not None and not key_files():
        found.append(
            Warning("The files of keys cannot be reached.", "Without one, no backup opens anything.")
        )
    for kind, words in ((BackupRun.Kind.MADE, "backup"), (BackupRun.Kind.VERIFIED, "tried restore")):
        last = BackupRun.objects.filter(kind=kind).first()
        if last is not None and not last.ok:
            found.append(Warning(f"The last {words} failed.", last.failure))
    days = settings.BACKUP_VERIFY_DAYS
    if made is not None and tried is None:
        found.append(Warning("No restore was ever tried.", "Run: manage verify_backup."))
    elif tried is not None and days > 0 and now - tried.started_at > timedelta(days=2 * days):
        text = "A backup that was never restored is a hope. Run: manage verify_backup."
        found.append(Warning(f"No restore was tried for {age_in_words(tried.started_at, now)}.", text))
    return found + _timed_warnings(now, work) + _key_warnings()


def _alarms() -> list[Warning]:
    count = files_of_keys.unproven()
    if not count:
        return []
    whose = "The keys of one client stand" if count == 1 else f"The keys of {count:,} clients stand"
    text = "No file of keys was changed. Keep them all, and find out who wrote to the database."
    return [Warning(f"{whose} as destroyed, and the access log has no proof of an erasure.", text)]


def _timed_warnings(now: datetime, work: list[dict[str, Any]]) -> list[Warning]:
    newest = max((line["row"].ran_at for line in work), default=None)
    if newest is None:
        return [Warning("Timed work never ran.", "Set up the timer that calls manage tick (docs/setup.md).")]
    found = [
        Warning(f"{line['words']}: failed.", f"{line['row'].failure}; the log has more.")
        for line in work
        if line["row"].failure
    ]
    if now - newest > NO_TICK:
        text = "Is the timer that calls manage tick still on?"
        found.insert(0, Warning(f"Timed work has not run for {age_in_words(newest, now)}.", text))
    return found


def _timed_work() -> list[dict[str, Any]]:
    rows = TimedWork.objects.filter(name__in=settings.TICKS).order_by("name")
    return [{"row": row, "words": WORDS.get(row.name, row.name)} for row in rows]


def _backup_facts(made: BackupRun | None, tried: BackupRun | None, now: datetime) -> list[dict[str, str]]:
    kept, keys = archives(), key_files()
    return [
        {
            "label": "Last backup",
            "value": f"{age_in_words(made.started_at, now)} ago" if made else "Never",
            "note": f"{made.file_name}, {size_in_words(made.size)}" if made else "",
        },
        {
            "label": "Last restore that was tried and went through",
            "value": f"{age_in_words(tried.started_at, now)} ago" if tried else "Never",
            "note": tried.file_name if tried else "",
        },
        {
            "label": "Backups kept",
            "value": f"{len(kept)}, {size_in_words(sum(path.stat().st_size for path in kept))}",
            "note": f"For {settings.BACKUP_DAYS} days; the newest always stays",
        },
        {
            "label": "Files of keys within reach",
            "value": str(len(keys)),
            "note": f"For {settings.BACKUP_KEYS_DAYS} days; then copies from before an erasure are gone",
        },
    ]


def _key_facts() -> list[dict[str, str]]:
    count, used = datakeys.census(), rotation.wraps_by_root()
    ring = _ring()
    roots = [
        {
            "label": f"Root key {root.id}",
            "value": f"wraps {used[root.id]:,} keys",
            "note": _state_of(root, ring),
        }
        for root in (ring.roots() if ring else [])
    ]
    return [
        *roots,
        {
            "label": "Clients with a key",
            "value": f"{count.clients:,}",
            "note": f"{count.versions:,} version{'' if count.versions == 1 else 's'}",
        },
        {"label": "Retired, kept for older backups", "value": f"{count.retired:,}"},
        {"label": "Clients whose keys were destroyed", "value": f"{count.destroyed:,}"},
        {"label": "Rotations under way", "value": f"{count.rotating:,}"},
    ]


def _ring() -> Keyring | None:
    try:
        return keyring()
    except KeyringError:
        return None


def _state_of(root: RootKey, ring: Keyring | None) -> str:
    state = "primary" if ring is not None and root.id == ring.primary else "opens only"
    if root.retired:
        state = f"retired {root.retired}"
    return f"{state}, made {root.created}" if root.created else state


def _key_warnings() -> list[Warning]:
    """Root keys that something hangs on and that are not here."""
    ring = _ring()
    if ring is None:
        return [Warning("The keyring cannot be read.", "Run: manage keyring status.")]
    missing = sorted(set(rotation.wraps_by_root()) - set(ring.ids()))
    return [
        Warning(f"Root key {number} is not in the keyring.", "What it wraps does not open. Put it back.")
        for number in missing
    ]


def size_in_words(size: int) -> str:
    """ "640 KB", "12.3 MB"."""
    if size < 1_000_000:
        return f"{-(-size // 1000):,} KB"
    if size < 1_000_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{size / 1_000_000_000:.1f} GB"


def age_in_words(at: datetime, now: datetime) -> str:
    """ "less than an hour", "4 hours", "3 days"."""
    hours = int((now - at).total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"
