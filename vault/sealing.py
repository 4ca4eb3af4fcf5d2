"""Seal and open one value that is bound to its place."""

from __future__ import annotations

from vault.crypto import FORMAT, SHORTEST, Binding, Unopenable, decrypt, encrypt, pad, unpad
from vault.datakeys import key_for_opening, key_for_sealing
from vault.errors import SealBroken


def seal(text: bytes, binding: Binding, *, step: int) -> bytes:
    """`text`, padded to a multiple of `step` bytes, under the newest key of the binding's client."""
    key = key_for_sealing(binding.client)
    return encrypt(key.cipher, key.id, pad(text, step), binding.aad())


def open_sealed(sealed: bytes, binding: Binding) -> bytes:
    """The text of a sealed value. Raises `SealBroken` for anything that is not exactly it."""
    if len(sealed) < SHORTEST or sealed[0] != FORMAT:
        raise SealBroken(binding.context, binding.column, binding.row, _fault(sealed))
    context, column, row, client = binding
    key_id = int.from_bytes(sealed[1:5], "big")
    key = key_for_opening(key_id, client=client, context=context, column=column, row=row)
    try:
        return unpad(decrypt(key.cipher, sealed, binding.aad()))
    except (Unopenable, ValueError):
        raise SealBroken(binding.context, binding.column, binding.row, "altered") from None


def _fault(sealed: bytes) -> str:
    """What is wrong with bytes that do not have the form of a sealed value.

    A value of a later format and a value that was never sealed cannot be told apart for sure; printable
    text is the likely forgery.
    """
    if sealed[:1] == bytes((FORMAT,)):
        return "cut"
    plain = not sealed or (sealed[:1].isascii() and sealed[:1].decode("ascii").isprintable())
    return "not_sealed" if plain else "unknown_format"
