"""Whatever is done behind the application's back is found, and the right row is blamed.

The attacker has the database with all rights and no key: triggers are dropped first, and digests that need no
key are made anew where that helps to hide.
"""

import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone

from audit import chain, checkpoints, triggers, verify
from audit.models import AccessEvent, ChainHead, Checkpoint, Door, Verification
from audit.services import Action, record
from clients.models import Alias, Client
from clients.services import change_client, save_alias
from tests.audit.test_chain import settle
from tests.factories import counsel_of, make_client
from vault import signing

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(key):
    """Two files with some life and a checkpoint; the triggers are gone, as for the database's owner."""
    first, second = make_client(), make_client(name_used="Tansy")
    for client in (first, second):
        counsel = counsel_of(client)
        change_client(client=client, by=counsel, pronouns="she/her")
        change_client(client=client, by=counsel, pronouns="they/them")
        save_alias(client=client, name="Plumbago Dunnock", by=counsel)
        for _ in range(3):
            record(Action.SEEN, by=counsel, target=client, fields=["overview"])
    settle()
    checkpoints.write(timezone.now())
    drop_triggers()
    return first, second


@pytest.fixture
def key(settings, tmp_path):
    settings.CHECKPOINT_DIR = str(tmp_path / "checkpoints")
    settings.CHECKPOINT_KEY_FILE = str(tmp_path / "key.json")
    return signing.write_key(tmp_path / "key.json")


def drop_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname LIKE 'afterword%'"
            )
            for name, table in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'afterword%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')


def findings(**options):
    """What is found, apart from the triggers that are gone."""
    return [f for f in verify.verify(**options).findings if f.kind != "no_trigger"]


def only(**options):
    """The one thing that is found."""
    found = findings(**options)
    assert len(found) == 1, [finding.text for finding in found]
    return found[0]


def events_of(client):
    return list(AccessEvent.objects.filter(chain=client.pk).order_by("seq"))


def rewrite_from(events, *, seal=None):
    """Make the digests of events anew, and where somebody has the key the MACs too."""
    before = tail_of(AccessEvent.objects.get(chain=events[0].chain, seq=events[0].seq - 1))
    for event in events:
        event.refresh_from_db()
        event.digest = chain.link(before, event.seq, chain.payload_of(event))
        if seal is not None:
            event.mac = seal(event.digest)
        AccessEvent.objects.filter(pk=event.pk).update(digest=event.digest, mac=event.mac)
        before = tail_of(event)
    ChainHead.objects.filter(chain=event.chain).update(digest=event.digest, mac=event.mac)


def tail_of(event):
    return bytes(event.digest) + bytes(event.mac)


def test_dropped_triggers_are_named(busy):
    found = verify.verify().findings
    assert {finding.table for finding in found} == {
        *triggers.history_tables(),
        triggers.EVENTS,
        triggers.HEADS,
    }
    triggers.install()
    assert verify.verify().findings == []


def test_a_trigger_that_was_replaced_and_a_door_left_open_are_named(busy):
    triggers.install()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION afterword_forward() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN NEW; END $$"
            )
        else:
            name = f"afterword_update_{triggers.HEADS}"
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {triggers.HEADS} BEGIN SELECT 1; END")
    Door.objects.create(kind="erase")
    found = verify.verify().findings
    assert [(finding.kind, finding.table) for finding in found] == [
        ("no_trigger", triggers.HEADS),
        ("door_open", triggers.DOOR),
    ]


def test_no_site_but_the_test_runner_s_has_a_door_past_the_log(settings):
    settings.AFTERWORD_ENV = "production"
    kinds = triggers._postgresql if connection.vendor == "postgresql" else triggers._sqlite
    assert "flush" not in " ".join(kinds(triggers.history_tables()))


@pytest.mark.parametrize(
    "value", ["CAST(actor_id AS BLOB)", "action || char(0) || 'x'", "actor_id + 0.5", "'x'"]
)
def test_a_value_of_another_kind_than_its_column_s_is_named(busy, value):
    """SQLite keeps what it is given: such a value may read the same and be found by no filter."""
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL refuses it")
    event = events_of(busy[0])[-2]
    column = "action" if "action" in value else "actor_id"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_accessevent SET {column} = {value} WHERE id = %s", [event.pk])
    assert str(event.pk) in {finding.row for finding in findings()}


