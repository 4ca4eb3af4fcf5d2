"""An erased client comes back from no backup: not her keys, not her rows, not her files."""

import shutil
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from unittest import mock
from uuid import UUID

import pytest
from django.core.files.storage import default_storage

from audit import chain
from audit.models import AccessEvent, ChainHead
from audit.services import Action, record
from clients.models import Erasure
from config.upkeep import key_files, page
from config.upkeep.making import make_backup
from config.upkeep.places import Busy, UpkeepError, new_file, one_at_a_time, remove_parts
from documents.models import Document
from tests.clients.erasing import close, erase
from tests.factories import make_client
from tests.upkeep.making import linnet
from vault.archives import KEYS, OpeningReader
from vault.errors import VaultError
from vault.models import DataKey

NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
LOOK = """
from clients.models import Client, Erasure
from documents.models import Document
from django.core.files.storage import default_storage
from vault.models import DataKey, NameToken
gone = DataKey.objects.filter(client_uuid="{client}")
print(*sorted(Client.objects.values_list("file_number", flat=True)))
print(*Erasure.objects.values_list("file_number", flat=True))
print([row.wrapped for row in gone], all(row.destroyed_at for row in gone), gone.count())
print(Document.objects.count(), default_storage.exists("{stored}"))
print(*sorted(client.name_used for client in Client.objects.all()))
"""


def clients_in(path):
    return {line["client"] for line in key_files.lines(path) if "client" in line}


def plain(path):
    with path.open("rb") as source:
        return OpeningReader(source, word=KEYS).read(-1)


def erased(client):
    """The event of an erasure, as the service writes it."""
    record(Action.ERASED, by=None, kind="client", client=client)
    return client


# --- Files of keys --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_forgetting_a_client_rewrites_every_file_of_keys_without_her(kept, settings):
    settings.BACKUP_KEYS_DAYS = 30
    both = clients_in(kept.first_keys) & clients_in(kept.second_keys)
    her = UUID(max(both))  # not the organisation
    erased(her)
    wrapped = [line["wrapped"] for line in key_files.lines(kept.first_keys) if line.get("client") == str(her)]
    before = {path: clients_in(path) for path in (kept.first_keys, kept.second_keys)}
    day = key_files.forget_client(her, now=LATER)
    assert day == date(2027, 1, 1)  # thirty days after the newest file, of December 2
    for path, clients in before.items():
        assert clients_in(path) == clients - {str(her)}
        ledger = key_files.contents(path).ledger.erased
        assert (ledger[her].client, ledger[her].day) == (her, date(2026, 12, 2))
        assert path.stat().st_mode & 0o777 == 0o600
        assert not any(key.encode() in plain(path) for key in wrapped)
    content = kept.first_keys.read_bytes()
    assert key_files.forget_client(her, now=LATER) == day
    assert kept.first_keys.read_bytes() == content  # nothing was left to do


@pytest.mark.django_db
def test_without_files_of_keys_an_erasure_is_complete_at_once():
    assert key_files.forget_client(erased(UUID(int=7)), now=NOW) == date(2026, 11, 30)


@pytest.mark.django_db
def test_a_file_that_cannot_be_written_anew_is_an_error_and_is_made_good_later(kept):
    her = erased(UUID(max(clients_in(kept.first_keys))))
    whole = kept.second_keys.read_bytes()
    kept.second_keys.write_bytes(whole[:-1])
    with pytest.raises(VaultError):
        key_files.forget_client(her, now=NOW)
    kept.second_keys.write_bytes(whole)
    DataKey.objects.create(pk=1, client_uuid=her, wrapped=None, destroyed_at=NOW)
    assert key_files.catch_up() >= 1
    assert str(her) not in clients_in(kept.first_keys) | clients_in(kept.second_keys)
    assert key_files.catch_up() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("forged", ["nothing", "no seal", "the seal of another event", "of another client"])
