"""Exact look-ups: one spelling, a key for each column and kind, keys that rotate while people search."""

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from audit.models import AccessEvent
from clients import normalise
from clients.models import Identifier, SafeContact
from clients.services.search import _exact
from tests.factories import make_client
from vault.lookups import begin_rotation, generations, lookup_token, rebuild
from vault.models import Installation

pytestmark = pytest.mark.django_db


def contact_of(client, **values):
    contact = SafeContact(client=client, channel="text", **values)
    contact.save()
    return contact


def number_of(client, kind, value):
    row = Identifier(client=client, kind=kind, value=value)
    row.save()
    return row


def test_an_exact_value_is_found_in_any_spelling():
    contact = contact_of(make_client(), number="(510) 555-0117", email="Linnet@Example.org")
    for typed in ("+1 510 555 0117", "510.555.0117", "1-510-555-0117 ext. 4", "５１０ 555 0117"):
        assert SafeContact.objects.get(number_token__of=typed) == contact
    assert not SafeContact.objects.filter(number_token__of="510 555 0118").exists()
    assert SafeContact.objects.filter(email_token__of=" linnet@example.ORG ").exists()
    assert not SafeContact.objects.exclude(number_token__of="510 555 0117").exists()


@pytest.mark.parametrize(
    ("function", "text", "expected"),
    [
        (normalise.phone, "(510) 555-0117", "15105550117"),
        (normalise.phone, "510-555-0117 x22", "15105550117"),
        (normalise.phone, "510 555 0117, ext 9", "15105550117"),
        (normalise.phone, "510 555 0117 extension 9", "15105550117"),
        (normalise.phone, "+44 20 7946 0018", "442079460018"),
        (normalise.phone, "011 44 20 7946 0018", "442079460018"),
        (normalise.phone, "0044 20 7946 0018", "442079460018"),
        (normalise.phone, "+52 55 1234", "52551234"),
        (normalise.email, " Linnet@Example.ORG ", "linnet@example.org"),
        (normalise.email, "Li.nn.et+shop@example.org", "li.nn.et+shop@example.org"),
        (normalise.identifier, "IOE0123456789", "IOE0123456789"),
    ],
)
def test_normal_forms(function, text, expected):
    assert function(text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("a_number", "a-012 345 678", "A12345678"),
        ("a_number", "012345678", "A12345678"),
        ("a_number", "12-345-678", "A12345678"),
        ("a_number", "A# 001234567", "A1234567"),
        ("ssn", "000-12-3456", "000123456"),
        ("cii", "CII/A99011223", "A99011223"),
        ("cii", "a99 011 223", "A99011223"),
        ("fbi", "FBI/ 123456ab7", "123456AB7"),
        ("license", "d123-4567", "D1234567"),
    ],
)
def test_normal_forms_of_each_kind_of_number(kind, text, expected):
    assert normalise.by_kind(text, kind) == expected


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (normalise.phone, "555-0117"),
        (normalise.phone, "+1 510"),
        (normalise.phone, "5" * 20),
        (normalise.phone, "no number"),
        (normalise.email, "linnet@"),
        (normalise.email, "linnet@example"),
        (normalise.email, "@example.org"),
        (normalise.email, "a@b@c.org"),
        (lambda t: normalise.by_kind(t, "ssn"), "012-34-567"),
        (lambda t: normalise.by_kind(t, "ssn"), "A12345678"),
        (lambda t: normalise.by_kind(t, "a_number"), "A01234"),
        (lambda t: normalise.by_kind(t, "cii"), "A990"),
        (lambda t: normalise.by_kind(t, "fbi"), "1A"),
        (lambda t: normalise.by_kind(t, "license"), "D12"),
    ],
)
def test_half_a_number_is_neither_kept_nor_looked_for(function, text):
    assert function(text) == ""


def test_half_a_number_finds_nobody_and_leaves_no_token(django_assert_num_queries):
    contact = contact_of(make_client(), number="555-0117", email="")
    assert contact.number_token is None
    assert contact.email_token is None
    with django_assert_num_queries(0):
        assert list(SafeContact.objects.filter(number_token__of="555-0117")) == []
        assert list(Identifier.objects.filter(value_token__of="12")) == []


def test_each_column_and_each_kind_has_a_key_of_its_own():
    client = make_client()
    ssn = number_of(client, "ssn", "012-34-5678")
    a_number = number_of(client, "a_number", "012345678")
    licence = number_of(client, "license", "012345678")
    tokens = {bytes(row.value_token) for row in (ssn, a_number, licence)}
    assert len(tokens) == 3
    assert lookup_token("one", "012345678") != lookup_token("two", "012345678")
    found = Identifier.objects.filter(kind="ssn", value_token__of="012 34 5678")
    assert list(found) == [ssn]
    # Without a kind a number is asked for as each of them, as somebody types it into the search.
    assert set(Identifier.objects.filter(value_token__of="012 34 5678")) == {ssn, a_number, licence}


