"""The nightly work decides by itself what is due; one a day, not two."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from config.upkeep import timed
from config.upkeep.places import Busy, UpkeepError, archive_name
from config.upkeep.trying import Tried
from vault.models import BackupRun

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)


@pytest.fixture
def runs(settings, monkeypatch):
    """`make_backup` and `try_restore` that only keep their run; what was done, in order."""
    settings.TIME_ZONE, settings.BACKUP_HOUR, settings.BACKUP_VERIFY_DAYS = "UTC", 2, 7
    done = []

    class Made:
        removed = rewritten = 0

        def __init__(self, now):
            self.path = settings.BACKUP_DIR / archive_name(now)

    def make(*, now):
        made = Made(now)
        made.path.parent.mkdir(exist_ok=True)
        made.path.touch()
        done.append(("backup", now))
        BackupRun.objects.create(kind="made", started_at=now, ok=True)
        return made

    def attempt(path, *, now):
        done.append(("tried", path.name))
        BackupRun.objects.create(kind="verified", started_at=now, ok=True, file_name=path.name)
        return Tried([])

    monkeypatch.setattr(timed, "make_backup", make)
    monkeypatch.setattr(timed, "try_restore", attempt)
    with timezone.override("UTC"):
        yield done


def every(minutes, start, *, days):
    for n in range(days * 1440 // minutes):
        timed.tick(start + timedelta(minutes=minutes * n))


def test_tick_makes_one_a_day_and_not_two(runs):
    every(15, EVENING, days=3)
    made = [at for what, at in runs if what == "backup"]
    assert made == [EVENING, *(datetime(2026, 12, day, 2, 0, tzinfo=UTC) for day in (1, 2, 3))]


def test_a_backup_that_was_missed_is_made_as_soon_as_tick_runs_again(runs):
    timed.tick(EVENING)
    late = datetime(2026, 12, 5, 17, 30, tzinfo=UTC)
    timed.tick(late)
    assert [at for what, at in runs if what == "backup"] == [EVENING, late]


def test_a_restore_is_tried_every_week_with_the_newest(runs):
    every(60, EVENING, days=15)
    tried = [name for what, name in runs if what == "tried"]
    assert tried == [
        archive_name(EVENING),
        archive_name(datetime(2026, 12, 7, 2, 0, tzinfo=UTC)),
        archive_name(datetime(2026, 12, 14, 2, 0, tzinfo=UTC)),
    ]


def test_no_restore_is_tried_where_the_settings_say_so(runs, settings):
    settings.BACKUP_VERIFY_DAYS = 0
    every(60, EVENING, days=2)
    assert {what for what, _ in runs} == {"backup"}


def test_a_failure_is_told_and_tried_again_an_hour_later(runs, monkeypatch):
    tries = []

    def fail(*, now):
        tries.append(now)
        BackupRun.objects.create(kind="made", started_at=now, failure="No space left on device")
        raise UpkeepError("No space left on device")

    monkeypatch.setattr(timed, "make_backup", fail)
    for n in range(25):
        at = EVENING + timedelta(minutes=5 * n)
        if n % 12:
            assert timed.tick(at) == ""
        else:
            with pytest.raises(UpkeepError):
                timed.tick(at)
    assert tries == [EVENING + timedelta(hours=n) for n in range(3)]


def test_a_lock_that_another_has_fails_no_tick_and_is_looked_at_again(runs, monkeypatch):
    make = timed.make_backup

    def busy(*, now):
        raise Busy("Another backup, restore or check is running; wait for it.")

    monkeypatch.setattr(timed, "make_backup", busy)
    assert timed.tick(EVENING) == "Another backup, restore or check is running; wait for it."
    assert not BackupRun.objects.exists()
    monkeypatch.setattr(timed, "make_backup", make)
    assert "made afterword-" in timed.tick(EVENING + timedelta(minutes=5))
