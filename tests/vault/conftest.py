"""Keyrings of the tests' own, in place of the fixed test key."""

import pytest

from vault.keyring import keyring, write_file


@pytest.fixture
def configure(settings, monkeypatch):
    """Configure providers as the settings would: the file by its path, the rest by its value."""

    def choose(*, file="", environment="", command="", kms="", endpoint=""):
        settings.VAULT_TEST_KEYRING = False
        settings.KEYRING_FILE, settings.KEYRING_COMMAND, settings.KEYRING_KMS = str(file), command, kms
        settings.KEYRING_KMS_REGION, settings.KEYRING_KMS_ENDPOINT = "", endpoint
        settings.KEYRING_IN_ENVIRONMENT = bool(environment)
        monkeypatch.setenv("AFTERWORD_KEYRING", environment)
        keyring.cache_clear()

    yield choose
    keyring.cache_clear()


@pytest.fixture
def ring_file(configure, tmp_path):
    """A keyring file with one root key, configured; its path."""
    path = tmp_path / "ring" / "keyring.json"
    write_file(path, kind="test")
    configure(file=path)
    return path