def test_a_token_of_a_kind_needs_the_kind_and_a_look_up_takes_text():
    with pytest.raises(FieldError, match="kind"):
        Identifier._meta.get_field("value_token").token_for("012-34-5678")
    with pytest.raises(FieldError, match="text"):
        Identifier.objects.filter(value_token__of=None)


def test_saving_the_sealed_column_alone_takes_its_token_along():
    client = make_client()
    contact = contact_of(client, number="510 555 0117")
    contact.number = "510 555 0118"
    contact.save(update_fields=["number"])
    assert SafeContact.objects.filter(number_token__of="510 555 0118").exists()
    assert not SafeContact.objects.filter(number_token__of="510 555 0117").exists()
    row = number_of(client, "ssn", "012345678")
    row.kind = "license"
    row.save(update_fields=["kind"])
    assert Identifier.objects.get(kind="license", value_token__of="012345678") == row
    assert not Identifier.objects.filter(kind="ssn", value_token__of="012345678").exists()


def test_bulk_update_takes_the_token_along():
    contact = contact_of(make_client(), number="510 555 0117")
    contact.number = "510 555 0118"
    SafeContact.objects.bulk_update([contact], ["number"])
    assert SafeContact.objects.get(number_token__of="510 555 0118").number == "510 555 0118"
    assert not SafeContact.objects.filter(number_token__of="510 555 0117").exists()


# --- Rotation -------------------------------------------------------------------------------------


def test_during_a_rotation_a_value_is_found_under_either_generation():
    old = contact_of(make_client(), number="510 555 0117")
    before = bytes(old.number_token)
    assert begin_rotation() == 2
    new = contact_of(make_client(), number="510 555 0117")
    assert bytes(new.number_token) != before
    assert set(SafeContact.objects.filter(number_token__of="510 555 0117")) == {old, new}


def test_a_rotation_moves_every_token_is_recorded_and_may_be_run_again(capsys):
    contact = contact_of(make_client(), number="510 555 0117", email="linnet@example.org")
    number = number_of(contact.client, "ssn", "012-34-5678")
    before = {bytes(contact.number_token), bytes(contact.email_token), bytes(number.value_token)}
    call_command("rebuild_lookups", "--rotate")
    contact, number = SafeContact.objects.get(), Identifier.objects.get()
    after = {bytes(contact.number_token), bytes(contact.email_token), bytes(number.value_token)}
    assert before & after == set()
    assert generations() == (2,)
    assert SafeContact.objects.filter(
        number_token__of="510 555 0117", email_token__of="linnet@example.org"
    ).exists()
    assert AccessEvent.objects.filter(action="keys", object_kind="lookups").count() == 1
    call_command("rebuild_lookups")
    assert "0 tokens written, generation 2" in capsys.readouterr().out


def test_a_rotation_that_was_stopped_goes_on_where_it_stands():
    first = contact_of(make_client(), number="510 555 0117")
    second = contact_of(make_client(), number="510 555 0118")
    begin_rotation()
    rebuild(SafeContact, batch=1)
    # As if it was killed before the second row.
    SafeContact.objects.filter(pk=second.pk).update(number_token=bytes(second.number_token))
    assert generations() == (2, 1)
    call_command("rebuild_lookups")  # goes on also without --rotate, and starts no third generation
    assert generations() == (2,)
    assert SafeContact.objects.get(number_token__of="510 555 0117") == first
    assert SafeContact.objects.get(number_token__of="510 555 0118") == second


def test_two_who_begin_at_once_begin_one_rotation():
    contact_of(make_client(), number="510 555 0117")
    assert begin_rotation() == begin_rotation() == 2
    assert Installation.objects.get().lookup_previous == 1


def test_a_row_that_does_not_open_keeps_the_rotation_open():
    contact = contact_of(make_client(), number="510 555 0117")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_safecontact SET number_sealed = channel_sealed")
    with pytest.raises(CommandError, match="1 rows do not open"):
        call_command("rebuild_lookups", "--rotate")
    assert generations() == (2, 1)
    assert list(SafeContact.objects.filter(number_token__of="510 555 0117")) == [contact]


def test_the_search_and_the_conflict_check_find_across_generations():
    from clients.services.search import _number_matches

    mine = contact_of(make_client(), number="510 555 0117")
    begin_rotation()
    other = contact_of(make_client(), number="+1 (510) 555-0117")
    assert {pk for pk, _why in _exact("510 555 0117")} == {mine.client_id, other.client_id}
    assert [match.owner for match in _number_matches(mine.client)] == [other.client]
    assert [match.owner for match in _number_matches(other.client)] == [mine.client]
