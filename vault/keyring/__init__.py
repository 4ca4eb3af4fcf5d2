"""The root keys, kept outside the database, behind one small interface (`Keyring`).

Four providers hold them: a file, the environment, a command that prints them, and AWS KMS. Exactly
one is configured (`provider`); operator's guide: docs/keys.md.
"""

from vault.keyring.base import TEST_KEY_ID, Keyring, RootKey
from vault.keyring.file import load_file, write_file
from vault.keyring.local import LocalKeyring, parse
from vault.keyring.process import keyring

__all__ = [
    "TEST_KEY_ID",
    "Keyring",
    "LocalKeyring",
    "RootKey",
    "keyring",
    "load_file",
    "parse",
    "write_file",
]
