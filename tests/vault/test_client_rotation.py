"""A client's data key rotated: everything of hers moves, nothing changes for people, nothing is lost."""

import ast
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from django.utils import timezone

from accounts.adapters import SecondFactorAdapter
from audit import resealing, verify
from audit.history import _Waiting
from audit.models import AccessEvent
from audit.services import Action, keep, record
from clients.models import Client, SafeContact
from clients.services import change_client, save_alias, save_identifier, save_safe_contact
from clients.services.intake import remove_alias
from documents.models import Document
from documents.services import open_document, store_document
from reports.demo import build
from tests.factories import TODAY, counsel_of, make_client, make_user
from tests.readable import everything, header, places_under
from vault import datakeys
from vault.bulk import swap
from vault.errors import Shredded
from vault.fields import SealedField
from vault.ids import NIL
from vault.models import DataKey, SpareFile

pytestmark = pytest.mark.django_db
BASE = Path(__file__).resolve().parents[2]
LETTER = b"%PDF-1.7\n" + b"A letter from the shelter on Juniper Street. " * 4000


@pytest.fixture
def linnet():
    """A client with several versions, a contact, numbers, a removed alias and a file of three segments."""
    client = make_client(legal_name="Linnet Marsh", pronouns="she/her")
    counsel = counsel_of(client)
    for pronouns in ("they/them", "she/her"):
        client = change_client(client=client, by=counsel, pronouns=pronouns)
    save_safe_contact(client=client, by=counsel, channel="text", number="5105550117", email="l@example.org")
    save_identifier(client=client, kind="fbi", value="15105550117", by=counsel)
    remove_alias(alias=save_alias(client=client, name="Linnet Reed", by=counsel), by=counsel)
    store_document(client=client, kind="evidence", title="Letter", content=LETTER, by=counsel)
    return client


@pytest.fixture
def other():
    """Somebody else, whom nothing of it concerns."""
    return make_client(name_used="Sorrel")


def later():
    return timezone.now() + resealing.DRAIN + timedelta(seconds=1)


def keys_of(client):
    return list(DataKey.objects.filter(client_uuid=client).order_by("version"))


def rotate(client, *, now=None):
    resealing.begin(client)
    return resealing.run(client, now=now or later())


def faults():
    """What `verify_audit` finds, after what the commit would do."""
    for _ids, callback, _robust in list(connection.run_on_commit):
        if type(callback) is _Waiting and not callback.pinned:
            callback.pinned = True
            keep(callback.chain, callback.pin)
    return [finding.text for finding in verify.verify().findings]


# --- everything moves ---------------------------------------------------------------------------


def test_rows_history_and_files_move_and_nothing_changes_for_people(linnet, other):
    before, history = everything(), Client.history.count()
    [old], [foreign] = keys_of(linnet.pk), keys_of(other.pk)
    outcome = rotate(linnet.pk)
    assert (outcome.state, outcome.left, outcome.broken) == ("retired", 0, [])
    new = keys_of(linnet.pk)[-1]
    assert places_under(old) == set()
    assert {"clients_client.legal_name_sealed", "media"} <= places_under(new)
    assert {"clients_historicalalias.name_sealed"} <= places_under(new)
    assert everything() == before
    assert Client.history.count() == history
    assert keys_of(other.pk) == [foreign]
    assert foreign.retired_at is None
    old.refresh_from_db()
    assert old.retired_at is not None
    assert faults() == []


def test_old_key_removed_everything_opens(linnet, other):
    before = everything()
    rotate(linnet.pk)
    [old, new] = keys_of(linnet.pk)
    old.delete()
    assert everything() == before
    assert new.wrapped is not None


def test_a_demo_rotated_to_the_last_client_leaves_nothing_under_an_old_key():
    """Whatever sealed column there is in the product: an old key is nowhere in the database afterwards."""
    build.make(clients=5, seed=3, today=TODAY)
    before, old = everything(), list(DataKey.objects.all())
    for client in {key.client_uuid for key in old}:
        assert rotate(client).state == "retired"
    assert places_under(*old) == set()
    DataKey.objects.filter(pk__in=[key.pk for key in old]).delete()
    assert everything() == before
    assert faults() == []


def test_live_value_and_versions_that_held_the_same_bytes_hold_the_same_new_bytes(linnet):
    rotate(linnet.pk)
    live = Client.objects.get(pk=linnet.pk)
    newest = live.history.latest("history_id")
    for column in ("legal_name_sealed", "pronouns_sealed", "name_used_sealed"):
        assert bytes(getattr(live, column)) == bytes(getattr(newest, column))
    names = {bytes(version.name_used_sealed) for version in live.history.all()}
    assert len(names) == 1
    pronouns = list(live.history.order_by("history_id").values_list("pronouns_sealed", flat=True))
    assert (
        len(
            {bytes(value._bytes) if hasattr(value, "_bytes") else bytes(value) for value in pronouns if value}
        )
        > 1
    )


