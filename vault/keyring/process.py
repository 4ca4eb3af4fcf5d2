"""The keyring of this process: which provider, read once, and read again when it may have changed."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from vault.errors import KeyringError, UnknownRoot
from vault.keyring.base import TEST_KEY_ID, Keyring, RootKey
from vault.keyring.file import load_file, stamp, text_of
from vault.keyring.kms import KmsKeyring, parse_keys
from vault.keyring.local import LocalKeyring, parse
from vault.keyring.program import load_command, printed

logger = logging.getLogger(__name__)
AGAIN_SECONDS = 10
"""The shortest time between two readings that an unknown root key asks for."""
OLD_SECONDS = 300
"""From this age on, what a command printed is read again before it wraps a new key."""


class Rereading:
    """A provider that another hand may change while this process runs (a file, a command).

    Unwrapping something under an unknown root key reads the provider once more, at most every
    `AGAIN_SECONDS`; wrapping reads it again when `changed` says so, so that a new primary key is soon
    used everywhere. A provider that cannot be read again leaves what is held as it is.
    """

    def __init__(self, load: Callable[[], Keyring], changed: Callable[[float], object]) -> None:
        self._load, self._changed = load, changed
        self._lock = threading.Lock()
        self._read()

    def __repr__(self) -> str:
        return repr(self._ring)

    @property
    def kind(self) -> str:
        return self._ring.kind

    @property
    def primary(self) -> int:
        return self._ring.primary

    def name(self) -> str:
        return self._ring.name()

    def ids(self) -> list[int]:
        return self._ring.ids()

    def roots(self) -> list[RootKey]:
        return self._ring.roots()

    def header(self) -> bytes:
        return self._ring.header()

    def wrap(self, data_key: bytes, *, client: UUID, version: int) -> bytes:
        if self._changed(self._read_at) != self._mark:
            self._read_again()
        return self._ring.wrap(data_key, client=client, version=version)

    def unwrap(self, wrapped: bytes, *, client: UUID, version: int) -> bytes:
        try:
            return self._ring.unwrap(wrapped, client=client, version=version)
        except UnknownRoot:
            if time.monotonic() - self._read_at < AGAIN_SECONDS or not self._read_again():
                raise
        return self._ring.unwrap(wrapped, client=client, version=version)

    def _read(self) -> None:
        self._read_at = time.monotonic()
        # The mark is taken before the reading: a change in between is then seen as a change.
        self._mark = self._changed(self._read_at)
        ring = self._load()
        if ring.kind != settings.AFTERWORD_ENV:
            raise KeyringError(
                f"The keyring is a {ring.kind} keyring; this is a {settings.AFTERWORD_ENV} site."
            )
        self._ring = ring

    def _read_again(self) -> bool:
        with self._lock:
            try:
                self._read()
            except KeyringError:
                logger.warning("The keyring could not be read again; what was read before goes on.")
                return False
        return True


def providers() -> dict[str, str]:
    """The providers that the settings name: setting → what it is, in words."""
    named = {
        "AFTERWORD_KEYRING_FILE": (settings.KEYRING_FILE, "key file"),
        "AFTERWORD_KEYRING": (settings.KEYRING_IN_ENVIRONMENT, "environment"),
        "AFTERWORD_KEYRING_COMMAND": (settings.KEYRING_COMMAND, "command"),
        "AFTERWORD_KEYRING_KMS": (settings.KEYRING_KMS, "AWS KMS"),
    }
    return {setting: words for setting, (value, words) in named.items() if value}


def provider() -> str:
    """The one provider's setting. Raises `KeyringError` naming them where there is none or more than one."""
    found = list(providers())
    if len(found) != 1:
        if found:
            raise KeyringError(f"Set only one of {', '.join(found)}.")
        raise KeyringError(
            "No keyring is configured: set AFTERWORD_KEYRING_FILE, AFTERWORD_KEYRING, "
            "AFTERWORD_KEYRING_COMMAND or AFTERWORD_KEYRING_KMS."
        )
    return found[0]


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this process. Raises `KeyringError`."""
    if getattr(settings, "VAULT_TEST_KEYRING", False):
        return LocalKeyring(kind="test", primary=TEST_KEY_ID, keys={TEST_KEY_ID: b"t" * 32}, source="test")
    chosen = provider()
    if chosen == "AFTERWORD_KEYRING_FILE":
        path = Path(settings.KEYRING_FILE)
        return Rereading(lambda: load_file(path), lambda _read_at: stamp(path))
    if chosen == "AFTERWORD_KEYRING_COMMAND":
        command = settings.KEYRING_COMMAND
        return Rereading(lambda: load_command(command), lambda at: time.monotonic() - at >= OLD_SECONDS)
    if chosen == "AFTERWORD_KEYRING":
        # The environment of a process does not change: there is nothing to read again.
        return Rereading(from_environment, lambda _read_at: None)
    return KmsKeyring(
        keys=parse_keys(settings.KEYRING_KMS),
        kind=settings.AFTERWORD_ENV,
        region=settings.KEYRING_KMS_REGION,
        endpoint=settings.KEYRING_KMS_ENDPOINT,
    )


def from_environment() -> LocalKeyring:
    """The keyring in AFTERWORD_KEYRING. Raises `KeyringError`."""
    return parse(os.environ.get("AFTERWORD_KEYRING", ""), source="AFTERWORD_KEYRING")


def text_of_ring() -> str:
    """The JSON of the configured ring, keys and all, to be changed or split. Raises `KeyringError`."""
    chosen = provider()
    if chosen == "AFTERWORD_KEYRING_KMS":
        raise KeyringError("Root keys in AWS KMS never leave it.")
    if chosen == "AFTERWORD_KEYRING_FILE":
        text = text_of(Path(settings.KEYRING_FILE))
    elif chosen == "AFTERWORD_KEYRING_COMMAND":
        text = printed(settings.KEYRING_COMMAND)
    else:
        text = os.environ.get("AFTERWORD_KEYRING", "")
    parse(text, source=chosen)
    return text
