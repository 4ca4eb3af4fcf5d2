"""Sealed values: what opens, what does not, and what never shows."""

import pickle
from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import Count

from clients.models import Alias, Client, RelatedPerson
from tests.factories import make_client
from vault import datakeys
from vault.crypto import WRAPPED_BYTES, pad, unpad
from vault.errors import KeyringError, NotBound, SealBroken, Shredded
from vault.fields import Sealed
from vault.keyring import LocalKeyring, keyring, load_file, write_file
from vault.models import DataKey

pytestmark = pytest.mark.django_db
CANARY = "Canary Plumbago Teasel"


def raw(row, column="name_sealed"):
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {table} WHERE id = %s",
            [row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )
        return bytes(cursor.fetchone()[0])


def put(row, value, column="name_sealed"):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s",
            [value, row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )


def make_alias(client, name=CANARY):
    alias = Alias(client=client, name=name)
    alias.save()
    return alias


def test_column_holds_the_format_and_none_of_the_text():
    alias = make_alias(make_client())
    sealed = raw(alias)
    assert sealed[0] == 0x01
    assert DataKey.objects.get(client_uuid=alias.client_id).pk == int.from_bytes(sealed[1:5], "big")
    assert CANARY.encode() not in sealed
    assert len(sealed) == 33 + 32


def test_lengths_come_in_steps():
    client = make_client()
    assert len(raw(make_alias(client, "Jay"))) == len(raw(make_alias(client, "Jay Sorrel Bramble")))


@pytest.mark.parametrize("text", ["", "x", "ü" * 40, "ends in zeros\x00\x00", "\x80"])
def test_any_text_comes_back_as_it_was(text):
    alias = make_alias(make_client(), text)
    assert Alias.objects.get(pk=alias.pk).name == text


@pytest.mark.parametrize("size", range(70))
def test_padding_is_undone(size):
    assert unpad(pad(b"\x00" * size, 32)) == b"\x00" * size


def test_dates_json_and_none_keep_their_type():
    client = make_client(date_of_birth=date(1990, 2, 3), her_words={"trafficker": "boyfriend"})
    client = Client.objects.get(pk=client.pk)
    assert client.date_of_birth == date(1990, 2, 3)
    assert client.her_words == {"trafficker": "boyfriend"}
    assert client.legal_name is None
    assert client.legal_name_sealed is None


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda s: s[:-1] + bytes((s[-1] ^ 1,)), "altered"),
        (lambda s: s[:20] + bytes((s[20] ^ 1,)) + s[21:], "altered"),
        (lambda s: s[:20], "cut"),
        (lambda s: b"\x02" + s[1:], "unknown_format"),
        (lambda s: b"Plumbago", "not_sealed"),
        (lambda s: b"", "not_sealed"),
        (lambda s: s[:1] + b"\x00\x00\x00\x00" + s[5:], "unknown_key"),
    ],
)
def test_a_damaged_value_names_column_and_row_and_nothing_else(damage, reason):
    alias = make_alias(make_client())
    put(alias, damage(raw(alias)))
    with pytest.raises(SealBroken) as caught:
        _ = Alias.objects.get(pk=alias.pk).name
    assert caught.value.reason == reason
    assert "alias.name" in str(caught.value)
    assert str(alias.pk) in str(caught.value)
    assert "Plumbago" not in str(caught.value)


def test_a_value_moved_to_another_row_column_or_client_does_not_open():
    mine, other = make_client(), make_client(name_used="Siskin")
    first, second = make_alias(mine), make_alias(mine, "Teal")
    put(second, raw(first))
    with pytest.raises(SealBroken, match=r"alias\.name"):
        _ = Alias.objects.get(pk=second.pk).name
    foreign = make_alias(other)
    put(foreign, raw(first))
    with pytest.raises(SealBroken) as caught:
        _ = Alias.objects.get(pk=foreign.pk).name
    assert caught.value.reason == "foreign_key"
    person = RelatedPerson(client=mine, relation="other", name="Jay", note="Sorrel")
    person.save()
    put(person, raw(person, "note_sealed"), "name_sealed")
    with pytest.raises(SealBroken) as caught:
        _ = RelatedPerson.objects.get(pk=person.pk).name
    assert caught.value.reason == "altered"


