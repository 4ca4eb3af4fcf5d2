"""What somebody with write access to the database may try on a sealed value: every try is detected.

The probes are those that the public field libraries fail silently.
An older value put back in its own place opens, as it must; the audit chain finds it (tests/audit).
"""

from functools import cache

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from clients.models import Alias, Client, Identifier, Passage, RelatedPerson, SafeContact
from tests.factories import make_client
from vault import datakeys
from vault.crypto import encrypt
from vault.errors import KeyringError, SealBroken
from vault.fields import SealedField
from vault.keyring import TEST_KEY_ID, LocalKeyring, keyring, load_file
from vault.models import DataKey
from vault.querysets import sealed_fields
from vault.sealing import open_sealed

CANARY = "Canary Plumbago Teasel"


def column_of(row, field):
    """What the table holds, read behind the application's back."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field.column} FROM {row._meta.db_table} WHERE id = %s", [key_of(row)])
        return bytes(cursor.fetchone()[0])


def put(row, field, value):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {field.column} = %s WHERE id = %s", [value, key_of(row)]
        )


def key_of(row):
    return row.pk.hex if connection.vendor == "sqlite" else row.pk


def read(row, field):
    return getattr(type(row)._base_manager.get(pk=row.pk), field.public_name)


def populate(client):
    """A few rows of several tables, so that cells of any two can be exchanged."""
    rows = [client, Alias(client=client, name=CANARY), Alias(client=client, name="Jay")]
    rows.append(RelatedPerson(client=client, relation="other", name="Teal", note=CANARY, her_word="Smew"))
    rows.append(SafeContact(client=client, channel="text", number="510 555 0117", email="a@b.example"))
    rows.append(Identifier(client=client, kind="ssn", value="000-12-3456"))
    rows.append(Passage(client=client, number=1, title="Knot", text=CANARY * 20))
    for row in rows[1:]:
        row.save()
    return rows


def cells(rows):
    """(row, field) of every sealed value."""
    return [(r, f) for r in rows for f in sealed_fields(type(r)) if getattr(r, f.attname) is not None]


class AnyTwoCells(TestCase):
    """T10: a sealed value opens in its own place and nowhere else, whichever two places are taken."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_swap_rows_columns_and_clients(self, data):
        rows = populate(make_client()) + populate(make_client(name_used="Siskin"))
        places = cells(rows)
        row, field = data.draw(st.sampled_from(places))
        other, theirs = data.draw(st.sampled_from(places))
        before = read(other, theirs)
        put(other, theirs, column_of(row, field))
        if (row.pk, field) == (other.pk, theirs):
            assert read(other, theirs) == before
            return
        with pytest.raises(SealBroken) as caught:
            read(other, theirs)
        assert caught.value.reason in ("altered", "foreign_key")
        assert (caught.value.column, caught.value.row) == (theirs.seal_name, other.pk)
        assert CANARY not in str(caught.value)


@pytest.fixture
def cell(db):
    row = Alias(client=make_client(), name=CANARY)
    row.save()
    return row, Alias._meta.get_field("name")


def broken(row, field):
    """The reason why the value does not open. It names column and row and nothing of what it holds."""
    with pytest.raises(SealBroken) as caught:
        read(row, field)
    assert (caught.value.context, caught.value.column, caught.value.row) == ("alias", "name", row.pk)
    assert "Plumbago" not in repr(caught.value)
    return caught.value.reason


def test_swap_rows(cell):
    row, field = cell
    other = Alias(client=row.client, name="Jay")
    other.save()
    put(row, field, column_of(other, field))
    assert broken(row, field) == "altered"


def test_swap_columns(cell):
    row, _field = cell
    person = RelatedPerson(client=row.client, relation="other", name="Jay", note="Teal")
    person.save()
    name, note = (RelatedPerson._meta.get_field(n) for n in ("name", "note"))
    put(person, name, column_of(person, note))
    with pytest.raises(SealBroken, match=r"related_person\.name"):
        read(person, name)


def test_swap_clients(cell):
    row, field = cell
    other = Alias(client=make_client(name_used="Siskin"), name="Jay")
    other.save()
    put(row, field, column_of(other, field))
    assert broken(row, field) == "foreign_key"
    # Moved together with its row to another client: the values of the row do not open there.
    put(row, field, row.name_sealed)
    models.QuerySet(Alias).filter(pk=row.pk).update(client=other.client)
    assert broken(row, field) == "foreign_key"


def test_one_byte_changed_anywhere_is_detected(cell):
    row, field = cell
    sealed = column_of(row, field)
    binding = field.binding(row=row.pk, client=row.client_id)
    assert open_sealed(sealed, binding).decode() == CANARY
    for position in range(len(sealed)):
        for bit in (0x01, 0x80):
            damaged = bytearray(sealed)
            damaged[position] ^= bit
            with pytest.raises(SealBroken):
                open_sealed(bytes(damaged), binding)


def test_a_value_cut_anywhere_or_longer_is_detected(cell):
    row, field = cell
    sealed = column_of(row, field)
    binding = field.binding(row=row.pk, client=row.client_id)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            open_sealed(sealed[:length], binding)
    with pytest.raises(SealBroken):
        open_sealed(sealed + b"\x00", binding)


