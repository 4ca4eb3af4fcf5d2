"""The installation's mark, and what a start refuses."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from vault import installation
from vault.keyring import write_file
from vault.models import Installation

pytestmark = pytest.mark.django_db


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