def test_a_part_that_is_missing_is_not_passed_over(busy):
    event = next(event for event in events_of(busy[0]) if event.pins)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_accessevent ALTER COLUMN pins DROP NOT NULL")
            cursor.execute("ALTER TABLE audit_accessevent ALTER COLUMN place TYPE text")
            cursor.execute(
                "UPDATE audit_accessevent SET pins = NULL, place = place || chr(31) || pins WHERE id = %s",
                [event.pk],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        else:
            cursor.execute("UPDATE audit_accessevent SET pins = CAST(pins AS BLOB) WHERE id = %s", [event.pk])
    found = findings()
    assert event.seq in {finding.seq for finding in found} or str(event.pk) in {each.row for each in found}


@pytest.mark.parametrize("value", ["history_user_id + 0.5", "'nobody'"])
def test_a_history_row_of_another_kind_of_value_is_named(busy, value):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL refuses it")
    version = busy[0].history.order_by("history_id")[1]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE clients_historicalclient SET history_user_id = {value} WHERE history_id = %s",
            [version.pk],
        )
    found = {(finding.kind, finding.row) for finding in findings()}
    type(version).objects.filter(pk=version.pk).update(history_user_id=version.history_user_id)
    assert ("history", str(version.pk)) in found


def test_pins_that_cannot_be_read_stop_no_proof(busy):
    event = next(event for event in events_of(busy[0]) if event.pins)
    AccessEvent.objects.filter(pk=event.pk).update(pins="x")
    assert ("altered", event.seq) in {(finding.kind, finding.seq) for finding in findings()}


def test_an_altered_event_is_named(busy):
    event = events_of(busy[0])[-2]
    AccessEvent.objects.filter(pk=event.pk).update(actor_id=None)
    assert (only().kind, only().chain, only().seq) == ("altered", busy[0].pk.hex, event.seq)


def test_an_altered_event_is_named_though_its_digests_were_made_anew(busy):
    event, *later = events_of(busy[0])[-3:]
    AccessEvent.objects.filter(pk=event.pk).update(fields=["people"])
    rewrite_from([event, *later])
    first, *_rest = findings()
    assert (first.kind, first.chain, first.seq) == ("forged", busy[0].pk.hex, event.seq)


@pytest.mark.parametrize("at", [2, -2])
def test_a_removed_event_is_named(busy, at):
    event = events_of(busy[0])[at]
    AccessEvent.objects.filter(pk=event.pk).delete()
    found = [finding for finding in findings() if finding.table == "audit.accessevent"]
    assert [(f.kind, f.chain, f.seq) for f in found] == [("removed", busy[0].pk.hex, event.seq)]


@pytest.mark.parametrize("column", ["mac", "digest"])
def test_an_event_whose_seal_was_altered_is_named(busy, column):
    event = events_of(busy[0])[-2]
    AccessEvent.objects.filter(pk=event.pk).update(**{column: b"x" * 32 if column == "digest" else b"x" * 16})
    assert (only().kind, only().chain, only().seq) == ("forged", busy[0].pk.hex, event.seq)


def test_an_inserted_event_is_named(busy):
    last = events_of(busy[0])[-1]
    digest = chain.link(tail_of(last), last.seq + 1, chain.payload_of(last))
    with connection.cursor() as cursor:
        columns = ", ".join(name for name in chain.COLUMNS if name not in ("seq", "digest"))
        cursor.execute(
            f"INSERT INTO audit_accessevent ({columns}, seq, digest) SELECT {columns}, seq + 1, %s "
            "FROM audit_accessevent WHERE id = %s",
            [digest, last.pk],
        )
    found = findings()
    assert (found[0].kind, found[0].chain, found[0].seq) == ("forged", busy[0].pk.hex, last.seq + 1)


def test_events_that_changed_places_are_named(busy):
    one, other = events_of(busy[0])[-3:-1]
    values = [name for name in chain.COLUMNS if name not in ("chain", "seq")]
    for pk, source in ((one.pk, other), (other.pk, one)):
        AccessEvent.objects.filter(pk=pk).update(**{name: getattr(source, name) for name in values})
    found = findings()
    assert (found[0].chain, found[0].seq) == (busy[0].pk.hex, one.seq)


def test_a_ciphertext_that_was_swapped_between_rows_is_named(busy):
    one, other = Alias.objects.get(client=busy[0]), Alias.objects.get(client=busy[1])
    mine, theirs = bytes(one.name_sealed), bytes(other.name_sealed)
    _write(Alias, one.pk, name_sealed=theirs)
    assert (only().kind, only().table, only().row) == ("row", "clients.alias", str(one.pk))
    _write(Alias, other.pk, name_sealed=mine)
    assert {(f.kind, f.row) for f in findings()} == {("row", str(one.pk)), ("row", str(other.pk))}


def test_rollback_cell_row_client_detected(busy):
    client = busy[0]
    earlier = client.history.order_by("-history_id")[1]
    _write(Client, client.pk, pronouns_sealed=bytes(earlier.pronouns_sealed))
    assert (only().kind, only().table, only().row) == ("row", "clients.client", str(client.pk))


