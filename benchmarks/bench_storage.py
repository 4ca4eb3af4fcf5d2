"""G12: bytes on disk, of short texts and of narratives of 2 kB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from benchmarks import models
from benchmarks.frame import Line, few
from benchmarks.people import common, fill, narrative
from vault import datakeys


def used(model: Any) -> int:
    """Bytes of a table with its indexes; on SQLite of the whole database, to be subtracted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
            return int(cursor.fetchone()[0])
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA freelist_count")
        free = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        return int((pages - free) * cursor.fetchone()[0])


def grown(model: Any, write: Any) -> int:
    """By how many bytes the table grows when `write(model)` fills it."""
    before = used(model)
    write(model)
    return used(model) - before


def lines() -> Iterator[Line]:
    count = few(10_000, 1000)
    clients = fill([models.Sealed], count // 5)
    models.Sealed.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    people = [clients[number % len(clients)] for number in range(count)]
    tables = {"plain": models.Plain, "separate": models.Sealed, "grouped": models.Card, **models.PEERS}
    sizes = {name: grown(model, lambda m: fill([m], count, clients=people)) for name, model in tables.items()}
    peers = {name: sizes[name] / sizes["plain"] for name in models.PEERS}
    note = "texts of 20 B on average, padded to 32"
    yield Line(
        "G12", "eight short texts, separate", sizes["separate"] / sizes["plain"], 1.9, peers=peers, note=note
    )
    yield Line("G12", "eight short texts, grouped", sizes["grouped"] / sizes["plain"], 1.9, peers=peers)

    datakeys.preload(people)

    def write(model: Any) -> None:
        rows = [
            model(**common(number, people[number]), text=narrative(number)) for number in range(count // 5)
        ]
        model.objects.bulk_create(rows, batch_size=200)

    tables = {"plain": models.PlainNarrative, "sealed": models.SealedNarrative, **models.NARRATIVE_PEERS}
    sizes = {name: grown(model, write) for name, model in tables.items()}
    peers = {name: sizes[name] / sizes["plain"] for name in models.NARRATIVE_PEERS}
    yield Line("G12", "narratives of about 2 kB", sizes["sealed"] / sizes["plain"], 1.05, peers=peers)
    datakeys.memory.clear()
