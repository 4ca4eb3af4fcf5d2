"""A value that does not open: that field says so, it is reported once, and nothing is written over it."""

import logging

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from audit.models import AccessEvent
from clients.models import SafeContact
from clients.services import save_intake, save_safe_contact
from tests.factories import counsel_of, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def survivor():
    client = make_client()
    save_safe_contact(
        client=client,
        by=counsel_of(client),
        channel="text",
        hours="noon",
        number="5105550143",
        note="Jay Sorrel",
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_safecontact SET hours_sealed = number_sealed")
    return client


def test_a_broken_value_is_one_entry_and_one_alarm_however_often_it_is_looked_at(client, survivor, caplog):
    client.force_login(counsel_of(survivor))
    for _look in range(3):
        page = client.get(reverse("client-team", args=[survivor.pk]))
        assert page.status_code == 200
        shown = page.content.decode()
        assert "This value cannot be opened: reported" in shown
        assert "5105550143" not in shown
    entry = AccessEvent.objects.get(action="broken")
    contact = SafeContact.objects.get()
    assert (entry.object_kind, entry.object_id) == ("safe_contact", str(contact.pk))
    assert entry.client_id == survivor.pk
    assert entry.fields == ["altered", "hours"]
    assert caplog.text.count("safe_contact.hours of row") == 1
    assert "5105550143" not in caplog.text


def test_saving_a_row_with_a_broken_value_is_refused_in_words(client, survivor, monkeypatch):
    """The page says what is wrong; nothing changed, in the row or in its history."""
    by = counsel_of(survivor)
    client.force_login(by)

    def save(request, *args, **kwargs):
        save_safe_contact(client=survivor, by=by, channel="call", number="5105550144")

    before = SafeContact.history.count()
    monkeypatch.setattr("config.gallery.render", save)
    answer = client.get(reverse("components"))
    assert answer.status_code == 409
    assert "A value in this file cannot be opened" in answer.content.decode()
    assert SafeContact.objects.get().number == "5105550143"
    assert SafeContact.history.count() == before
    assert AccessEvent.objects.get(action="broken").client_id == survivor.pk


def test_replacing_the_broken_value_mends_the_row(survivor):
    save_safe_contact(client=survivor, by=counsel_of(survivor), channel="text", hours="evenings")
    contact = SafeContact.objects.get()
    assert (contact.hours, contact.number, contact.note) == ("evenings", "5105550143", "Jay Sorrel")


def roll_back(client, name, value):
    """Save another value, and then put the old one back behind the log."""
    old = bytes(getattr(SafeContact.objects.get(client=client), f"{name}_sealed"))
    save_safe_contact(client=client, by=counsel_of(client), **{name: value})
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE clients_safecontact SET {name}_sealed = %s", [old])


@pytest.mark.parametrize("save", [save_safe_contact, save_intake])
def test_a_number_that_was_put_back_is_not_made_genuine_by_the_next_save(caplog, save):
    caplog.set_level(logging.CRITICAL + 1, logger="clients.services.rows")
    client = make_client()
    save_safe_contact(client=client, by=counsel_of(client), channel="text", number="5105550143")
    roll_back(client, "number", "5105550144")
    before = SafeContact.history.count()
    given = {"values": {"hours": "noon"}, "replies": {}} if save is save_intake else {"hours": "noon"}
    with pytest.raises(ValidationError, match="behind the log: tell the auditor"):
        save(client=client, by=counsel_of(client), **given)
    assert SafeContact.history.count() == before
    assert not SafeContact.objects.get().hours
    entry = AccessEvent.objects.get(object_kind="forged_safecontact")
    assert (entry.client_id, entry.objects_shown) == (client.pk, [str(SafeContact.objects.get().pk)])


def test_a_number_that_was_put_back_can_be_replaced_and_is_an_alarm_all_the_same(caplog):
    caplog.set_level(logging.CRITICAL + 1, logger="clients.services.rows")
    client = make_client()
    save_safe_contact(client=client, by=counsel_of(client), channel="text", number="5105550143")
    roll_back(client, "number", "5105550144")
    save_safe_contact(client=client, by=counsel_of(client), number="5105550145")
    assert SafeContact.objects.get().number == "5105550145"
    assert AccessEvent.objects.filter(object_kind="forged_safecontact").exists()
