"""The memory of data keys is bounded in number and in time, and a forgotten key is gone."""

import pickle
from pathlib import Path

import pytest
from django.db import transaction

from vault import datakeys
from vault.datakeys import OpenKey
from vault.errors import Shredded
from vault.ids import uuid7


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("vault.datakeys.time.monotonic", lambda: now[0])
    return now


def key(number):
    return OpenKey(number, uuid7(), bytes(32))


def test_a_key_is_forgotten_after_its_time(clock):
    kept = key(1)
    datakeys.memory.keep_current(kept)
    clock[0] += datakeys.SECONDS - 1
    assert datakeys.memory.key(1) is kept
    assert datakeys.memory.current(kept.client) is kept
    clock[0] += 1
    assert datakeys.memory.key(1) is None
    assert datakeys.memory.current(kept.client) is None


def test_what_has_ended_does_not_stay_in_memory(clock):
    memory = datakeys._Memory()
    for number in range(3):
        memory.keep(key(number))
    clock[0] += datakeys.SECONDS
    memory.keep(key(9))
    assert list(memory._keys) == [9]


def test_a_full_memory_drops_the_key_that_would_end_first(clock, monkeypatch):
    monkeypatch.setattr(datakeys, "LIMIT", 2)
    memory = datakeys._Memory()
    first, second, third = key(1), key(2), key(3)
    memory.keep(first)
    memory.keep(second)
    clock[0] += 1
    memory.keep(first)  # kept again: it now ends after the second
    memory.keep(third)
    assert [memory.key(number) for number in (1, 2, 3)] == [first, None, third]


def test_a_forgotten_client_is_gone_and_others_stay():
    memory = datakeys._Memory()
    gone, other = key(1), key(2)
    memory.keep_current(gone)
    memory.keep_current(other)
    memory.forget(gone.client)
    assert memory.key(1) is None
    assert memory.current(gone.client) is None
    assert memory.current(other.client) is other


def test_the_key_of_files_is_another_one_and_stays_the_same():
    made = OpenKey(1, uuid7(), b"k" * 32)
    nonce = bytes(12)
    first = made.file_cipher.encrypt(nonce, b"Wren", None)
    assert first == made.file_cipher.encrypt(nonce, b"Wren", None)
    assert first != made.cipher.encrypt(nonce, b"Wren", None)
    assert repr(made) == "<OpenKey 1>"


def test_a_long_transaction_does_not_stretch_how_long_a_key_counts_as_current(clock):
    memory = datakeys._Memory()
    slow, slower = key(1), key(2)
    read_at = clock[0]
    clock[0] += datakeys.SECONDS - 1
    memory.keep_current(slow, read_at)
    assert memory.current(slow.client) is slow
    clock[0] += 1
    assert memory.current(slow.client) is None
    memory.keep_current(slower, read_at)
    assert memory.current(slower.client) is None
    assert memory.key(2) is slower


def test_an_open_key_is_never_pickled():
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(key(1))


@pytest.mark.django_db
def test_a_transaction_asks_for_the_key_it_seals_with_once(django_assert_num_queries):
    client = uuid7()
    datakeys.key_for_sealing(client)
    datakeys.memory.clear()
    with transaction.atomic():
        first = datakeys.key_for_sealing(client)
        with django_assert_num_queries(0):
            assert datakeys.key_for_sealing(client) is first
        assert datakeys.memory.current(client) is None  # nobody else yet: it may be rolled back


@pytest.mark.django_db
def test_a_transaction_longer_than_the_memory_asks_again(clock):
    client = uuid7()
    datakeys.key_for_sealing(client)
    datakeys.memory.clear()
    clock[0] += datakeys.SECONDS
    assert datakeys._of_this_transaction(client) is None


@pytest.mark.django_db(transaction=True)
def test_a_key_of_a_rolled_back_savepoint_seals_nothing_more():
    client = uuid7()
    with transaction.atomic():
        with transaction.atomic():
            gone = datakeys.key_for_sealing(client)
            transaction.set_rollback(True)
        datakeys.memory.clear()
        assert datakeys.key_for_sealing(client).id != gone.id


@pytest.mark.django_db
def test_a_key_destroyed_in_this_transaction_seals_nothing_more():
    client = uuid7()
    datakeys.key_for_sealing(client)
    datakeys.destroy(client)
    with pytest.raises(Shredded):
        datakeys.key_for_sealing(client)


def test_the_guide_says_how_many_keys_a_process_holds():
    guide = Path(__file__).resolve().parents[2] / "docs" / "keys.md"
    assert f"at most {datakeys.LIMIT:,}, at most five minutes" in guide.read_text(encoding="utf-8")
