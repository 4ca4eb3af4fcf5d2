"""Row identifiers."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

NIL = UUID(int=0)
"""Stands for the organisation where a value belongs to no client."""


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7): new rows land at the end of the index.

    The first 48 bits are Unix milliseconds, the rest is random apart from version and variant.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