def test_the_wrong_root_key_stops_with_its_name(monkeypatch):
    alias = make_alias(make_client())
    wrong = LocalKeyring(
        kind="test", primary=keyring().ids()[0], keys={keyring().ids()[0]: b"w" * 32}, source="spare"
    )
    datakeys.memory.clear()
    monkeypatch.setattr(datakeys, "keyring", lambda: wrong)
    with pytest.raises(KeyringError, match="spare"):
        _ = Alias.objects.get(pk=alias.pk).name


def test_a_missing_root_key_stops_with_its_number(monkeypatch):
    alias = make_alias(make_client())
    datakeys.memory.clear()
    monkeypatch.setattr(
        datakeys, "keyring", lambda: LocalKeyring(kind="test", primary=7, keys={7: b"w" * 32}, source="spare")
    )
    with pytest.raises(KeyringError, match=str(0x7FFF0000)):
        _ = Alias.objects.get(pk=alias.pk).name


def test_a_destroyed_key_is_told_from_a_broken_value():
    from django.utils import timezone

    alias = make_alias(make_client())
    DataKey.objects.filter(client_uuid=alias.client_id).update(wrapped=None, destroyed_at=timezone.now())
    datakeys.memory.clear()
    with pytest.raises(Shredded):
        _ = Alias.objects.get(pk=alias.pk).name


def test_loading_opens_nothing(monkeypatch):
    make_alias(make_client())

    def refuse(*args, **kwargs):
        raise AssertionError("a value was opened that nobody asked for")

    monkeypatch.setattr("vault.fields.open_sealed", refuse)
    assert len(list(Alias.objects.all())) == 1


def test_a_second_look_opens_nothing_again(monkeypatch):
    alias = make_alias(make_client())
    alias = Alias.objects.get(pk=alias.pk)
    assert alias.name == CANARY
    monkeypatch.setattr("vault.fields.open_sealed", None)
    assert alias.name == CANARY


def test_deferred_values_are_fetched_once(django_assert_num_queries):
    alias = make_alias(make_client())
    alias = Alias.objects.only("id", "client_id").get(pk=alias.pk)
    datakeys.preload([alias.client_id])
    with django_assert_num_queries(1):
        assert alias.name == CANARY
        assert alias.name == CANARY


def test_refresh_shows_what_the_database_holds():
    alias = make_alias(make_client())
    other = Alias.objects.get(pk=alias.pk)
    other.name = "Teal"
    other.save()
    alias.refresh_from_db()
    assert alias.name == "Teal"


def test_bulk_create_and_bulk_update_seal():
    client = make_client()
    first, second = Alias.objects.bulk_create(
        [Alias(client=client, name="Jay"), Alias(client=client, name="Teal")]
    )
    first.name, second.name = "Smew", "Knot"
    Alias.objects.bulk_update([first, second], ["name"])
    assert {a.name for a in Alias.objects.all()} == {"Smew", "Knot"}


def test_a_row_moved_to_another_client_before_saving_is_sealed_for_that_one():
    mine, other = make_client(), make_client()
    alias = Alias(client=mine, name=CANARY)
    alias.client = other
    alias.save()
    assert Alias.objects.get(pk=alias.pk).name == CANARY


def test_saving_without_a_client_says_so():
    with pytest.raises(NotBound, match=r"alias\.name"):
        Alias(name="Jay").save()


def test_history_shares_the_ciphertext_and_opens():
    alias = make_alias(make_client())
    entry = alias.history.get()
    assert bytes(entry.name_sealed) == raw(alias)
    assert entry.name == CANARY
    alias.name = "Teal"
    alias.save()
    assert [h.name for h in alias.history.order_by("history_id")] == [CANARY, "Teal"]


