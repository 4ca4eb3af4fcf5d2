"""A restore that is tried: all is proven, nothing of the site is touched, and the run is kept."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AccessEvent
from clients.models import Client
from config.upkeep.making import make_backup
from tests.upkeep.making import linnet
from vault.models import BackupRun

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


def databases():
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'afterword_try_%'")
        return cursor.fetchall()


def test_verify_backup_proves_a_restore_and_touches_nothing(settings):
    client = linnet()
    made = make_backup(now=NOW)
    stored = sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
    events = AccessEvent.objects.count()
    out = StringIO()
    call_command("verify_backup", str(made.path), stdout=out)
    assert "Found 1 file and opened 1 of them to the end." in out.getvalue()
    assert f"{made.path.name} restores. Nothing of this site was touched." in out.getvalue()
    assert Client.objects.get() == client
    assert sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()) == stored
    assert AccessEvent.objects.count() == events
    assert [path.name for path in settings.VAR.iterdir() if path.is_dir()] == []
    assert databases() == []
    run = BackupRun.objects.get(kind="verified")
    assert (run.ok, run.file_name, run.failure) == (True, made.path.name, "")

    made.path.write_bytes(made.path.read_bytes()[:-1])
    with pytest.raises(CommandError, match="is refused: it is cut off or was altered"):
        call_command("verify_backup", str(made.path))
    failed = BackupRun.objects.filter(kind="verified", ok=False).get()
    assert "is refused" in failed.failure
    assert databases() == []


def test_a_fault_of_the_access_log_is_told_and_the_backup_still_counts_as_restored():
    row = linnet().history.first()
    row.pk = None
    type(row).objects.bulk_create([row])  # behind the log
    made = make_backup(now=NOW)
    out = StringIO()
    with pytest.raises(CommandError, match=r"The data stand: .* manage verify_audit") as told:
        call_command("verify_backup", str(made.path), stdout=out)
    assert told.value.returncode == 3
    assert "To look into: The access log has 1 fault, see manage verify_audit." in out.getvalue()
    assert f"{made.path.name} restores." in out.getvalue()
    assert BackupRun.objects.get(kind="verified").ok