def test_each_batch_leaves_one_event_in_the_clients_chain(linnet, monkeypatch):
    monkeypatch.setattr(resealing, "BATCH", 2)
    rotate(linnet.pk)
    events = AccessEvent.objects.filter(action=Action.RESEALED, chain=linnet.pk)
    assert not AccessEvent.objects.filter(action=Action.RESEALED).exclude(chain=linnet.pk).exists()
    kinds = {event.object_kind for event in events}
    assert {"client", "safecontact", "identifier", "alias", "document"} <= kinds
    [of_file] = [event for event in events if event.fields == ["file"]]
    assert of_file.objects_shown == [str(Document.objects.get().pk)]
    words = AccessEvent.objects.filter(action=Action.KEYS, chain=linnet.pk).order_by("seq")
    assert [event.fields for event in words] == [["version 2"], ["version 1 retired"]]


# --- draining -----------------------------------------------------------------------------------


def test_the_old_key_is_retired_when_no_process_can_seal_under_it_any_more(linnet, capsys):
    call_command("keyring", "rotate-client", linnet.file_number)
    said = capsys.readouterr().out
    assert "0 left under older versions" in said
    assert "Draining" in said
    [old, new] = keys_of(linnet.pk)
    assert (old.retired_at, new.version) == (None, 2)
    call_command("keyring", "status")
    assert f"{linnet.file_number}: draining until" in capsys.readouterr().out
    assert resealing.tick(timezone.now()) == "key rotations: 1 draining"
    # What another process sealed meanwhile, under the key it still took for the current one:
    SafeContact.objects.all()
    assert resealing.tick(later()).startswith("key rotations: 1 retired")
    assert keys_of(linnet.pk)[0].retired_at is not None
    assert resealing.tick(later()) == ""


def test_a_second_run_goes_on_with_the_same_version_and_a_third_begins_another(linnet):
    assert rotate(linnet.pk, now=timezone.now()).state == "draining"
    assert rotate(linnet.pk, now=timezone.now()).moved == 0
    assert len(keys_of(linnet.pk)) == 2
    assert rotate(linnet.pk).state == "retired"
    assert rotate(linnet.pk).state == "retired"
    assert [key.retired_at is None for key in keys_of(linnet.pk)] == [False, False, True]


def test_what_a_process_with_the_old_key_seals_while_draining_is_moved_too(linnet):
    [old] = keys_of(linnet.pk)
    held = datakeys.key_for_sealing(linnet.pk)
    assert rotate(linnet.pk, now=timezone.now()).state == "draining"
    datakeys.memory.keep_current(held)  # another process's memory
    change_client(client=linnet, by=counsel_of(linnet), pronouns="xe/xem")
    assert "clients_client.pronouns_sealed" in places_under(old)
    assert resealing.run(linnet.pk, now=later()).state == "retired"
    assert places_under(old) == set()
    assert Client.objects.get(pk=linnet.pk).pronouns == "xe/xem"
    assert faults() == []


def test_an_old_file_stays_for_whoever_reads_it_and_then_goes(linnet, settings):
    document = Document.objects.get()
    before = Path(settings.MEDIA_ROOT) / document.stored_name
    rotate(linnet.pk)
    document.refresh_from_db()
    assert before.exists()
    assert (Path(settings.MEDIA_ROOT) / document.stored_name) != before
    assert resealing.sweep(now=timezone.now()) == 0
    assert resealing.sweep(now=later()) == 1
    assert not before.exists()
    assert open_document(document=document, by=counsel_of(linnet)) == LETTER
    assert not SpareFile.objects.exists()


