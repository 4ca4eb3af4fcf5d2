"""`manage adopt_history --reason "…"`: pin history rows that no event pins, once, by the operator's word."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import chain, rows
from audit.models import AccessEvent
from audit.services import Action
from vault.ids import NIL

PINS_AN_EVENT = 200


class Command(BaseCommand):
    """For history written before the log was chained, and for a table that a migration changed.

    It vouches for what it finds: the log keeps when, why and how many, and verify_audit says so ever after.
    """

    help = (
        "Take over history rows that no event pins (from before the chained log), with a reason for the log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="one word for the log: upgrade, migration …")
        parser.add_argument(
            "--table", help="pin every row of this table anew (its word, such as cases.petition)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reason, only = options["reason"], options["table"]
        if not reason.isidentifier() or len(reason) > 20:
            raise CommandError("The reason is one word of letters, at most 20.")
        tables = [table for table in rows.tables() if only in (None, table.name)]
        if not tables:
            raise CommandError(f"There is no table {only!r}.")
        with transaction.atomic():
            pinned = _pinned()
            taken = 0
            for table in tables:
                found: dict[UUID, list[str]] = defaultdict(list)
                for version in table.history.objects.order_by("history_id").iterator():
                    if only is None and version.pk in pinned.get(table.name, ()):
                        continue
                    pin = rows.pin(table.name, version.pk, table.digest(version))
                    found[table.chain_of(version)].append(pin)
                for name, pins in found.items():
                    taken += len(pins)
                    for first in range(0, len(pins), PINS_AN_EVENT):
                        chain.append(
                            AccessEvent(
                                action=Action.KEPT,
                                client_id=None if name == NIL else name,
                                object_kind="history",
                                fields=["adopted", reason],
                                pins=" ".join(pins[first : first + PINS_AN_EVENT]),
                            )
                        )
        self.stdout.write(f"Took over {taken:,} history rows.")


def _pinned() -> dict[str, set[int]]:
    """The history rows that events pin, by table."""
    found: dict[str, set[int]] = defaultdict(set)
    for pins in AccessEvent.objects.exclude(pins="").values_list("pins", flat=True).iterator():
        for entry in pins.split(" "):
            table, _, rest = entry.partition(":")
            found[table].add(int(rest.partition(":")[0]))
    return found
