"""History of sealed values: versions open, differences are those of opened values, reasons are refused."""

import pytest
from django.db import connection
from django.utils import timezone

from audit.changes import changes_between
from clients.models import Alias, Client, RelatedPerson
from tests.factories import make_client
from vault.errors import SealBroken, Shredded
from vault.fields import SealedField
from vault.models import DataKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    row = RelatedPerson(client=make_client(), relation="other", name="Jay", note="Teal")
    row.save()
    return row


def versions(row):
    return list(row.history.order_by("history_id"))


def test_differences_are_opened_under_their_public_names(person):
    person.name, person.relation, person.date_of_birth = "Smew", "family", "1990-02-03"
    person.save()
    old, new = versions(person)
    found = {
        change.name: (str(change.old), str(change.new), change.sealed) for change in changes_between(old, new)
    }
    assert found == {
        "relation": ("other", "family", False),
        "name": ("Jay", "Smew", True),
        "date_of_birth": ("None", "1990-02-03", True),
    }
    assert [change.label for change in changes_between(old, new) if change.name == "date_of_birth"] == [
        "date of birth"
    ]
    assert "Smew" not in repr(changes_between(old, new))


def test_a_value_that_was_sealed_again_did_not_change(person):
    person.name = "Jay"
    person.save()
    old, new = versions(person)
    assert bytes(old.name_sealed) != bytes(new.name_sealed)
    assert changes_between(old, new) == []


def test_the_first_version_is_all_new(person):
    (first,) = versions(person)
    found = {change.name: change.new for change in changes_between(None, first)}
    assert (found["name"], found["note"]) == ("Jay", "Teal")
    assert "her_word" not in found


def test_a_version_that_does_not_open_says_so_and_the_others_are_told(person):
    person.name, person.note = "Smew", "Knot"
    person.save()
    old, new = versions(person)
    old.name_sealed = old.note_sealed
    found = {change.name: change for change in changes_between(old, new)}
    assert isinstance(found["name"].old, SealBroken)
    assert found["name"].new == "Smew"
    assert (found["note"].old, found["note"].new) == ("Teal", "Knot")


def test_versions_of_an_erased_client_say_that_they_were_erased(person):
    from vault import datakeys

    person.name = "Smew"
    person.save()
    DataKey.objects.filter(client_uuid=person.client_id).update(wrapped=None, destroyed_at=timezone.now())
    datakeys.memory.clear()
    (change,) = changes_between(*versions(RelatedPerson.objects.get()))
    assert isinstance(change.old, Shredded)
    assert isinstance(change.new, Shredded)


def test_two_rows_are_not_compared(person):
    other = RelatedPerson(client=person.client, relation="other", name="Jay")
    other.save()
    with pytest.raises(ValueError, match="two rows"):
        changes_between(versions(person)[0], versions(other)[0])


def test_history_rows_and_rows_of_a_moment_open(person):
    before = timezone.now()
    person.name = "Smew"
    person.save()
    assert [version.name for version in versions(person)] == ["Jay", "Smew"]
    assert person.history.as_of(before).name == "Jay"
    assert RelatedPerson.history.as_of(before).get(pk=person.pk).name == "Jay"
    assert versions(person)[0].instance.name == "Jay"


def test_a_history_row_moved_to_another_row_does_not_open(person):
    other = RelatedPerson(client=person.client, relation="other", name="Knot")
    other.save()
    version = versions(person)[0]
    version.name_sealed = versions(other)[0].name_sealed
    with pytest.raises(SealBroken, match=str(person.pk)):
        _ = version.name


def test_history_holds_no_text_in_the_clear(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clients_historicalrelatedperson")
        row = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in cursor.fetchone())
    assert b"Jay" not in row
    assert b"Teal" not in row


def test_a_reason_in_free_words_is_refused(person):
    person._change_reason = "she asked for it"
    with pytest.raises(ValueError, match="sealed column of its own"):
        person.save()


def test_every_sealed_field_is_in_the_history_under_the_same_words():
    for model in (Alias, Client, RelatedPerson):
        mine = {(f.context, f.seal_name) for f in model._meta.concrete_fields if isinstance(f, SealedField)}
        kept = model.history.model._meta.concrete_fields
        assert mine == {(f.context, f.seal_name) for f in kept if isinstance(f, SealedField)}
