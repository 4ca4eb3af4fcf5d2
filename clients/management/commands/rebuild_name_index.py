"""Make the name index anew from the names on file, under the same key or under a fresh one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from clients.models import Alias, Client, RelatedPerson
from vault import datakeys, names
from vault.errors import VaultError
from vault.models import DataKey, NameToken

BATCH = 500


class Command(BaseCommand):
    """Opens every name once. Runs while the site serves; a batch is one transaction.

    `--rotate` puts a fresh key in force first; until the last name is indexed under it, searches ask for the
    tokens of both. Stopped half way it is run again, with `--rotate` or without, and ends what was begun.
    A name that does not open is left out and named; who was erased has none.
    """

    help = (
        "Make the index for finding names anew, for example after restoring a backup (which leaves it out). "
        "--rotate changes its key, and with it the width of its tokens to AFTERWORD_NAME_TOKEN_BITS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="put a fresh key in force")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rotate"] and not names.begin_rotation():
            self.stdout.write("A rotation was under way: it is brought to its end.")
        self._not_opened = 0
        indexed = self._clients() + self._related()
        strays = NameToken.objects.exclude(person__in=Client.objects.values("person_number")).exclude(
            person__in=RelatedPerson.objects.values("person_number")
        )
        removed = strays.values("person").distinct().count()
        strays.delete()
        names.end_rotation()
        self.stdout.write(f"Indexed {indexed} people; removed {removed} who are on no file.")
        if self._not_opened:
            self.stderr.write(f"{self._not_opened} names do not open and are not in the index.")

    def _clients(self) -> int:
        def people(ids: list[UUID]) -> Iterable[tuple[int, Iterable[str]]]:
            others = defaultdict(list)
            for alias in Alias.objects.filter(client__in=ids):
                others[alias.client_id].append(alias)
            for client in Client.objects.select_for_update().filter(pk__in=ids):
                cells: list[tuple[Any, str]] = [(client, "name_used"), (client, "legal_name")]
                cells += [(alias, "name") for alias in others[client.pk]]
                yield client.person_number, self._opened(client.pk, cells)

        return self._index(Client, "pk", people)

    def _related(self) -> int:
        def people(ids: list[UUID]) -> Iterable[tuple[int, Iterable[str]]]:
            for person in RelatedPerson.objects.select_for_update().filter(pk__in=ids):
                yield person.person_number, self._opened(person.client_id, [(person, "name")])

        return self._index(RelatedPerson, "client_id", people)

    def _index(self, model: Any, owner: str, people: Any) -> int:
        """Ids are ordered by time: rows that are made meanwhile come last, and are reached too."""
        count = 0
        rows = model.objects.order_by("pk").values_list("pk", owner)
        batch = list(rows[:BATCH])
        while batch:
            owners = [client for _pk, client in batch]
            with transaction.atomic():
                datakeys.preload(owners)
                erased = DataKey.objects.filter(client_uuid__in=owners, wrapped__isnull=True)
                self._erased = set(erased.values_list("client_uuid", flat=True))
                names.replace_many(people([pk for pk, _client in batch]))
            count += len(batch)
            batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])
        return count

    def _opened(self, client: UUID, cells: list[tuple[Any, str]]) -> list[str]:
        opened = []
        for row, column in cells if client not in self._erased else ():
            try:
                opened.append(getattr(row, column))
            except VaultError as error:
                self.stderr.write(f"Left out: {error}")
                self._not_opened += 1
        return [name for name in opened if name]
