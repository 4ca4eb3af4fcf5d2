"""G9, G11: walking the chains, checking one row, and what logging a look costs the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from auditlog.signals import accessed
from django.db import connection, transaction
from django.urls import reverse

from audit import chain, rows
from audit.services import Action, event_of
from audit.verify import verify
from benchmarks.frame import Line, few, interleave, median, ratio
from benchmarks.models import PlainAuditlog
from benchmarks.pages import Caller
from benchmarks.people import analyse
from clients.models import Client
from clients.views import pages as file_page
from tests.factories import counsel_of, make_client, make_user
from vault.ids import uuid7

CLIENTS = 1000


def lines() -> Iterator[Line]:
    yield from walking()
    yield from a_look()


def walking() -> Iterator[Line]:
    """Every link of every chain, one process: `verify_audit` without the rows."""
    count, user = few(100_000, 5_000), make_user()
    clients = [uuid7() for _ in range(CLIENTS)]
    for first in range(0, count, 5_000):
        with transaction.atomic():
            chain.append_all(
                event_of(
                    Action.SEEN,
                    by=user,
                    kind="client",
                    client=clients[number % CLIENTS],
                    fields=["name_used"],
                )
                for number in range(first, first + 5_000)
            )
    analyse()
    # "A core": seconds of this process, where the database is part of it.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    best = []
    for _ in range(few(7, 2)):
        started = clock()
        result = verify(rows_too=False)
        best.append(clock() - started)
        assert not [finding for finding in result.findings if finding.kind != "no_trigger"], result.findings[
            :3
        ]
    figure = result.events / min(best)
    note = f"{result.events:,} events; the best of {len(best)} walks, because others use the machine too"
    yield Line("G9", "events walked in a second", figure, 250_000, unit="/s", at_least=True, note=note)


def a_look() -> Iterator[Line]:
    """The page of a file, with its entry in the access log and without; and with django-auditlog's."""
    client = make_client(name_used="Plover Larkspur")
    user = counsel_of(client)
    address = reverse("client-file", args=[client.pk])
    call = Caller(user)
    stand_in = PlainAuditlog(file_number="26-000001", opened_on=client.opened_on)

    def without() -> None:
        with patch.object(file_page, "record", lambda *args, **kwargs: None):
            call(address)

    def ours() -> None:
        with patch.object(file_page, "record", file_page.record):
            call(address)

    def by_auditlog() -> None:
        def log(*args: Any, **kwargs: Any) -> None:
            accessed.send(PlainAuditlog, instance=stand_in)

        with patch.object(file_page, "record", log):
            call(address)

    times = interleave({"without": without, "ours": ours, "auditlog": by_auditlog}, rounds=few(101, 8))
    peers = {"django-auditlog": ratio(times, "auditlog", "without")}
    note = f"the page without it: {median(times, 'without') * 1000:.1f} ms"
    yield Line(
        "G11",
        "the page of a file, each look logged",
        ratio(times, "ours", "without"),
        1.25,
        peers=peers,
        note=note,
    )
    yield from a_row(client, median(times, "ours"))


def a_row(client: Client, page: float) -> Iterator[Line]:
    """Whether the row still says what its newest version says: one index read, and the same bytes."""
    table = rows.table_of(Client)

    def check() -> None:
        assert table.agrees(client)

    times = interleave({"check": check}, rounds=few(151, 15))
    share = 1 + median(times, "check") / page
    yield Line(
        "G9",
        "checking the row of a file against its newest version",
        share,
        1.03,
    )