@pytest.mark.parametrize(
    "query",
    [
        lambda q: q.filter(name="x"),
        lambda q: q.filter(name__icontains="x"),
        lambda q: q.exclude(name__in=["x"]),
        lambda q: q.order_by("name"),
        lambda q: q.order_by("-name_sealed"),
        lambda q: q.distinct("name"),
        lambda q: q.update(name="x"),
    ],
)
def test_what_a_sealed_column_cannot_do_is_refused_when_the_query_is_built(query):
    make_alias(make_client())
    with pytest.raises(FieldError, match="sealed"):
        query(Alias.objects.all())


def test_only_isnull_filters():
    client = make_client()
    assert Client.objects.filter(legal_name__isnull=True).get() == client


def test_values_give_a_token_that_opens_only_with_its_row():
    alias = make_alias(make_client())
    token = Alias.objects.values_list("name", flat=True).get()
    assert isinstance(token, Sealed)
    assert repr(token) == "<Sealed>"
    assert token.open(row=alias.pk, client=alias.client_id) == CANARY
    with pytest.raises(SealBroken):
        token.open(row=uuid4(), client=alias.client_id)
    assert isinstance(Alias.objects.values("name", "id").get()["name"], Sealed)
    assert isinstance(Alias.objects.values_list("id", "name").get()[1], Sealed)


def test_rows_may_be_counted_in_groups():
    client = make_client()
    for name in (CANARY, "Jay"):
        make_alias(client, name)
    assert list(Alias.objects.values_list("source").annotate(n=Count("pk"))) == [("intake", 2)]
    (row, _other) = Alias.objects.values_list("name", "pk").annotate(n=Count("pk")).order_by("pk")
    assert isinstance(row[0], Sealed)
    assert row[2] == 1


def test_nothing_prints_the_value():
    alias = make_alias(make_client())
    shown = " ".join([repr(alias), str(alias), repr(alias.__dict__["name_sealed"]), repr(keyring())])
    assert CANARY not in shown
    assert "t" * 32 not in repr(keyring())


def test_data_keys_are_wrapped_as_documented_and_differ():
    one, two = make_client(), make_client()
    keys = DataKey.objects.filter(client_uuid__in=[one.pk, two.pk])
    assert len(keys) == 2
    for key in keys:
        wrapped = bytes(key.wrapped)
        assert len(wrapped) == WRAPPED_BYTES == 65
        assert wrapped[0] == 1
        assert int.from_bytes(wrapped[1:5], "big") == 0x7FFF0000
    with pytest.raises(KeyringError):
        keyring().unwrap(bytes(keys[0].wrapped), client=keys[1].client_uuid, version=1)


def test_a_rolled_back_key_is_never_used_again():
    from django.db import transaction

    client = make_client()
    other = uuid4()
    with transaction.atomic():
        datakeys.key_for_sealing(other)
        transaction.set_rollback(True)
    assert not DataKey.objects.filter(client_uuid=other).exists()
    key = datakeys.key_for_sealing(other)
    assert DataKey.objects.filter(pk=key.id, client_uuid=other).exists()
    assert client.name_used == "Linnet"


def test_keyring_file_round_trip_and_refusals(tmp_path):
    path = tmp_path / "keyring.json"
    write_file(path, kind="trial")
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_file(path).ids() == [1]
    with pytest.raises(FileExistsError):
        write_file(path, kind="trial")
    path.write_text("{}")
    with pytest.raises(KeyringError, match=r"keyring\.json"):
        load_file(path)
    with pytest.raises(KeyringError, match="No keyring"):
        load_file(tmp_path / "none.json")


def test_pickling_an_instance_carries_no_opened_value():
    alias = Alias.objects.get(pk=make_alias(make_client()).pk)
    assert alias.name == CANARY
    assert CANARY.encode() not in pickle.dumps(alias)
