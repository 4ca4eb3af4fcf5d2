"""G2, G3: ten thousand rows of eight texts, loaded, and loaded and read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from benchmarks.frame import Line, few, interleave, ratio
from benchmarks.models import FIELDS, PEERS, Card, Plain, Sealed
from benchmarks.people import fill
from vault import datakeys


def load(model: Any) -> list[Any]:
    return list(model.objects.all())


def read(model: Any, names: tuple[str, ...] = FIELDS) -> None:
    """Every value of every row."""
    rows = load(model)
    if model is Card:
        datakeys.preload(row.client_id for row in rows)
        for row in rows:
            card = row.card
            for name in names:
                card[name]
        return
    if model is Sealed:
        datakeys.preload(row.client_id for row in rows)
    for row in rows:
        for name in names:
            getattr(row, name)


def lines() -> Iterator[Line]:
    count = few(10_000, 500)
    # More clients than the memory of keys holds would measure the memory, not the reading: see README.
    clients = fill([Sealed], min(count, datakeys.LIMIT // 2))
    people = [clients[number % len(clients)] for number in range(count)]
    Sealed.objects.all().delete()
    models = {"plain": Plain, "separate": Sealed, "grouped": Card, **PEERS}
    for model in models.values():
        fill([model], count, clients=people)
    sqlite = connection.vendor == "sqlite"

    ours = {name: models[name] for name in ("plain", "separate", "grouped")}
    theirs = {"plain": Plain, **PEERS}  # slow enough that a few rounds say it

    loads = interleave({name: lambda m=m: load(m) for name, m in ours.items()}, rounds=few(21, 3))
    others = interleave({name: lambda m=m: load(m) for name, m in theirs.items()}, rounds=few(3, 1))
    peers = {name: ratio(others, name, "plain") for name in PEERS}
    grouped, separate = ratio(loads, "grouped", "plain"), ratio(loads, "separate", "plain")
    yield Line(
        "G2", f"load {count:,} rows, separate columns", separate, 1.05 if sqlite else None, peers=peers
    )
    yield Line("G2", f"load {count:,} rows, grouped", grouped, 1.05 if sqlite else 1.15, peers=peers)

    reads = interleave({name: lambda m=m: read(m) for name, m in ours.items()}, rounds=few(15, 3))
    others = interleave({name: lambda m=m: read(m) for name, m in theirs.items()}, rounds=few(3, 1))
    peers = {name: ratio(others, name, "plain") for name in PEERS}
    grouped, separate = ratio(reads, "grouped", "plain"), ratio(reads, "separate", "plain")
    yield Line("G3", "load and read all 8, separate columns", separate, 2.4 if sqlite else None, peers=peers)
    yield Line("G3", "load and read all 8, grouped", grouped, 1.3 if sqlite else None, peers=peers)