def test_a_row_that_was_rolled_back_says_so_on_the_page_of_its_file(busy, client, caplog):
    ours, counsel = busy[0], counsel_of(busy[0])
    triggers.install()
    client.force_login(counsel)
    page = client.get(reverse("client-file", args=[ours.pk]))
    assert b"Changed behind the log" not in page.content
    _write(Client, ours.pk, pronouns_sealed=bytes(ours.history.order_by("-history_id")[1].pronouns_sealed))
    page = client.get(reverse("client-file", args=[ours.pk]))
    assert b"Changed behind the log: tell the auditor" in page.content
    assert str(ours.pk) in caplog.text


def test_a_table_that_was_rolled_back_with_its_history_is_named(busy):
    versions = Client.history.model.objects
    for client in busy:
        latest = versions.filter(id=client.pk).latest("history_id")
        versions.filter(pk=latest.pk).delete()
        before = versions.filter(id=client.pk).latest("history_id")
        _write(Client, client.pk, pronouns_sealed=bytes(before.pronouns_sealed or b"") or None)
    found = findings()
    assert [finding.kind for finding in found if finding.kind != "row"] == ["history_gone", "history_gone"]


def test_an_altered_history_row_is_named(busy):
    version = busy[0].history.order_by("history_id")[1]
    type(version).objects.filter(pk=version.pk).update(referral="shelter")
    assert (only().kind, only().table, only().row) == ("history", "clients.client", str(version.pk))


def test_a_history_row_under_another_name_is_named(busy):
    version = busy[0].history.order_by("history_id")[1]
    type(version).objects.filter(pk=version.pk).update(history_user_id=None)
    assert (only().kind, only().row) == ("history", str(version.pk))


def test_a_removed_history_row_is_named(busy):
    version = busy[0].history.order_by("history_id")[0]
    type(version).objects.filter(pk=version.pk).delete()
    assert (only().kind, only().table, only().row) == ("history_gone", "clients.client", str(version.pk))


def test_a_history_row_that_was_put_in_is_named(busy):
    version = busy[0].history.order_by("history_id")[0]
    version.pk, version.history_type = None, "~"
    version.save(force_insert=True)
    assert "unpinned" in {finding.kind for finding in findings()}
    assert str(version.pk) in {finding.row for finding in findings()}


def test_a_row_removed_and_a_row_added_behind_the_log_are_named(busy):
    alias = Alias.objects.get(client=busy[0])
    Alias.objects.filter(pk=alias.pk)._raw_delete("default")
    assert (only().kind, only().table, only().row) == ("row_gone", "clients.alias", str(alias.pk))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM clients_alias WHERE 1 = 0")
    added = Alias(client=busy[1], name="Garganey")
    models.Model.save_base(added, raw=True, force_insert=True)
    assert {(f.kind, f.row) for f in findings()} == {
        ("row_gone", str(alias.pk)),
        ("row_added", str(added.pk)),
    }


def test_tail_cut_found(busy, key, settings):
    """By the head of the chain where that was left, and by a checkpoint where it was cut as well."""
    *_kept, last = events_of(busy[0])
    AccessEvent.objects.filter(pk=last.pk).delete()
    assert (only().kind, only().chain, only().seq) == ("cut", busy[0].pk.hex, last.seq)
    before = AccessEvent.objects.get(chain=busy[0].pk, seq=last.seq - 1)
    ChainHead.objects.filter(chain=busy[0].pk).update(seq=before.seq, digest=before.digest, mac=before.mac)
    assert findings() == []  # inside the database nothing tells any more
    found = only(folder=checkpoints.Path(settings.CHECKPOINT_DIR), public=key)
    assert (found.kind, found.chain, found.seq) == ("cut", busy[0].pk.hex, last.seq)


def test_a_chain_that_was_made_anew_is_found_by_a_checkpoint(busy, key, settings):
    """Also by somebody who has the keyring: what was signed was another link."""
    *_earlier, event, last = events_of(busy[0])
    AccessEvent.objects.filter(pk=event.pk).update(actor_id=None)
    rewrite_from([event, last], seal=lambda digest: chain.mac_of(chain.mac_key(), digest))
    assert findings() == []
    found = only(folder=checkpoints.Path(settings.CHECKPOINT_DIR), public=key)
    assert (found.kind, found.chain) == ("rewritten", busy[0].pk.hex)


def test_a_head_that_was_altered_is_named(busy):
    ChainHead.objects.filter(chain=busy[0].pk).update(mac=b"x" * 16)
    assert (only().kind, only().chain) == ("head", busy[0].pk.hex)


# --- Checkpoints ------------------------------------------------------------------------------------------