@pytest.mark.parametrize(
    "forged", [b"Plumbago", b"", b"\x00", b"gAAAAABPlumbago", b"\x01Plumbago", b"\x02" * 80]
)
def test_plaintext_in_column_refused(cell, forged):
    """T12: what was never sealed is neither shown nor written over nor carried into the history."""
    row, field = cell
    put(row, field, forged)
    assert broken(row, field) in ("not_sealed", "cut", "unknown_format")
    loaded = Alias.objects.get(pk=row.pk)
    loaded.source = "record"
    count = loaded.history.count()
    with pytest.raises(SealBroken), transaction.atomic():
        loaded.save()
    assert loaded.history.count() == count


def test_a_whole_forgery_without_the_key_is_detected(cell):
    """Everything right but the key: the thief knows the format, the place and the id of the key."""
    row, field = cell
    binding = field.binding(row=row.pk, client=row.client_id)
    key_id = DataKey.objects.get(client_uuid=row.client_id).pk
    own = LocalKeyring(kind="test", primary=1, keys={1: b"f" * 32}, source="thief")
    forged = encrypt(next(iter(own._keys.values())), key_id, b"Plumbago\x80".ljust(32, b"\0"), binding.aad())
    put(row, field, forged)
    assert broken(row, field) == "altered"


def test_an_unknown_and_a_foreign_key_id_are_detected(cell):
    row, field = cell
    sealed = column_of(row, field)
    put(row, field, sealed[:1] + (0x12345678).to_bytes(4, "big") + sealed[5:])
    assert broken(row, field) == "unknown_key"
    other = make_client(name_used="Siskin")
    key_id = DataKey.objects.get(client_uuid=other.pk).pk
    put(row, field, sealed[:1] + key_id.to_bytes(4, "big") + sealed[5:])
    assert broken(row, field) == "foreign_key"


def test_the_wrong_root_key_is_detected_and_shows_nothing(cell, monkeypatch):
    row, field = cell
    wrong = LocalKeyring(kind="test", primary=TEST_KEY_ID, keys={TEST_KEY_ID: b"w" * 32}, source="spare")
    datakeys.memory.clear()
    monkeypatch.setattr(datakeys, "keyring", lambda: wrong)
    with pytest.raises(KeyringError):
        read(row, field)
    # Nor is anything sealed once more on top: the row is not saved.
    loaded = Alias.objects.get(pk=row.pk)
    with pytest.raises(KeyringError), transaction.atomic():
        loaded.save()


def test_an_empty_text_stays_empty_and_a_zero_stays_zero(cell):
    row, field = cell
    row.name = ""
    row.save()
    assert read(row, field) == ""
    assert column_of(row, field) != b""
    words = make_client(her_words={"age": 0, "word": ""})
    assert Client.objects.get(pk=words.pk).her_words == {"age": 0, "word": ""}


def test_an_older_value_put_back_opens_and_is_left_to_the_audit_chain(cell):
    row, field = cell
    older = column_of(row, field)
    row.name = "Jay"
    row.save()
    put(row, field, older)
    assert read(row, field) == CANARY


def test_a_broken_row_is_saved_again_once_the_value_is_replaced(cell):
    row, field = cell
    put(row, field, column_of(row, field)[:-1] + b"\x00\x00")
    loaded = Alias.objects.get(pk=row.pk)
    with pytest.raises(SealBroken), transaction.atomic():
        loaded.save()
    loaded.name = "Jay"
    loaded.save()
    assert read(row, field) == "Jay"


def test_every_sealed_column_of_every_model_is_bound_to_itself_alone():
    """No two columns share their words, and every word is fixed in the model."""

    @cache
    def places():
        return [
            (field.context, field.seal_name)
            for model in apps.get_models()
            if not model.__name__.startswith("Historical")
            for field in model._meta.local_concrete_fields
            if isinstance(field, SealedField)
        ]

    assert len(places()) == len(set(places())) > 40


def test_test_keys_are_refused_outside_tests(tmp_path):
    """A keyring of a site with the id of a test key, and a value wrapped by one, open nothing."""
    import base64
    import json

    path = tmp_path / "keyring.json"
    entry = {"key": base64.b64encode(b"t" * 32).decode(), "created": "2026-11-23"}
    for kind in ("production", "trial"):
        path.write_text(json.dumps({"kind": kind, "primary": TEST_KEY_ID, "keys": {str(TEST_KEY_ID): entry}}))
        path.chmod(0o600)
        with pytest.raises(KeyringError, match="for tests only"):
            load_file(path)
    wrapped = keyring().wrap(b"d" * 32, client=make_uuid(), version=1)
    site = LocalKeyring(kind="production", primary=1, keys={1: b"p" * 32}, source="site")
    with pytest.raises(KeyringError, match=str(TEST_KEY_ID)):
        site.unwrap(wrapped, client=make_uuid(), version=1)


def make_uuid():
    from uuid import UUID

    return UUID(int=7)
