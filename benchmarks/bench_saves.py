"""G7: saving a row with sealed fields, full history and a chained entry, against simple-history alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from audit.services import Action, record
from benchmarks.frame import Line, few, interleave, ratio
from benchmarks.models import Plain, PlainAuditlog, PlainHistory, Sealed, SealedHistory
from benchmarks.people import common, texts
from tests.factories import make_user
from vault import datakeys
from vault.ids import uuid7

CLIENTS = 20
TEXTS = [texts(number) for number in range(500)]
MODELS = {
    "bare": Plain,
    "sealed": Sealed,
    "django-simple-history": PlainHistory,
    "django-auditlog": PlainAuditlog,
    "ours": SealedHistory,
}


class Saver:
    """Creates and changes rows of one variant, as a service of the product would."""

    def __init__(self, name: str, user: Any, clients: list[Any]) -> None:
        self.name, self.model, self.user, self.clients = name, MODELS[name], user, clients
        self.number = 0
        self.rows: list[Any] = []

    def create(self, count: int) -> None:
        self.rows = []
        for _ in range(count):
            self.number += 1
            client = self.clients[self.number % CLIENTS]
            row = self.model(**common(self.number, client), **TEXTS[self.number % len(TEXTS)])
            self._save(row, Action.CREATED)
            self.rows.append(row)

    def load(self) -> None:
        """Rows fresh from the database, as a service has them under its lock."""
        self.rows = list(self.model.objects.filter(pk__in=[row.pk for row in self.rows]))

    def update(self) -> None:
        for row in self.rows:
            self.number += 1
            values = TEXTS[self.number % len(TEXTS)]
            row.phone, row.city = values["phone"], values["city"]
            self._save(row, Action.CHANGED)

    def _save(self, row: Any, action: Any) -> None:
        row._history_user = self.user
        row.save()
        if self.name == "ours":
            record(action, by=self.user, target=row, fields=["phone", "city"])


def lines() -> Iterator[Line]:
    user = make_user()
    clients = [uuid7() for _ in range(CLIENTS)]
    with datakeys.fresh_keys(clients):
        pass
    savers = {name: Saver(name, user, clients) for name in MODELS}
    yield from measured(savers, "in one transaction", each=False, limit=4.3)
    yield from measured(savers, "a commit each", each=True, limit=1.8)


def measured(savers: dict[str, Saver], words: str, *, each: bool, limit: float) -> Iterator[Line]:
    """`limit`: of the second form of the goal, against a bare save."""
    count = few(25, 5)

    def created(saver: Saver) -> Callable[[], None]:
        def run() -> None:
            if each:
                for _ in range(count):
                    with transaction.atomic():
                        saver.create(1)
            else:
                with transaction.atomic():
                    saver.create(count)

        return run

    def updated(saver: Saver) -> Callable[[], None]:
        def run() -> None:
            if each:
                rows = saver.rows
                for row in rows:
                    saver.rows = [row]
                    with transaction.atomic():
                        saver.update()
                saver.rows = rows
            else:
                with transaction.atomic():
                    saver.update()

        return run

    def loaded(name: str) -> None:
        saver = savers[name]
        if len(saver.rows) < count:
            with transaction.atomic():
                saver.create(count)
        saver.load()

    for what, make, before in (("create", created, None), ("update", updated, loaded)):
        times = interleave(
            {name: make(saver) for name, saver in savers.items()}, rounds=few(21, 3), before=before
        )
        base = "django-simple-history"
        bare = {name: ratio(times, name, "bare") for name in (base, "django-auditlog")}
        yield Line(
            "G7",
            f"{what}, {words}: ours against simple-history",
            ratio(times, "ours", base),
            1.0,
            peers={"django-auditlog": ratio(times, "django-auditlog", base)},
        )
        yield Line(
            "G7",
            f"{what}, {words}: ours against a bare save",
            ratio(times, "ours", "bare"),
            limit,
            peers=bare,
        )
        yield Line("G7", f"{what}, {words}: sealing alone", ratio(times, "sealed", "bare"))
