"""The nightly work: a backup a day, a restore tried every week, erased keys taken out of old files."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from config.upkeep.making import make_backup
from config.upkeep.places import Busy, archives
from config.upkeep.trying import try_restore
from vault.models import BackupRun

AFTER_A_FAILURE = timedelta(hours=1)
"""How long a failed run waits before it is tried again, however often `tick` is called."""


def tick(now: datetime) -> str:
    """Do what is due. Raises `UpkeepError` where it failed, so that the failure is kept and told.

    Where somebody else is at it nothing failed: the next call looks again.
    """
    said = []
    try:
        if backup_due(now):
            said += _backup(now)
        if verify_due(now):
            newest = archives()[0]
            tried = try_restore(newest, now=now)
            said.append(f"tried a restore of {newest.name}")
            said += tried.faults
    except Busy as busy:
        said.append(str(busy))
    return "; ".join(said)


def _backup(now: datetime) -> list[str]:
    made = make_backup(now=now)
    said = [f"made {made.path.name}"]
    if made.rewritten:
        said.append(f"took erased clients out of {made.rewritten} files of keys")
    if made.removed:
        said.append(f"removed {made.removed} old files")
    return said


def backup_due(now: datetime) -> bool:
    """Whether the hour of the nightly backup has passed since the last one that went through."""
    last = last_good(BackupRun.Kind.MADE)
    if last is not None and last.started_at >= last_hour(now):
        return False
    return not _failed_just_now(BackupRun.Kind.MADE, now)


def verify_due(now: datetime) -> bool:
    """Whether there is a backup, and none was tried for as many days as the settings say."""
    if settings.BACKUP_VERIFY_DAYS <= 0 or not archives():
        return False
    last = last_good(BackupRun.Kind.VERIFIED)
    if last is not None and now - last.started_at < timedelta(days=settings.BACKUP_VERIFY_DAYS):
        return False
    return not _failed_just_now(BackupRun.Kind.VERIFIED, now)


def last_hour(now: datetime) -> datetime:
    """The newest moment at which a backup was to be made: today's hour, or yesterday's before it."""
    local = timezone.localtime(now)
    at = local.replace(hour=settings.BACKUP_HOUR, minute=0, second=0, microsecond=0)
    return at if at <= local else at - timedelta(days=1)


def last_good(kind: str) -> BackupRun | None:
    """The newest run of this kind that went through."""
    return BackupRun.objects.filter(kind=kind, ok=True).order_by("-started_at").first()


def _failed_just_now(kind: str, now: datetime) -> bool:
    last = BackupRun.objects.filter(kind=kind).order_by("-started_at", "-pk").first()
    return last is not None and not last.ok and now - last.started_at < AFTER_A_FAILURE
