"""Root keys that never leave AWS KMS: each data key is encrypted and decrypted there.

A wrapped key is `0x02 | root key id (u32) | KMS ciphertext`. The encryption context (authenticated, and
in AWS's own log) is the client's UUID, the version and the kind of installation. boto3 is an optional
extra (requirements/kms.txt) and is imported on first use.
"""

from __future__ import annotations

import os
import re
import struct
from typing import Any
from uuid import UUID

from vault.crypto import KEY_BYTES, key_id_of
from vault.errors import KeyringError, UnknownRoot, WrongKey
from vault.keyring.base import TEST_KEY_ID, RootKey

WRAPPED_THERE = 0x02
"""Format byte of a key wrapped by KMS."""
HEADER = struct.Struct(">BI")
ARN = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):\d{12}:(key|alias)/[A-Za-z0-9/_-]+")


def parse_keys(setting: str) -> dict[int, str]:
    """`1=arn…,2=arn…` as a mapping in the order written: the first one wraps. Raises `KeyringError`."""
    keys: dict[int, str] = {}
    for part in setting.split(","):
        number, _equals, arn = (piece.strip() for piece in part.partition("="))
        if not number.isdecimal() or not 0 < int(number) < TEST_KEY_ID or not ARN.fullmatch(arn):
            raise KeyringError("AFTERWORD_KEYRING_KMS must read 1=arn:aws:kms:…,2=arn:aws:kms:…")
        if int(number) in keys:
            raise KeyringError(f"AFTERWORD_KEYRING_KMS names root key {int(number)} twice.")
        keys[int(number)] = arn
    return keys


class KmsKeyring:
    """Root keys in AWS KMS, by id. `keys` in order: the first one wraps, all of them unwrap."""

    def __init__(self, *, keys: dict[int, str], kind: str, region: str = "", endpoint: str = "") -> None:
        self.kind, self._keys = kind, dict(keys)
        self.primary = next(iter(keys))
        found = ARN.fullmatch(keys[self.primary])
        self._region = region or (found["region"] if found else "")
        self._endpoint = endpoint
        self._clients: dict[int, Any] = {}  # by process: a connection does not survive a fork

    def __repr__(self) -> str:
        return f"<KmsKeyring keys={sorted(self._keys)}>"

    def name(self) -> str:
        return f"AWS KMS in {self._region}"

    def ids(self) -> list[int]:
        return sorted(self._keys)

    def roots(self) -> list[RootKey]:
        return [RootKey(key_id) for key_id in self.ids()]

    def header(self) -> bytes:
        return HEADER.pack(WRAPPED_THERE, self.primary)

    def wrap(self, data_key: bytes, *, client: UUID, version: int) -> bytes:
        """Format 0x02: about 190 bytes. Raises `KeyringError` where KMS refuses or cannot be reached."""
        answer = self._call(
            "encrypt",
            KeyId=self._keys[self.primary],
            Plaintext=data_key,
            EncryptionContext=self._context(client, version),
        )
        return self.header() + bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, *, client: UUID, version: int) -> bytes:
        if len(wrapped) <= HEADER.size or wrapped[0] != WRAPPED_THERE:
            raise WrongKey(f"The stored key of client {client} was not wrapped by AWS KMS.")
        key_id = key_id_of(wrapped)
        if key_id not in self._keys:
            raise UnknownRoot(f"Root key {key_id} is needed and is not in AFTERWORD_KEYRING_KMS.")
        answer = self._call(
            "decrypt",
            KeyId=self._keys[key_id],
            CiphertextBlob=wrapped[HEADER.size :],
            EncryptionContext=self._context(client, version),
        )
        data_key = bytes(answer["Plaintext"])
        if len(data_key) != KEY_BYTES:
            raise KeyringError(f"AWS KMS gave something that is no data key for client {client}.")
        return data_key

    def _context(self, client: UUID, version: int) -> dict[str, str]:
        return {
            "purpose": "afterword data key 1",
            "client": str(client),
            "version": str(version),
            "kind": self.kind,
        }

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        client = self._client()
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            raise KeyringError(f"AWS KMS refused to {operation} a data key: {code}.") from None
        except BotoCoreError as error:
            raise KeyringError(f"AWS KMS cannot be used: {type(error).__name__}.") from None
        return answer

    def _client(self) -> Any:
        client = self._clients.get(os.getpid())
        if client is None:
            try:
                import boto3
                from botocore.config import Config
                from botocore.exceptions import BotoCoreError
            except ImportError:
                raise KeyringError(
                    "AFTERWORD_KEYRING_KMS needs boto3: pip install --require-hashes -r requirements/kms.txt"
                ) from None
            limits = Config(
                connect_timeout=3, read_timeout=5, retries={"max_attempts": 3, "mode": "standard"}
            )
            try:
                client = boto3.session.Session().client(
                    "kms",
                    region_name=self._region or None,
                    endpoint_url=self._endpoint or None,
                    config=limits,
                )
            except (BotoCoreError, ValueError) as error:
                raise KeyringError(f"AWS KMS cannot be used: {type(error).__name__}.") from None
            self._clients[os.getpid()] = client
        return client
