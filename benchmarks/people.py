"""Made-up rows for the scratch tables; every run draws the same."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from benchmarks.models import FIELDS, Card, PlainAuditlog
from vault.datakeys import fresh_keys
from vault.ids import uuid7

BIRDS = [
    "Wren",
    "Linnet",
    "Plover",
    "Dunlin",
    "Siskin",
    "Avocet",
    "Merlin",
    "Bunting",
    "Sandpiper",
    "Goldfinch",
]
PLANTS = [
    "Alder",
    "Juniper",
    "Sorrel",
    "Yarrow",
    "Bramble",
    "Hawthorn",
    "Tansy",
    "Larkspur",
    "Honeysuckle",
    "Rowan",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def texts(number: int) -> dict[str, str]:
    """Eight short texts of one made-up person: 8 to 32 bytes, 20 on average."""
    draw = random.Random(number)
    values = {}
    for name in FIELDS:
        words = f"{draw.choice(BIRDS)} {draw.choice(PLANTS)} "
        length = draw.randint(8, 32)
        values[name] = (words + "".join(draw.choices(LETTERS, k=32)))[:length]
    return values


def narrative(number: int, size: int = 2048) -> str:
    """`size` bytes of made-up words, a little more or less as real ones would be (within 6 per cent)."""
    draw = random.Random(number)
    size += draw.randint(-size // 16, size // 16)
    words: list[str] = []
    length = 0
    while length < size:
        words.append("".join(draw.choices(LETTERS, k=draw.randint(2, 9))))
        length += len(words[-1]) + 1
    return " ".join(words)[:size]


def common(number: int, client: UUID) -> dict[str, Any]:
    """The plain columns of a row."""
    return {
        "client_id": client,
        "file_number": f"26-{number:06}",
        "opened_on": date(2026, 1, 1) + timedelta(days=number % 300),
    }


def fill(models: list[Any], count: int, *, clients: list[UUID] | None = None) -> list[UUID]:
    """Write the same `count` people into each model; each has a client, and so a key, of its own."""
    fresh = clients is None
    clients = clients or [uuid7() for _ in range(count)]
    for model in models:
        with fresh_keys(clients if fresh else []):
            rows = []
            for number, client in enumerate(clients):
                values = texts(number)
                given = {"card": values} if model is Card else values
                rows.append(model(**common(number, client), **given))
            if model is PlainAuditlog:
                raise ValueError("This model is for saves, one by one.")
            model.objects.bulk_create(rows, batch_size=500)
        fresh = False
    analyse()
    return clients


def analyse() -> None:
    """Statistics for the planner, so that the first queries are not planned blind."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