def test_a_file_that_was_being_written_when_the_run_was_killed_is_removed(linnet, settings, monkeypatch):
    def killed(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(resealing, "_name_file", killed)
    resealing.begin(linnet.pk)
    with pytest.raises(KeyboardInterrupt):
        resealing.run(linnet.pk, now=later())
    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(stored) == 2
    assert resealing.sweep(now=later()) == 0
    assert resealing.sweep(now=timezone.now() + resealing.WRITING) == 1
    [left] = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert left == Path(settings.MEDIA_ROOT) / Document.objects.get().stored_name


# --- others work meanwhile ----------------------------------------------------------------------


def test_compare_and_set_leaves_what_was_saved_meanwhile(linnet):
    contact = SafeContact.objects.get()
    read = bytes(contact.number_sealed)
    contact.number = "5105550199"
    contact.save()
    record(Action.CHANGED, by=None, target=contact)
    assert swap(SafeContact, "number", [(contact.pk, read, b"older bytes")]) == 0
    assert SafeContact.objects.get().number == "5105550199"


def test_a_batch_that_was_overtaken_is_done_again_whole(linnet, monkeypatch):
    before, refused = everything(), []

    def overtaken(model, column, rows):
        if model is SafeContact and len(refused) < 2:
            refused.append(column)
            return swap(model, column, rows) - 1
        return swap(model, column, rows)

    monkeypatch.setattr(resealing, "swap", overtaken)
    assert rotate(linnet.pk).state == "retired"
    assert len(refused) == 2
    assert places_under(keys_of(linnet.pk)[0]) == set()
    assert everything() == before
    assert faults() == []


@pytest.mark.parametrize("update_fields", [None, ["language_sealed"]], ids=["whole", "part"])
def test_a_row_read_before_it_was_moved_and_saved_afterwards_is_put_right(linnet, update_fields):
    """The stale copy brings the old bytes back; with `update_fields` into its version alone."""
    stale = Client.objects.get(pk=linnet.pk)
    [old] = keys_of(linnet.pk)
    assert rotate(linnet.pk, now=timezone.now()).state == "draining"
    stale.language = "Ilocano"
    stale.save(update_fields=["language"] if update_fields else None)
    record(Action.CHANGED, by=None, target=stale, fields=["language"])
    assert "clients_historicalclient.legal_name_sealed" in places_under(old)
    assert resealing.run(linnet.pk, now=later()).state == "retired"
    assert places_under(old) == set()
    fresh = Client.objects.get(pk=linnet.pk)
    assert (fresh.language, fresh.legal_name) == ("Ilocano", "Linnet Marsh")
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_concurrent_saves_during_rotation_survive(linnet, monkeypatch):
    monkeypatch.setattr(resealing, "BATCH", 1)
    counsel, stop, saved = counsel_of(linnet), threading.Event(), []

    def office():
        try:
            number = 0
            while not stop.is_set() or number < 3:
                number += 1
                client = Client.objects.get(pk=linnet.pk)
                change_client(client=client, by=counsel, pronouns=f"pronoun {number}")
                saved.append(f"pronoun {number}")
                assert Client.objects.get(pk=linnet.pk).legal_name == "Linnet Marsh"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(office)
        for _ in range(3):
            rotate(linnet.pk, now=timezone.now())
        stop.set()
        working.result(60)
    assert resealing.run(linnet.pk, now=later()).state == "retired"
    kept = [version.pronouns for version in linnet.history.order_by("history_id") if version.pronouns]
    assert [words for words in kept if words.startswith("pronoun")] == saved
    assert Client.objects.get(pk=linnet.pk).pronouns == saved[-1]
    assert places_under(*keys_of(linnet.pk)[:-1]) == set()
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once(linnet, monkeypatch):
    monkeypatch.setattr(resealing, "BATCH", 1)
    before, start = everything(), threading.Barrier(2)

    def operator(_):
        try:
            start.wait(10)
            return rotate(linnet.pk, now=timezone.now()).state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(operator, range(2)))
    assert "draining" in states
    assert len(keys_of(linnet.pk)) == 2
    assert resealing.run(linnet.pk, now=later()).state == "retired"
    assert places_under(keys_of(linnet.pk)[0]) == set()
    assert everything() == before
    assert faults() == []


# --- the organisation ---------------------------------------------------------------------------


def test_the_organisations_key_is_rotated_with_its_second_factors(linnet, capsys):
    adapter = SecondFactorAdapter()
    user = make_user()
    Authenticator.objects.create(user=user, type="totp", data={"secret": adapter.encrypt("JBSWY3DP")})
    codes = {"migrated_codes": [adapter.encrypt("plover"), adapter.encrypt("lark")], "used_mask": 1}
    Authenticator.objects.create(user=user, type="recovery_codes", data=codes)
    before = everything()
    [old] = keys_of(NIL)
    assert places_under(old) == {"mfa_authenticator.data", "vault_installation.kind_sealed"}
    call_command("keyring", "rotate-client", "--organisation")
    assert "0 left" in capsys.readouterr().out
    assert places_under(old) == set()
    assert resealing.tick(later()) == "key rotations: 1 retired"
    DataKey.objects.filter(pk=old.pk).delete()
    datakeys.memory.clear()
    totp, recovery = Authenticator.objects.order_by("pk")
    assert adapter.decrypt(totp.data["secret"]) == "JBSWY3DP"
    assert [adapter.decrypt(code) for code in recovery.data["migrated_codes"]] == ["plover", "lark"]
    assert recovery.data["used_mask"] == 1
    assert everything() == before
    assert faults() == []