def test_a_forged_or_missing_checkpoint_is_named(busy, key, settings):
    triggers.install()
    for _ in range(2):
        checkpoints.write(timezone.now())
    folder = checkpoints.Path(settings.CHECKPOINT_DIR)
    paths = checkpoints.in_folder(folder)
    paths[1].unlink()
    assert only(folder=folder, public=key).text == "Between checkpoints 1 and 3 one is missing."
    paths[2].write_text(paths[2].read_text().replace('"events": ', '"events": 1'))
    assert only(folder=folder, public=key).text == "checkpoint-000003.txt: the signature does not hold."
    other = signing.write_key(folder.parent / "other.json")
    assert {f.kind for f in findings(folder=folder, public=other)} == {"checkpoint"}


def test_a_checkpoint_goes_on_from_the_folder_where_an_older_database_was_put_back(key, settings):
    checkpoints.write(timezone.now())
    Checkpoint.objects.all().delete()
    assert checkpoints.write(timezone.now()).number == 2
    found, faults = checkpoints.read_all(
        checkpoints.in_folder(checkpoints.Path(settings.CHECKPOINT_DIR)), public=key
    )
    assert ([signed.number for signed in found], faults) == ([1, 2], [])


def test_a_checkpoint_that_could_not_be_handed_over_is_not_counted_and_the_next_one_goes_on(key, settings):
    settings.CHECKPOINT_COMMAND = shutil.which("false")
    with pytest.raises(checkpoints.CheckpointError, match="command failed"):
        checkpoints.write(timezone.now())
    assert not Checkpoint.objects.exists()
    settings.CHECKPOINT_COMMAND = ""
    assert checkpoints.write(timezone.now()).number == 1
    settings.CHECKPOINT_DIR = ""
    with pytest.raises(checkpoints.CheckpointError, match="Neither"):
        checkpoints.write(timezone.now())


def test_the_command_is_handed_the_checkpoint(key, settings, tmp_path):
    settings.CHECKPOINT_DIR = ""
    settings.CHECKPOINT_COMMAND = f"{shutil.which('tee')} {tmp_path / 'checkpoint-000001.txt'}"
    done = checkpoints.write(timezone.now())
    read = checkpoints.read(tmp_path / "checkpoint-000001.txt", public=key)
    assert (read.number, read.sha256, done.written_to) == (1, done.sha256, "command")


def test_the_newest_checkpoint_missing_from_its_own_folder_is_named(busy, key, settings):
    triggers.install()
    checkpoints.write(timezone.now())
    folder = checkpoints.Path(settings.CHECKPOINT_DIR)
    checkpoints.in_folder(folder)[-1].unlink()
    said = "Checkpoint 2 was signed and is missing; the folder’s newest is 1."
    assert only(folder=folder, public=key, own=True).text == said
    assert findings(folder=folder, public=key) == []  # an older copy of the folder, kept elsewhere


def test_the_nightly_proof_is_kept_and_fails_where_something_is_found(busy, key):
    triggers.install()
    now = timezone.now()
    assert verify.tick(now).startswith("The log is whole: ")
    assert verify.tick(now + timezone.timedelta(hours=23)) == ""
    drop_triggers()
    with pytest.raises(verify.NotWhole):
        verify.tick(now + timezone.timedelta(hours=25))
    assert Verification.objects.first().findings > 0


def test_a_walk_of_the_chains_alone_does_not_stand_for_a_proof(busy, key, capsys):
    triggers.install()
    call_command("verify_audit", chains_only=True)
    assert not Verification.objects.exists()
    call_command("verify_audit")
    assert Verification.objects.get().findings == 0


def test_one_checkpoint_a_day(key):
    now = timezone.now()
    assert checkpoints.tick(now) == "Checkpoint 1 signed."
    assert checkpoints.tick(now + timezone.timedelta(hours=23)) == ""
    assert checkpoints.tick(now + timezone.timedelta(hours=24)) == "Checkpoint 2 signed."


def test_the_command_line_names_the_first_broken_link_and_fails(busy, key, settings, capsys):
    triggers.install()
    call_command("checkpoint", "write")
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "and checkpoint 2." in said
    assert said.endswith("Whole.\n")
    drop_triggers()
    event = events_of(busy[0])[-2]
    AccessEvent.objects.filter(pk=event.pk).update(actor_id=None)
    triggers.install()
    with pytest.raises(CommandError, match=f"Event {event.pk} was altered: link {event.seq} of"):
        call_command("verify_audit")
    assert "BROKEN" in capsys.readouterr().out


def _write(model, pk, **values):
    """UPDATE behind the application's back."""
    models.QuerySet(model).filter(pk=pk).update(**values)
