"""A keyring that another program prints: whatever keeps the office's secrets."""

from __future__ import annotations

import shlex
import subprocess

from vault.errors import KeyringError
from vault.keyring.local import LocalKeyring, parse

SECONDS = 20


def load_command(command: str) -> LocalKeyring:
    """Run `command` (no shell) and read the keyring from what it prints. Raises `KeyringError`.

    What it prints, on either stream, is never shown, logged or part of an error.
    """
    return parse(printed(command), source="of the keyring command")


def printed(command: str) -> str:
    """What the command prints, as text. Raises `KeyringError`."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise KeyringError("AFTERWORD_KEYRING_COMMAND cannot be read as a command.")
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, split without a shell
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise KeyringError(f"The keyring command took longer than {SECONDS} seconds.") from None
    except OSError as error:
        raise KeyringError(f"The keyring command cannot be run: {error.strerror}.") from None
    if done.returncode:
        raise KeyringError(f"The keyring command failed with exit code {done.returncode}.")
    try:
        return done.stdout.decode()
    except UnicodeDecodeError:
        raise KeyringError("The keyring command does not print a keyring.") from None