def test_a_rotation_takes_the_lock_of_the_file_before_it_looks_at_the_keys(linnet, monkeypatch):
    """So that it waits for an erasure, and makes no version that the erasure does not see."""
    seen = []
    monkeypatch.setattr(resealing, "_locks", [lambda client: (seen.append(client), datakeys.destroy(client))])
    with pytest.raises(Shredded):
        resealing.begin(linnet.pk)
    assert seen == [linnet.pk]


# --- refusals -----------------------------------------------------------------------------------


def test_what_cannot_be_rotated_is_said(linnet):
    with pytest.raises(CommandError, match="no file 26-9999"):
        call_command("keyring", "rotate-client", "26-9999")
    for words in ([], [linnet.file_number, "--organisation"]):
        with pytest.raises(CommandError, match="Say a file number, or --organisation"):
            call_command("keyring", "rotate-client", *words)
    datakeys.destroy(linnet.pk)
    with pytest.raises(CommandError, match="was destroyed"):
        call_command("keyring", "rotate-client", linnet.file_number)
    assert len(keys_of(linnet.pk)) == 1


def test_a_value_that_does_not_open_is_named_stays_and_keeps_its_key(linnet, capsys):
    contact = SafeContact.objects.get()
    held = bytes(contact.number_sealed)
    swap(SafeContact, "number", [(contact.pk, held, held[:-1] + bytes((held[-1] ^ 1,)))])
    with pytest.raises(CommandError, match="Something is left"):
        call_command("keyring", "rotate-client", linnet.file_number)
    assert f"clients.SafeContact {contact.pk}: number" in capsys.readouterr().out
    [old, _new] = keys_of(linnet.pk)
    assert places_under(old) == {"clients_safecontact.number_sealed"}
    assert resealing.run(linnet.pk, now=later()).state == "left"
    assert keys_of(linnet.pk)[0].retired_at is None
    assert Client.objects.get(pk=linnet.pk).legal_name == "Linnet Marsh"


# --- nothing is forgotten -----------------------------------------------------------------------


def test_every_sealed_column_and_every_file_is_covered():
    """By the app registry: a sealed column on any model, live or history, is one that rotation walks."""
    covered = {
        (part.model, column.attname)
        for place in resealing.places()
        for part in place.parts()
        for column in part.fields
    }
    there = {
        (model, column.attname)
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.get_fields()
        if isinstance(column, SealedField)
    }
    assert covered == there
    assert len(there) > 60
    named = {place.label for place in resealing.places() if place.file}
    stored = {
        model._meta.label
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if column.name == "stored_name" and not hasattr(model, "instance_type")
    }
    assert named == stored


def test_a_column_that_rotation_does_not_walk_is_found_by_the_proof(linnet, monkeypatch):
    """The proof of this file fails where a table is left out: taken out here, its values stay behind."""
    kept = [place for place in resealing.places() if place.label != "clients.Identifier"]
    monkeypatch.setattr(resealing, "places", lambda: kept)
    [old] = keys_of(linnet.pk)
    rotate(linnet.pk)
    found = {"clients_identifier.value_sealed", "clients_historicalidentifier.value_sealed"}
    assert places_under(old) == found


KNOWN_SEALERS = {
    "accounts/adapters.py": "second factors: registered by accounts.apps",
    "accounts/fresh.py": "lives for minutes, in the session",
    "audit/resealing.py": "is the rotation",
    "vault/fields.py": "sealed columns",
    "vault/installation.py": "the mark: registered by audit.resealing",
}


def test_who_seals_without_a_column_is_known_to_the_rotation():
    """A module that calls `seal` itself keeps its values somewhere: somebody has to move them."""
    rooms = [config.name for config in apps.get_app_configs() if (BASE / config.name).is_dir()]
    found = set()
    for path in (path for room in rooms for path in (BASE / room).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "vault.sealing" in text else ():
            here = isinstance(node, ast.ImportFrom) and node.module == "vault.sealing"
            if here and any(name.name == "seal" for name in node.names):
                found.add(str(path.relative_to(BASE)))
    assert found == set(KNOWN_SEALERS)
    assert set(resealing.ELSEWHERE) == {"second factors", "the mark of the installation"}


def test_values_are_told_by_the_header_that_they_have():
    assert header(DataKey(pk=5)) == resealing.head(5) == b"\x01\0\0\0\x05"