def test_keys_destroyed_without_a_proof_of_an_erasure_stay_in_the_files(kept, caplog, forged):
    """Rights on the database are not enough to take anybody's key out of a file of keys."""
    her = UUID(max(clients_in(kept.first_keys)))
    erased(UUID(int=7))
    real = AccessEvent.objects.get(client_id=UUID(int=7))
    made = {
        "no seal": {"chain": her, "client_id": her, "digest": b"d" * 32, "mac": b"m" * 16},
        "the seal of another event": {
            "chain": her,
            "client_id": her,
            "digest": bytes(real.digest),
            "mac": bytes(real.mac),
        },
        "of another client": {"chain": real.chain, "client_id": her, "digest": b"", "mac": bytes(real.mac)},
    }
    if values := made.get(forged):
        event = AccessEvent(action=Action.ERASED, object_kind="client", at=real.at, seq=1, **values)
        if forged == "of another client":
            event.seq = 2
            before = bytes(real.digest) + bytes(real.mac)
            event.digest = chain.link(before, 2, chain.payload_of(event))
        if event.seq == 1:
            ChainHead.objects.create(chain=her, seq=0, digest=chain.genesis(her), mac=b"")
        AccessEvent.objects.bulk_create([event])
    DataKey.objects.create(pk=1, client_uuid=her, wrapped=None, destroyed_at=NOW)
    before = {path: path.read_bytes() for path in (kept.first_keys, kept.second_keys)}

    assert key_files.catch_up() == 0
    with pytest.raises(UpkeepError, match="no proof of this erasure"):
        key_files.forget_client(her, now=NOW)
    assert {path: path.read_bytes() for path in before} == before
    assert her not in key_files.ledger_of_database().erased
    assert "ALARM: the keys of 1 clients stand as destroyed without a proof" in caplog.text
    warning = page.upkeep(LATER)["warnings"][0].strong
    assert "The keys of one client stand as destroyed, and the access log has no proof" in warning


@pytest.mark.django_db(transaction=True)
def test_a_backup_catches_up_after_its_own_file_and_keeps_older_ones_while_there_is_an_alarm(settings):
    settings.BACKUP_KEYS_DAYS = 1
    her, siskin = close(linnet()), make_client(name_used="Siskin")
    first = make_backup(now=NOW)
    shutil.copy(first.keys, first.keys.parent / "taken away")
    erase(her)
    shutil.copy(first.keys.parent / "taken away", first.keys)
    made = make_backup(now=LATER)
    assert (made.rewritten, first.keys.exists()) == (1, False)  # written anew, then past its term

    DataKey.objects.filter(client_uuid=siskin.pk).update(wrapped=None, destroyed_at=LATER)
    made_last = make_backup(now=LATER + timedelta(days=5))
    assert made.keys.exists()
    assert str(siskin.pk) in clients_in(made.keys)
    assert str(siskin.pk) not in clients_in(made_last.keys)


@pytest.mark.django_db
def test_whoever_writes_files_of_keys_waits_for_the_other(kept):
    """A client is erased while a file of keys is written: it is whole before hers are taken out of it."""
    her = erased(UUID(max(clients_in(kept.first_keys))))
    done = []
    with one_at_a_time("keys"):
        waiting = Thread(target=lambda: done.append(_locked()))
        waiting.start()
        waiting.join(0.2)
        assert done == []
    waiting.join(20)
    assert done == [True]
    with pytest.raises(Busy), one_at_a_time("keys"), _no_waiting():
        key_files.forget_client(her, now=NOW)
    with pytest.raises(Busy), one_at_a_time("keys"), _no_waiting():
        key_files.write(kept.first_keys.parent, LATER)
    with pytest.raises(Busy), one_at_a_time("keys"), _no_waiting():
        key_files.catch_up()


def _locked():
    with one_at_a_time("keys", wait=True):
        return True


@contextmanager
def _no_waiting():
    """Say that the lock is taken instead of waiting for it."""
    with mock.patch.object(key_files, "one_at_a_time", lambda what, *, wait: one_at_a_time(what)):
        yield


