"""What is written becomes a link; what is whole is found whole."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit import chain, door, verify
from audit.history import _Waiting
from audit.models import AccessEvent
from audit.services import Action, keep, record
from clients.models import Client
from clients.services import change_client
from reports.demo import build
from tests.factories import TODAY, counsel_of, make_client, make_user

pytestmark = pytest.mark.django_db


def settle():
    """What the commit would do, which a test's transaction never reaches."""
    for _ids, callback, _robust in list(connection.run_on_commit):
        if type(callback) is _Waiting and not callback.pinned:
            callback.pinned = True
            keep(callback.chain, callback.pin)


def found():
    settle()
    return [finding.text for finding in verify.verify().findings]


def test_a_demo_is_found_whole(tmp_path):
    build.make(clients=6, seed=3, today=TODAY)
    settle()
    result = verify.verify()
    assert result.findings == []
    assert result.events > 100
    assert result.history_rows > 200
    assert result.live_rows > 150


def test_events_of_a_client_follow_each_other_and_pin_her_history():
    client = make_client()
    change_client(client=client, by=counsel_of(client), pronouns="she/her")
    events = list(AccessEvent.objects.filter(chain=client.pk).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    version = client.history.latest("history_id")
    assert f"clients.client:{version.pk}:" in events[-1].pins
    assert found() == []


def test_a_rolled_back_version_is_pinned_by_nobody():
    client = make_client()
    counsel = counsel_of(client)

    @transaction.atomic
    def undone():
        change_client(client=client, by=counsel, pronouns="they/them")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    record(Action.SEEN, by=counsel, target=client)
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_a_version_without_an_event_is_kept_by_one_of_its_own():
    client = make_client()
    client = Client.objects.get(pk=client.pk)
    client.referral = "shelter"
    client.save()
    kept = AccessEvent.objects.get(action="kept", chain=client.pk)
    assert kept.pins.startswith(f"clients.client:{client.history.latest('history_id').pk}:")
    assert found() == []


@pytest.mark.parametrize("table", ["audit_accessevent", "clients_historicalclient", "audit_chainhead"])
def test_update_delete_truncate_refused(table):
    make_client()
    wanted = [
        f"UPDATE {table} SET {'seq' if 'audit' in table else 'history_type'} = 0",
        f"DELETE FROM {table}",
    ]
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL asks for it before TRUNCATE
        wanted.append(f"TRUNCATE {table}")
    for statement in wanted:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_door_lets_sealed_columns_change_and_nothing_else():
    client = make_client()
    versions = client.history.all()
    with transaction.atomic(), door.opened(door.RESEAL):
        versions.model.objects.filter(id=client.pk).update(pronouns_sealed=b"\x01" + bytes(60))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), door.opened(door.RESEAL):
        versions.model.objects.filter(id=client.pk).update(state="closed")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), door.opened(door.RESEAL):
        versions.all().delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        versions.model.objects.filter(id=client.pk).update(pronouns_sealed=b"\x01" + bytes(61))
    assert len(found()) == versions.count()  # the live row is not blamed for its version


def test_an_event_that_does_not_follow_its_chain_is_refused():
    make_user()
    record(Action.SEEN, by=None)
    event = AccessEvent.objects.latest("pk")
    columns = ", ".join(column for column in chain.COLUMNS if column != "seq")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(
            f"INSERT INTO audit_accessevent ({columns}, seq) SELECT {columns}, seq + 7 "
            f"FROM audit_accessevent WHERE id = {event.pk}"
        )
