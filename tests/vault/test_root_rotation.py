"""Root keys: added, made primary, everything wrapped anew, the old one retired and forgotten."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from audit import keys
from audit.models import AccessEvent
from vault import datakeys, installation, rotation
from vault.bulk import swap
from vault.crypto import Binding
from vault.errors import KeyringError
from vault.ids import NIL, uuid7
from vault.keyring import file as files
from vault.keyring import keyring, load_file, parse
from vault.models import DataKey
from vault.sealing import open_sealed, seal

pytestmark = pytest.mark.django_db


class Sealed:
    """Values of several clients and of the organisation, to be opened again later."""

    def __init__(self, clients=5):
        self.places = [Binding("demo", "value", uuid7(), uuid7()) for _ in range(clients)]
        self.places.append(Binding("demo", "value", uuid7(), NIL))
        self.values = [seal(f"Plumbago {i}".encode(), place, step=32) for i, place in enumerate(self.places)]
        self.secret = installation.secret()
        self.kind = installation.kind()

    def check(self):
        """Everything opens, with nothing remembered."""
        datakeys.memory.clear()
        installation.forget()
        for i, (value, place) in enumerate(zip(self.values, self.places, strict=True)):
            assert open_sealed(value, place) == f"Plumbago {i}".encode()
        assert installation.secret() == self.secret
        assert installation.kind() == self.kind == "test"


def run(*words, capsys=None):
    call_command("keyring", *words)
    return capsys.readouterr().out if capsys else ""


def words_of_events():
    events = AccessEvent.objects.filter(action=AccessEvent.Action.KEYS, object_kind="root_key")
    return [word for event in events.order_by("pk") for word in event.fields]


def test_the_three_steps_leave_nothing_under_the_old_root(ring_file, capsys):
    sealed = Sealed()
    assert "Root key 2" in run("new-root", capsys=capsys)
    ring = load_file(ring_file)
    assert (ring.primary, ring.ids()) == (1, [1, 2])
    assert rotation.wraps_by_root() == {1: 7}
    said = run("rotate-root", capsys=capsys)
    assert "7 keys wrapped by root key 2" in said
    assert "0 wraps left under root 1" in said
    assert rotation.wraps_by_root() == {2: 7}
    ring = load_file(ring_file)
    assert ring.primary == 2
    assert ring.roots()[0].retired == files.today()
    assert ring_file.stat().st_mode & 0o777 == 0o600
    sealed.check()
    assert words_of_events() == [
        "root 2 added",
        "root 2 made primary",
        "7 keys wrapped under root 2",
        "root 1 retired",
    ]


def test_old_root_removed_everything_opens(ring_file, capsys):
    sealed = Sealed()
    run("new-root")
    run("rotate-root")
    with pytest.raises(CommandError, match=r"every backup .* made before .* Say --yes"):
        run("forget-root", "1")
    assert load_file(ring_file).ids() == [1, 2]
    assert "is gone" in run("forget-root", "1", "--yes", capsys=capsys)
    assert load_file(ring_file).ids() == [2]
    keyring.cache_clear()
    sealed.check()
    assert words_of_events()[-1] == "root 1 forgotten"


def test_a_root_that_something_hangs_on_is_not_forgotten(ring_file):
    Sealed()
    run("new-root")
    with pytest.raises(CommandError, match="7 keys of this database"):
        run("forget-root", "1", "--yes")
    run("rotate-root")
    with pytest.raises(CommandError, match="not in the keyring"):
        run("forget-root", "7", "--yes")
    with pytest.raises(CommandError, match="7 keys of this database"):
        run("forget-root", "2", "--yes")
    assert load_file(ring_file).ids() == [1, 2]


def test_without_a_newer_root_there_is_nothing_to_rotate(ring_file):
    Sealed()
    with pytest.raises(CommandError, match="See new-root"):
        run("rotate-root")
    run("new-root")
    run("rotate-root")
    with pytest.raises(CommandError, match="See new-root"):
        run("rotate-root")


def test_a_rotation_that_stopped_halfway_is_gone_on_with(ring_file, monkeypatch, capsys):
    sealed = Sealed()
    run("new-root")
    monkeypatch.setattr(rotation, "BATCH", 2)
    calls = []

    def stop(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return swap(*arguments)

    monkeypatch.setattr(rotation, "swap", stop)
    with pytest.raises(KeyboardInterrupt):
        run("rotate-root")
    assert rotation.wraps_by_root() == {1: 5, 2: 2}
    assert not load_file(ring_file).roots()[0].retired
    sealed.check()
    monkeypatch.setattr(rotation, "swap", swap)
    assert "5 keys wrapped by root key 2" in run("rotate-root", capsys=capsys)
    assert rotation.wraps_by_root() == {2: 7}
    assert load_file(ring_file).roots()[0].retired
    sealed.check()


def test_a_key_that_changes_meanwhile_wins(ring_file, monkeypatch):
    """A client erased between the reading and the writing stays erased."""
    sealed = Sealed()
    keys.add_root(ring_file)
    keys.make_primary(ring_file, 2)
    erased = sealed.places[0].client

    def late(model, column, rows):
        DataKey.objects.filter(client_uuid=erased, wrapped__isnull=False).update(
            wrapped=None, destroyed_at="2026-11-30T00:00Z"
        )
        return swap(model, column, rows)

    monkeypatch.setattr(rotation, "swap", late)
    assert keys.rewrap_all() == 6
    assert DataKey.objects.get(client_uuid=erased).wrapped is None
    assert rotation.wraps_by_root() == {2: 6}


def test_a_key_made_under_the_old_root_meanwhile_is_caught(ring_file, monkeypatch):
    Sealed()
    old = load_file(ring_file)
    keys.add_root(ring_file)
    keys.make_primary(ring_file, 2)
    late = []

    def meanwhile(*arguments):
        if not late:
            late.append(uuid7())
            DataKey.objects.create(
                pk=0x7FFFFFF0, client_uuid=late[0], wrapped=old.wrap(b"r" * 32, client=late[0], version=1)
            )
        return swap(*arguments)

    monkeypatch.setattr(rotation, "swap", meanwhile)
    keys.rewrap_all()
    assert rotation.wraps_by_root() == {2: 8}
    ring = load_file(ring_file)
    assert (
        ring.unwrap(bytes(DataKey.objects.get(pk=0x7FFFFFF0).wrapped), client=late[0], version=1) == b"r" * 32
    )


def test_a_missing_root_is_named_and_what_was_done_stays(ring_file):
    Sealed()
    run("new-root")
    files.change_file(ring_file, lambda content: files.make_primary(content, 2))
    files.change_file(ring_file, lambda content: content["keys"].pop("1"))
    keyring.cache_clear()
    with pytest.raises(CommandError, match="Root key 1 is needed"):
        run("rotate-root")
    with pytest.raises(CommandError, match="not in the keyring"):
        run("forget-root", "1", "--yes")


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once_rotate_the_root(ring_file, monkeypatch):
    sealed = Sealed(clients=30)
    run("new-root")
    monkeypatch.setattr(rotation, "BATCH", 3)
    start = threading.Barrier(2)

    def operator(_):
        try:
            start.wait(10)
            call_command("keyring", "rotate-root")
        except CommandError as error:
            return str(error)  # the other one was through already
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(operator, range(2)))
    assert "" in said
    assert all("See new-root" in words for words in said if words)
    assert rotation.wraps_by_root() == {2: 32}
    assert load_file(ring_file).roots()[0].retired
    keyring.cache_clear()
    sealed.check()


def test_status_tells_what_hangs_on_each_root_and_no_secret(ring_file, capsys):
    sealed = Sealed()
    run("new-root")
    datakeys.destroy(sealed.places[0].client)
    said = run("status", capsys=capsys)
    for entry in json.loads(ring_file.read_text())["keys"].values():
        assert entry["key"] not in said
    lines = [line.split() for line in said.splitlines()]
    assert ["1", files.today(), "primary", "6", "wrapped", "keys"] in lines
    assert ["2", files.today(), "opens", "0", "wrapped", "keys"] in lines
    assert "Keyring: keyring.json, test" in said
    assert "destroyed: 1 clients" in said
    files.change_file(ring_file, lambda content: files.make_primary(content, 2))
    files.change_file(ring_file, lambda content: content["keys"].pop("1"))
    keyring.cache_clear()
    assert "1    NOT IN THE KEYRING" in run("status", capsys=capsys)


def test_a_ring_in_the_environment_is_changed_on_paper_alone(ring_file, configure, tmp_path, capsys):
    sealed = Sealed()
    configure(environment=ring_file.read_text())
    with pytest.raises(CommandError, match="Say --out FILE"):
        run("new-root")
    first = tmp_path / "with-root-2.json"
    assert "remove the file" in run("new-root", "--out", str(first), capsys=capsys)
    assert first.stat().st_mode & 0o777 == 0o600
    configure(environment=first.read_text())
    second = tmp_path / "root-2-first.json"
    run("rotate-root", "--out", str(second))
    assert parse(second.read_text(), source="x").primary == 2
    assert rotation.wraps_by_root() == {1: 7}
    configure(environment=second.read_text())
    assert "0 wraps left under root 1" in run("rotate-root", capsys=capsys)
    sealed.check()
    with pytest.raises(CommandError, match="not a file"):
        run("forget-root", "1", "--yes")


def test_everything_moves_from_one_keyring_to_another(ring_file, configure, tmp_path, capsys):
    """A new provider: what the old file wrapped is opened with it and wrapped by the new one."""
    sealed = Sealed()
    other = tmp_path / "other.json"
    content = files.new_ring("test")
    content["keys"]["5"], content["primary"] = content["keys"].pop("1"), 5
    files.write_content(other, content)
    configure(environment=other.read_text())
    with pytest.raises(CommandError, match="Root key 1 is needed"):
        run("rotate-root")
    assert "7 keys wrapped by root key 5" in run("rotate-root", "--from", str(ring_file), capsys=capsys)
    ring_file.unlink()
    sealed.check()


def test_everything_that_is_wrapped_is_in_the_registry():
    """A column that holds keys wrapped by a root key must be rotated: every `wrapped…` column is listed."""
    from django.apps import apps

    listed = {(column.label, column.column) for column in rotation.REGISTRY}
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.name.startswith("wrapped") and field.get_internal_type() == "BinaryField"
    }
    assert there == listed


def test_a_failed_event_leaves_the_keyring_as_it_was(ring_file, monkeypatch):
    def refuse(*_arguments, **_options):
        raise RuntimeError("no room for the event")

    before = ring_file.read_bytes()
    monkeypatch.setattr(keys, "record", refuse)
    with pytest.raises(RuntimeError):
        keys.add_root(ring_file)
    assert ring_file.read_bytes() == before


def test_an_unfinished_rotation_is_reported(ring_file, monkeypatch):
    Sealed()
    keys.add_root(ring_file)
    keys.make_primary(ring_file, 2)
    monkeypatch.setattr(rotation, "swap", lambda *_: 0)
    with pytest.raises(KeyringError, match="7 keys are still wrapped by another root key"):
        keys.rewrap_all()
