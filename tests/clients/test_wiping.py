"""What an erasure leaves in the database's own files, and the stored files that a row still names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from audit import resealing
from clients.models import Client, Erasure, ErasureRequest
from clients.services import erasing, erasure
from documents.services import store_document
from tests.clients.erasing import closed_client, erase
from tests.factories import counsel_of, make_client
from vault.models import DataKey, SpareFile


def a_document(client: Client):
    return store_document(
        client=client, kind="evidence", title="A letter", content=b"Dear", by=counsel_of(client)
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL: a VACUUM, see below")
def test_the_wrapped_key_is_in_no_page_of_the_database_file_after_the_erasure():
    client = closed_client()
    wrapped = bytes(DataKey.objects.get(client_uuid=client.pk).wrapped)
    file = Path(connection.settings_dict["NAME"])
    places = [file, file.with_name(file.name + "-wal")]

    def found() -> bool:
        return any(wrapped in place.read_bytes() for place in places if place.exists())

    assert found()
    erase(client)
    assert not found()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite: see above")
def test_the_old_version_of_the_key_is_vacuumed_after_the_erasure():
    client = closed_client()
    erase(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'vault_datakey'")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.django_db
def test_a_list_of_files_to_remove_never_takes_a_file_that_a_row_names(caplog):
    stays = a_document(make_client()).stored_name
    gone = default_storage.save("aa/gone", ContentFile(b"sealed"))
    assert erasing.remove([stays, gone]) == [stays]
    assert (default_storage.exists(stays), default_storage.exists(gone)) == (True, False)
    assert "a row still names it" in caplog.text


@pytest.mark.django_db
def test_a_spare_file_that_a_row_names_is_not_swept(caplog):
    stays = a_document(make_client()).stored_name
    now = timezone.now()
    SpareFile.objects.create(name=stays, due_at=now - timedelta(days=1))
    SpareFile.objects.create(name="aa/other", due_at=now - timedelta(days=1))
    assert resealing.sweep(now=now) == 1
    assert default_storage.exists(stays)
    assert "a row still names it" in caplog.text


@pytest.mark.django_db
def test_a_cleaning_that_fails_keeps_no_other_from_being_done(monkeypatch, caplog):
    erase(closed_client())
    second = erase(closed_client())
    first = Erasure.objects.exclude(pk=second.pk).get()
    clean_up = erasure.clean_up

    def failing(pk):
        if pk == first.pk:
            raise RuntimeError
        return clean_up(pk)

    monkeypatch.setattr(erasure, "clean_up", failing)
    assert erasure.tick(timezone.now()) == "1 of 2 erased files cleaned up"
    assert "did not go through" in caplog.text


@pytest.mark.django_db
def test_a_part_whose_cleaning_fails_does_not_end_the_tick(monkeypatch, caplog):
    client = make_client()
    row = ErasureRequest(
        client=client,
        scope="document",
        object_id=client.pk,
        reason="mistake",
        asked_by=counsel_of(client),
        decided_by=counsel_of(client),
        decided_at=timezone.now(),
        state="done",
        files_left=["aa/left"],
    )
    erasure._save(row, counsel_of(client))

    def failing(pk):
        raise RuntimeError

    monkeypatch.setattr(erasure, "clean_up_part", failing)
    assert erasure.tick(timezone.now()) == ""
    assert "did not go through" in caplog.text
