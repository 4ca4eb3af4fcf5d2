"""Lookups, the installation's mark, and what a start refuses."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clients import normalise
from clients.models import Identifier, SafeContact
from tests.factories import make_client
from vault import installation
from vault.keyring import write_file
from vault.models import Installation

pytestmark = pytest.mark.django_db


def test_an_exact_value_is_found_in_any_spelling():
    client = make_client()
    SafeContact(client=client, channel="text", number="(510) 555-0117", email="Linnet@Example.org").save()
    field = SafeContact._meta.get_field("number_token")
    assert SafeContact.objects.get(number_token=field.token_for("+1 510 555 0117")).client == client
    assert not SafeContact.objects.filter(number_token=field.token_for("510 555 0118")).exists()
    email = SafeContact._meta.get_field("email_token")
    assert SafeContact.objects.filter(email_token=email.token_for(" linnet@example.ORG ")).exists()


def test_the_same_value_in_two_columns_has_two_tokens():
    client = make_client()
    contact = SafeContact(client=client, channel="text", number="5105550117")
    contact.save()
    identifier = Identifier(client=client, kind="fbi", value="15105550117")
    identifier.save()
    assert bytes(contact.number_token) != bytes(identifier.value_token)


def test_an_empty_value_has_no_token():
    contact = SafeContact(client=make_client(), channel="text", number="")
    contact.save()
    assert contact.number_token is None


@pytest.mark.parametrize(
    ("function", "text", "expected"),
    [
        (normalise.phone, "(510) 555-0117", "15105550117"),
        (normalise.phone, "+44 20 7946 0018", "442079460018"),
        (normalise.email, " Linnet@Example.ORG ", "linnet@example.org"),
        (normalise.identifier, "a-012 345 678", "A12345678"),
        (normalise.identifier, "IOE0123456789", "IOE0123456789"),
        (normalise.identifier, "000-12-3456", "000123456"),
    ],
)
def test_normal_forms(function, text, expected):
    assert function(text) == expected


def test_the_database_carries_its_kind_and_another_kind_is_refused(settings):
    assert installation.kind() == "test"
    settings.AFTERWORD_ENV = "production"
    with pytest.raises(SystemExit, match="marked 'test'"):
        installation.refuse_other_kind()


def test_a_forged_kind_is_refused():
    installation.installation()
    Installation.objects.update(kind_sealed=b"production")
    with pytest.raises(SystemExit, match="not made with this keyring"):
        installation.refuse_other_kind()


def test_the_keyring_command_writes_once(tmp_path, capsys):
    path = tmp_path / "sub" / "keyring.json"
    call_command("keyring", "new", "--file", str(path), "--trial")
    assert path.stat().st_mode & 0o777 == 0o600
    assert '"kind": "trial"' in path.read_text()
    with pytest.raises(CommandError, match="never replaced"):
        call_command("keyring", "new", "--file", str(path))


def test_a_keyring_of_another_kind_is_refused(tmp_path, settings):
    from vault import keyring

    path = tmp_path / "keyring.json"
    write_file(path, kind="trial")
    settings.VAULT_TEST_KEYRING, settings.KEYRING_FILE, settings.AFTERWORD_ENV = (
        False,
        str(path),
        "production",
    )
    keyring.keyring.cache_clear()
    try:
        with pytest.raises(SystemExit, match="trial keyring"):
            installation.refuse_other_kind()
    finally:
        keyring.keyring.cache_clear()
