"""Made-up files by the hundred thousand, with aliases, related people, rights and the name index."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction

from clients import grants
from clients.models import Alias, Client, ClientUserPermission, RelatedPerson
from tests.factories import make_office, make_user
from tests.made_up_names import Crowd
from vault import datakeys, names

AT_ONCE = 2000
TODAY = date(2026, 11, 23)


def fill(count: int, crowd: Crowd, *, seers: dict[str, int]) -> tuple[list[Client], dict[str, Any]]:
    """`count` files, and a user for each of `seers` (role and number of files it may see, spread evenly).

    A third have a legal name beside the name used, a tenth an alias, a quarter somebody related.
    Returns the files (with their names still open) and the users by the words in `seers`.
    """
    office = make_office()
    users = {word: make_user(word.split()[0], office=office) for word in seers}
    right = Permission.objects.get(content_type__app_label="clients", codename="view_client")
    made: list[Client] = []
    while len(made) < count:
        batch = min(AT_ONCE, count - len(made))
        clients = [
            Client(file_number=f"2026-{len(made) + i:06}", office=office, opened_on=TODAY)
            for i in range(batch)
        ]
        with transaction.atomic(), datakeys.fresh_keys(client.pk for client in clients):
            _write(clients, crowd)
            ClientUserPermission.objects.bulk_create(
                grants.row(users[word], client, right)
                for word, sees in seers.items()
                for i, client in enumerate(clients, len(made))
                if (i * sees) // count != ((i + 1) * sees) // count
            )
        made += clients
    return made, users


def _write(clients: list[Client], crowd: Crowd) -> None:
    called: dict[int, list[str]] = {}
    aliases, related = [], []
    for client in clients:
        client.name_used = crowd.name()
        known = [client.name_used]
        if crowd.chance.random() < 0.33:
            client.legal_name = crowd.name()
            known.append(client.legal_name)
        if crowd.chance.random() < 0.1:
            aliases.append(Alias(client=client, name=crowd.name()))
            known.append(aliases[-1].name)
        if crowd.chance.random() < 0.25:
            person = RelatedPerson(client=client, relation="trafficker", name=crowd.name())
            related.append(person)
            called[person.person_number] = [person.name]
        called[client.person_number] = known
    Client.objects.bulk_create(clients)
    Alias.objects.bulk_create(aliases)
    RelatedPerson.objects.bulk_create(related)
    names.index_new(called.items())
