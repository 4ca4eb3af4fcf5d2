"""What a backup holds, and what it must never hold."""

import base64
import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audit.models import AccessEvent
from config.upkeep import archive, key_files
from config.upkeep.making import make_backup
from config.upkeep.places import Busy, UpkeepError, archives, one_at_a_time
from config.upkeep.trying import try_restore
from documents.models import Document
from reports.demo import build
from tests.factories import make_client
from tests.upkeep.making import store
from vault.archives import BACKUP, KEYS, OpeningReader
from vault.keyring import keyring
from vault.models import BackupRun, DataKey, Installation, NameToken

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


def opened(path: Path, word: int) -> bytes:
    with path.open("rb") as source:
        reader = OpeningReader(source, word=word)
        text = reader.read(-1)
        reader.finish()
    return text


def members(path: Path) -> dict[str, bytes]:
    found = {}

    def take(name, source, _size):
        pieces = []
        while piece := source.read(archive.PIECE):
            pieces.append(piece)
        found[name] = b"".join(pieces)

    archive.read(path, take)
    return found


def as_text(found: dict[str, bytes], folder: Path) -> bytes:
    """The members one after another, PostgreSQL's compressed dump as SQL."""
    texts = dict(found)
    if "database.pgdump" in texts:
        dump = folder / "dump"
        dump.write_bytes(texts.pop("database.pgdump"))
        done = subprocess.run(["pg_restore", "-f", "-", str(dump)], capture_output=True, check=True)
        texts["database"] = done.stdout
    return b"\n".join(texts.values())


def forms(secret: bytes) -> set[bytes]:
    return {secret, secret.hex().encode(), base64.b64encode(secret)}


def test_backup_has_no_canary_no_key(tmp_path):
    manifest = tmp_path / "manifest"
    build.make(clients=4, seed=7, today=timezone.localdate(), manifest=manifest)
    session = SessionStore()
    session["typed"] = "Segdewren"
    session.save()
    made = make_backup(now=NOW)

    found = members(made.path)
    inside = as_text(found, tmp_path)
    outside = made.path.read_bytes() + made.keys.read_bytes()
    in_keys = opened(made.keys, KEYS)
    assert len([name for name in found if name.startswith("files/")]) == Document.objects.count() > 0
    number = Document.objects.first().client.file_number.encode()
    assert number in inside
    assert number not in outside

    lines = {line for line in manifest.read_text(encoding="utf-8").splitlines() if line.strip()}
    assert len(lines) > 100
    places = {"members": inside.lower(), "files as they lie": outside.lower(), "keys": in_keys.lower()}
    told = [
        f"{place}: {line}"
        for line in sorted(lines)
        for place, text in places.items()
        if line.lower().encode() in text or line.lower().encode().hex().encode() in text
    ]
    assert told == []

    secrets = {b"t" * 32}  # the root key of the tests
    wrapped = [(bytes(k.wrapped), k.client_uuid, k.version) for k in DataKey.objects.all()]
    wrapped.append((bytes(Installation.objects.get().wrapped_secret), key_files.NIL, 0))
    for sealed, client, version in wrapped:
        assert base64.b64encode(sealed) in in_keys  # each is in the file of keys
        secrets |= {sealed, sealed[17:], keyring().unwrap(sealed, client=client, version=version)}
    assert len(secrets) > 15
    for secret in secrets:
        assert not any(form in inside or form in outside for form in forms(secret))

    assert session.session_key.encode() not in inside
    assert made.manifest.tables["vault_nametoken"] == made.manifest.tables["django_session"] == 0
    assert NameToken.objects.exists()
    assert made.manifest.tables["vault_datakey"] == DataKey.objects.count()
    if connection.vendor == "sqlite":
        assert b"CREATE TABLE" in inside  # it is a database that was searched


def test_the_files_are_for_the_owner_alone_and_nothing_else_is_left(settings):
    make_client()
    made = make_backup(now=NOW)
    assert made.path.name == "afterword-20261130T100000Z.backup"
    assert made.keys == settings.BACKUP_KEYS_DIR / "20261130T100000Z.keys"
    for path in (made.path, made.keys):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert list(path.parent.glob(".*")) == []
    assert sorted(path.name for path in settings.VAR.iterdir()) == ["keys.lock", "upkeep.lock"]


def test_a_backup_is_kept_as_a_run_and_in_the_log(tmp_path):
    make_client()
    out = io.StringIO()
    call_command("backup", "--to", str(tmp_path / "stick"), stdout=out)
    made = archives(tmp_path / "stick")[0]
    assert f"Backup: {made}" in out.getvalue()
    run = BackupRun.objects.get()
    assert (run.kind, run.ok, run.file_name, run.size) == ("made", True, made.name, made.stat().st_size)
    assert AccessEvent.objects.filter(action="backed_up", actor_id=None).count() == 1


def test_a_backup_that_fails_is_kept_as_a_failure_and_leaves_no_file(settings, monkeypatch):
    make_client()

    def full(*_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("config.upkeep.making._add_key_rows", full)
    with pytest.raises(UpkeepError, match="No space left"):
        make_backup(now=NOW)
    run = BackupRun.objects.get()
    assert (run.ok, run.failure) == (False, "No space left on device")
    assert archives() == []
    assert [path for path in settings.BACKUP_DIR.rglob("*") if path.is_file()] == []
    assert not AccessEvent.objects.filter(action="backed_up").exists()


def test_two_at_once_are_refused_and_that_is_no_failure(kept):
    with one_at_a_time(), pytest.raises(Busy, match="Another backup"):
        make_backup(now=NOW)
    with one_at_a_time("trying"), pytest.raises(Busy, match="Another backup"):
        try_restore(kept.first, now=NOW)
    assert not BackupRun.objects.exists()


def test_a_file_that_the_storage_lost_is_named_and_does_not_stop_the_backup(settings):
    document = store(make_client())
    (settings.MEDIA_ROOT / document.stored_name).unlink()
    made = make_backup(now=NOW)
    assert made.manifest.lost == [document.stored_name]
    assert made.manifest.files == 0


def test_old_files_go_and_the_newest_of_each_stays(settings):
    make_client()
    settings.BACKUP_DAYS, settings.BACKUP_KEYS_DAYS = 10, 3
    days = [NOW + timedelta(days=n) for n in (0, 4, 12)]
    made = [make_backup(now=day) for day in days]
    assert [path.name for path in archives()] == [made[2].path.name, made[1].path.name]
    assert [path.name for path in key_files.key_files()] == [made[2].keys.name]
    assert made[2].removed == 2
    opened(made[1].path, BACKUP)


def test_a_member_longer_than_memory_should_hold_goes_through_in_pieces(tmp_path):
    """Peak memory of writing and reading 64 MB stays far below 64 MB."""
    import tracemalloc

    big = tmp_path / "big"
    with big.open("wb") as out:
        out.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    with (tmp_path / "sealed").open("wb") as out:
        writer = archive.Writer(out, tmp_path / "members")
        writer.add_path("files/big", big)
        writer.close(
            lambda members, digest: archive.Manifest(
                "", "test", "sqlite", [], {}, [], files=1, members=members, members_sha256=digest
            )
        )
    archive.read(tmp_path / "sealed")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
