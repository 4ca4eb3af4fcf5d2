"""Keys of many new clients at once."""

import pytest
from django.db import IntegrityError, connection, transaction

from vault import datakeys
from vault.crypto import Binding
from vault.errors import Shredded
from vault.ids import NIL, uuid7
from vault.models import DataKey
from vault.sealing import open_sealed, seal

pytestmark = pytest.mark.django_db


def binding(client):
    return Binding("demo", "value", uuid7(), client)


def test_every_client_gets_a_key_of_its_own_with_two_queries(django_assert_num_queries):
    clients = [uuid7() for _ in range(20)]
    with transaction.atomic(), django_assert_num_queries(2), datakeys.fresh_keys(clients):
        places = [binding(client) for client in clients]
        sealed = [seal(b"Plumbago", place, step=32) for place in places]
    assert DataKey.objects.filter(client_uuid__in=clients).count() == 20
    datakeys.memory.clear()
    assert [open_sealed(value, place) for value, place in zip(sealed, places, strict=True)] == [
        b"Plumbago"
    ] * 20


def test_nothing_seals_under_a_key_that_was_rolled_back():
    client = uuid7()
    with transaction.atomic():
        with datakeys.fresh_keys([client]):
            lost = datakeys.key_for_sealing(client).id
        transaction.set_rollback(True)
    assert datakeys.key_for_sealing(client).id != lost
    assert DataKey.objects.filter(client_uuid=client).count() == 1


def test_after_the_block_the_stored_key_goes_on_sealing():
    client = uuid7()
    with datakeys.fresh_keys([client]):
        inside = datakeys.key_for_sealing(client).id
    datakeys.memory.clear()
    assert datakeys.key_for_sealing(client).id == inside


def test_a_client_who_has_a_key_is_refused():
    client = uuid7()
    datakeys.key_for_sealing(client)
    with pytest.raises(IntegrityError), transaction.atomic():
        datakeys.fresh_keys([client]).__enter__()


def test_a_destroyed_key_opens_nothing_and_is_not_made_anew():
    client, other = uuid7(), uuid7()
    place, foreign = binding(client), binding(other)
    sealed, kept = seal(b"Plumbago", place, step=32), seal(b"Sorrel", foreign, step=32)
    assert datakeys.destroy(client) == 1
    with pytest.raises(Shredded):
        open_sealed(sealed, place)
    with pytest.raises(Shredded):
        seal(b"Plumbago", place, step=32)
    row = DataKey.objects.get(client_uuid=client)
    assert row.wrapped is None
    assert row.destroyed_at is not None
    assert open_sealed(kept, foreign) == b"Sorrel"
    assert datakeys.destroy(client) == 0


def test_a_version_that_is_added_while_a_key_is_destroyed_is_destroyed_as_well():
    client = uuid7()
    seal(b"Plumbago", binding(client), step=32)
    added = []

    def adding(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and not added:
            added.append(True)
            added[:] = [datakeys._make(client, 2)]
        return done

    with connection.execute_wrapper(adding):
        assert datakeys.destroy(client) == 2
    keys = DataKey.objects.filter(client_uuid=client)
    assert [(key.wrapped, key.destroyed_at is None) for key in keys] == [(None, False)] * 2


def test_the_organisations_own_key_is_never_destroyed():
    datakeys.key_for_sealing(NIL)
    with pytest.raises(ValueError, match="organisation"):
        datakeys.destroy(NIL)
    assert DataKey.objects.get(client_uuid=NIL).wrapped is not None
