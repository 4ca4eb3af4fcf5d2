"""Make the name index anew from the names on file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from clients.models import Client, RelatedPerson
from clients.services import indexed_names
from vault import datakeys, names
from vault.models import NameToken

BATCH = 500


class Command(BaseCommand):
    """Opens every name once. Runs while the site serves; a batch is one transaction."""

    help = (
        "Make the index for finding names anew, for example after restoring a backup (which leaves it out)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        indexed = self._clients() + self._related()
        strays = NameToken.objects.exclude(person__in=Client.objects.values("person_number")).exclude(
            person__in=RelatedPerson.objects.values("person_number")
        )
        removed = strays.values("person").distinct().count()
        strays.delete()
        self.stdout.write(f"Indexed {indexed} people; removed {removed} who are on no file.")

    def _clients(self) -> int:
        ids = list(Client.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                batch = Client.objects.select_for_update().filter(pk__in=ids[start : start + BATCH])
                rows = list(batch)
                datakeys.preload(client.pk for client in rows)
                for client in rows:
                    names.replace(client.person_number, indexed_names(client))
        return len(ids)

    def _related(self) -> int:
        ids = list(RelatedPerson.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                batch = RelatedPerson.objects.select_for_update().filter(pk__in=ids[start : start + BATCH])
                rows = list(batch)
                datakeys.preload(person.client_id for person in rows)
                for person in rows:
                    names.replace(person.person_number, [person.name])
        return len(ids)
