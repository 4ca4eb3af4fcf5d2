from datetime import timedelta

from django.utils import timezone

from clients.models import Client, ConflictCheck
from clients.services import (
    add_passage,
    join_team,
    make_commitment,
    save_alias,
    save_identifier,
    save_related_person,
    set_wall,
)
from clients.services.glass import open_file
from tests.factories import counsel_of, make_user
from tests.rights.objects import makes


@makes("client")
def client(client: Client):
    return {"pk": client.pk}


@makes("conflict_check")
def conflict_check(client: Client):
    return {"pk": ConflictCheck.objects.get(client=client).pk}


@makes("related_person")
def related_person(client: Client):
    person = save_related_person(client=client, relation="employer", name="Jay Sorrel", by=counsel_of(client))
    return {"pk": person.pk}


@makes("alias")
def alias(client: Client):
    return {"pk": save_alias(client=client, name="Linnet Reed", by=counsel_of(client)).pk}


@makes("identifier")
def identifier(client: Client):
    return {"pk": save_identifier(client=client, kind="ssn", value="000-12-3456", by=counsel_of(client)).pk}


@makes("passage")
def passage(client: Client):
    by = counsel_of(client)
    return {
        "pk": add_passage(client=client, title="The house", text="It was locked.", agreed_uses=[], by=by).pk
    }


@makes("commitment")
def commitment(client: Client):
    by, due = counsel_of(client), timezone.now() + timedelta(days=2)
    return {"pk": make_commitment(client=client, what="Call the court", due_at=due, owner=by, by=by).pk}


@makes("team_member")
def team_member(client: Client):
    user = make_user("advocate")
    return {"pk": join_team(client=client, user=user, role="advocate", by=counsel_of(client)).pk}


@makes("wall")
def wall(client: Client):
    return {"pk": set_wall(client=client, user=make_user(), reason="ethics", by=counsel_of(client)).pk}


@makes("glass")
def glass(client: Client):
    """A file opened by somebody who does not work on it; of the six, supervisor and auditor may review it."""
    row = open_file(
        file_number=client.file_number,
        category="cover",
        reason="Counsel is away, court called.",
        by=make_user(),
    )
    return {"pk": row.pk}
