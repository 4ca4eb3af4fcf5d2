"""Seal and open one value that is bound to its place."""

from __future__ import annotations

from vault.crypto import FORMAT, SHORTEST, Binding, Unopenable, decrypt, encrypt, key_id_of, pad, unpad
from vault.datakeys import key_for_opening, key_for_sealing
from vault.errors import SealBroken


def seal(text: bytes, binding: Binding, *, step: int) -> bytes:
    """`text`, padded to a multiple of `step` bytes, under the newest key of the binding's client."""
    key = key_for_sealing(binding.client)
    return encrypt(key.cipher, key.id, pad(text, step), binding.aad())


def open_sealed(sealed: bytes, binding: Binding) -> bytes:
    """The text of a sealed value. Raises `SealBroken` for anything that is not exactly it."""
    context, column, row = binding.context, binding.column, binding.row
    if not sealed or sealed[0] != FORMAT:
        # A value of a later format and a value that was never sealed cannot be told apart for sure;
        # printable text is the likely forgery.
        plain = bool(sealed) and sealed[:1].isascii() and sealed[:1].decode("ascii").isprintable()
        raise SealBroken(context, column, row, "not_sealed" if plain or not sealed else "unknown_format")
    if len(sealed) < SHORTEST:
        raise SealBroken(context, column, row, "cut")
    key = key_for_opening(key_id_of(sealed), client=binding.client, context=context, column=column, row=row)
    try:
        return unpad(decrypt(key.cipher, sealed, binding.aad()))
    except (Unopenable, ValueError):
        raise SealBroken(context, column, row, "altered") from None
