"""G10: the root key rotated for 100,000 clients, and a client's values sealed again while a list is read."""

from __future__ import annotations

import secrets
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connections, transaction
from django.utils import timezone

from audit import resealing
from benchmarks.frame import Line, few, percentile
from clients.models import Alias, Client
from tests.factories import make_client
from vault import datakeys, installation, rotation
from vault.ids import uuid7
from vault.keyring import LocalKeyring, keyring
from vault.models import DataKey

FIRST = 0x7FFF0000


def ring(primary: int) -> LocalKeyring:
    keys = {FIRST: b"t" * 32, FIRST + 1: b"u" * 32}
    return LocalKeyring(kind="test", primary=primary, keys=keys, source="benchmark")


def wrapped_keys(count: int) -> None:
    """Data keys of as many clients, under the first root key."""
    old = ring(FIRST)
    for start in range(0, count, 10_000):
        rows = []
        for number in range(start, min(count, start + 10_000)):
            client = uuid7()
            wrapped = old.wrap(secrets.token_bytes(32), client=client, version=1)
            rows.append(DataKey(pk=number + 1, client_uuid=client, version=1, wrapped=wrapped))
        DataKey.objects.bulk_create(rows, batch_size=5000)


def root_rotation() -> Iterator[Line]:
    count = few(100_000, 5_000)
    installation.installation()
    wrapped_keys(count)
    seconds, busy = [], []
    for turn in range(few(5, 2)):
        started, worked = time.perf_counter(), time.process_time()
        rotation.rewrap(ring(FIRST + 1 - turn % 2))
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
        assert rotation.left_to_wrap(ring(FIRST + 1 - turn % 2)) == 0
    middle = statistics.median(seconds)
    yield Line("G10", f"root rotated, {count:,} clients", middle, 5.0, unit="s")
    note = "what it takes on a machine with nothing else to do, apart from the database server"
    yield Line("G10", "of that, this process's own work", statistics.median(busy), unit="s", note=note)
    yield Line("G10", "keys wrapped anew a second", count / middle, unit="/s")
    rotation.rewrap(ring(FIRST))
    DataKey.objects.exclude(client_uuid__in=Client.objects.values("pk")).exclude(
        client_uuid=resealing.NIL
    ).delete()


def page() -> float:
    """Seconds to load and open what a list page of 50 shows."""
    started = time.perf_counter()
    rows = list(Client.objects.all()[:50])
    datakeys.preload(row.pk for row in rows)
    for row in rows:
        assert row.name_used
    return time.perf_counter() - started


def resealing_while_used() -> Iterator[Line]:
    clients = [make_client(name_used=f"Linnet {number}") for number in range(few(50, 5))]
    busy = clients[0]
    count = few(2_000, 200)
    with transaction.atomic():
        for number in range(count):
            Alias(client=busy, name=f"Linnet Reed {number}", source="intake").save()
    quiet = [page() for _ in range(few(400, 40))]
    stop, seconds = threading.Event(), []

    def office() -> list[float]:
        try:
            times = []
            while not stop.is_set():
                times.append(page())
            return times
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(office)
        resealing.begin(busy.pk)
        started = time.perf_counter()
        outcome = resealing.run(busy.pk, now=timezone.now())
        seconds.append(time.perf_counter() - started)
        stop.set()
        meanwhile = reading.result()  # raises what a reader met: no request may fail
    assert outcome.left == 0, outcome
    yield Line(
        "G10", "rows sealed again a second, with their versions", outcome.moved / seconds[0], unit="/s"
    )
    yield Line(
        "G10",
        "list of 50, p95 while a client is sealed again",
        percentile(meanwhile, 0.95) / percentile(quiet, 0.95),
        1.5,
        note="one process: both share the interpreter's lock",
    )


def lines() -> Iterator[Line]:
    keyring.cache_clear()
    yield from root_rotation()
    yield from resealing_while_used()