def test_a_half_written_file_of_keys_has_a_name_of_its_own_and_does_not_stay(tmp_path):
    path = tmp_path / "20261130T100000Z.keys"
    with new_file(path, replace=True) as one, new_file(path, replace=True) as two:
        one.write(b"one")
        two.write(b"two")
        assert len(list(tmp_path.glob(".*.part"))) == 2
    assert path.read_bytes() == b"one"
    (tmp_path / ".20261130T100000Z.keys.killed.part").touch()
    (tmp_path / ".another").touch()
    remove_parts(tmp_path, "*.keys")
    assert sorted(found.name for found in tmp_path.iterdir()) == [".another", path.name]


def test_a_restore_that_is_tried_writes_no_file_of_keys_anew(kept, settings):
    settings.THROWAWAY = "/somewhere"
    her = UUID(max(clients_in(kept.first_keys)))
    before = [path.read_bytes() for path in (kept.first_keys, kept.second_keys)]
    key_files.forget_client(her, now=NOW)
    assert [path.read_bytes() for path in (kept.first_keys, kept.second_keys)] == before


# --- Restoring ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_restore_replays_shreds(other, settings):
    her, siskin = close(linnet()), make_client(name_used="Siskin")
    stored = Document.objects.get().stored_name
    made = make_backup(now=NOW)
    keys_before = made.keys.read_bytes()
    erase(her)
    tombstone = Erasure.objects.get()
    assert tombstone.backups_cleaned_at is not None
    assert tombstone.complete_on >= date(2026, 12, 30)
    assert str(her.pk) not in clients_in(made.keys)
    assert key_files.contents(made.keys).ledger.erased[her.pk].file_number == her.file_number

    done = other.run("restore", str(made.path))
    assert done.returncode == 0, done.stderr
    assert "Erased again 1 who had been erased after this backup was made" in done.stdout
    look = LOOK.format(client=her.pk, stored=stored)
    expected = [siskin.file_number, her.file_number, "[None] True 1", "0 False", "Siskin"]
    proven = "\nfrom django.core.management import call_command; call_command('verify_audit')"
    assert other.python(look + proven).splitlines()[:5] == expected
    assert not default_storage.exists(stored)
    assert made.keys.read_bytes() != keys_before


@pytest.mark.django_db(transaction=True)
def test_restored_earlier_backup_opens_nothing_of_an_erased_client(other, tmp_path, settings):
    """Also where the file of keys from before the erasure lies in the folder again, and is chosen."""
    her, siskin = close(linnet()), make_client(name_used="Siskin")
    stored = Document.objects.get().stored_name
    wrapped = bytes(DataKey.objects.get(client_uuid=her.pk).wrapped)
    made = make_backup(now=NOW)
    shutil.copy(made.keys, tmp_path / "taken away")
    erase(her)
    make_backup(now=LATER)
    shutil.copy(tmp_path / "taken away", made.keys)
    assert str(her.pk) in clients_in(made.keys)

    done = other.run("restore", str(made.path), "--keys", str(made.keys))
    assert done.returncode == 0, done.stderr
    look = LOOK.format(client=her.pk, stored=stored)
    expected = [siskin.file_number, her.file_number, "[None] True 1", "0 False", "Siskin"]
    assert other.python(look).splitlines() == expected
    on_disk = b"".join(path.read_bytes() for path in other.folder.rglob("*") if path.is_file())
    assert wrapped not in on_disk
    assert wrapped[17:] not in on_disk


@pytest.mark.django_db(transaction=True)
def test_the_restored_site_writes_the_ledger_on(other):
    """A backup of the restored site still names who was erased, and never has her key."""
    her = close(linnet())
    made = make_backup(now=NOW)
    erase(her)
    other.python(
        "from django.core.management import call_command\n"
        f"call_command('restore', {str(made.path)!r})\n"
        "call_command('backup')"
    )
    newest = key_files.key_files()[0]
    assert newest != made.keys
    assert str(her.pk) not in clients_in(newest)
    assert key_files.contents(newest).ledger.erased[her.pk].file_number == her.file_number
