"""Seal and open one value that is bound to its place."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag

from vault.crypto import FORMAT, SHORTEST, Binding, encrypt, pad, unpad
from vault.datakeys import key_for_opening, key_for_sealing, memory
from vault.errors import SealBroken


def seal(text: bytes, binding: Binding, *, step: int) -> bytes:
    """`text`, padded to a multiple of `step` bytes, under the newest key of the binding's client."""
    key = key_for_sealing(binding.client)
    return encrypt(key.cipher, key.id, pad(text, step), binding.aad())


def looks_sealed(value: bytes) -> bool:
    """Whether bytes have the form of a sealed value. Only opening them says that they are one."""
    return len(value) >= SHORTEST and value[0] == FORMAT


def open_sealed(sealed: bytes, binding: Binding) -> bytes:
    """The text of a sealed value. Raises `SealBroken` for anything that is not exactly it."""
    if len(sealed) < SHORTEST or sealed[0] != FORMAT:
        raise SealBroken(binding.context, binding.column, binding.row, _fault(sealed))
    context, column, row, client = binding
    # The common case in place, without a call: a list page comes through here for every name.
    key_id = int.from_bytes(sealed[1:5], "big")
    key = memory.key(key_id)
    if key is None or key.client.int != client.int:
        key = key_for_opening(key_id, client=client, context=context, column=column, row=row)
    try:
        return unpad(key.cipher.decrypt(sealed[5:17], sealed[17:], binding.aad()))
    except (InvalidTag, ValueError):
        raise SealBroken(context, column, row, "altered") from None


def _fault(sealed: bytes) -> str:
    """What is wrong with bytes that do not have the form of a sealed value.

    A value of a later format and a value that was never sealed cannot be told apart for sure; printable
    text is the likely forgery.
    """
    if sealed[:1] == bytes((FORMAT,)):
        return "cut"
    plain = not sealed or (sealed[:1].isascii() and sealed[:1].decode("ascii").isprintable())
    return "not_sealed" if plain else "unknown_format"
