"""What `manage verify_audit` asks of this floor: is every right and every wall one that somebody gave, and
was every client whose key is gone erased by two people?"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from audit.models import AccessEvent
from audit.services import Action
from audit.verify import Finding
from clients import decisions, grants
from clients.models import (
    BreakGlass,
    CareTeamMember,
    ClientUserPermission,
    Erasure,
    ErasureRequest,
    Wall,
)
from clients.permissions import RIGHTS_OF_ROLE
from vault.models import DataKey

ROWS_AT_ONCE = 5000


def findings() -> Iterator[Finding]:
    """Forged grants and walls, and genuine grants that were put back without a place on a team."""
    places = CareTeamMember.objects.filter(left_on__isnull=True).values_list("client_id", "user_id", "role")
    due = {(client, user): RIGHTS_OF_ROLE[role] for client, user, role in places.iterator(ROWS_AT_ONCE)}
    rows = ClientUserPermission.objects.order_by("pk").values_list(
        "pk", "user_id", "content_object_id", "permission__codename", "mac"
    )
    table = "clients.clientuserpermission"
    for pk, user, client, codename, mac in rows.iterator(ROWS_AT_ONCE):
        what = f"{table}: row {pk} (user {user}, {codename} on client {client})"
        if not grants.fits_grant(user, client, codename, mac):
            yield Finding("forged_grant", f"{what} is forged.", chain=client.hex, table=table, row=str(pk))
        elif codename not in due.get((client, user), ()):
            text = f"{what} belongs to no place on the care team."
            yield Finding("stray_grant", text, chain=client.hex, table=table, row=str(pk))
    table = "clients.wall"
    for wall in Wall.objects.order_by("pk").iterator(ROWS_AT_ONCE):
        if not grants.fits_wall(wall):
            text = f"{table}: row {wall.pk} was set, moved or lifted behind the log."
            yield Finding("forged_wall", text, chain=wall.client_id.hex, table=table, row=str(wall.pk))
    table = "clients.breakglass"
    for glass in BreakGlass.objects.order_by("pk").iterator(ROWS_AT_ONCE):
        if not grants.fits_glass(glass):
            text = f"{table}: row {glass.pk} (user {glass.user_id}, client {glass.client_id}) is forged."
            yield Finding("forged_glass", text, chain=glass.client_id.hex, table=table, row=str(glass.pk))


def erasures() -> Iterator[Finding]:
    """Keys destroyed, tombstones made and decisions written that no two people stand behind."""
    events: dict[UUID, tuple[int | None, str, list[str]]] = {}
    rows = AccessEvent.objects.filter(action=Action.ERASED, client_id__isnull=False).order_by("pk")
    for client, actor, kind, fields in rows.values_list("client_id", "actor_id", "object_kind", "fields"):
        if client is not None:
            events[client] = (actor, kind, fields)
    table = "vault.datakey"
    gone = DataKey.objects.filter(destroyed_at__isnull=False).order_by("pk")
    for pk, client in gone.values_list("pk", "client_uuid").iterator(ROWS_AT_ONCE):
        if client not in events:
            text = f"{table}: key {pk} of client {client} was destroyed, and nobody erased the client."
            yield Finding("destroyed_key", text, chain=client.hex, table=table, row=str(pk))
    table, told = "clients.erasure", set[UUID]()
    stones = Erasure.objects.order_by("pk").values_list("pk", "client_uuid", "decided_by_id")
    for stone, client, decider in stones.iterator(ROWS_AT_ONCE):
        told.add(client)
        actor, _kind, fields = events.get(client, (None, "", []))
        if client not in events:
            text = f"{table}: row {stone} says that client {client} was erased; the log does not."
        elif actor != decider and "replayed" not in fields:
            text = f"{table}: row {stone} names another person as deciding than the log does."
        else:
            continue
        yield Finding("erasure", text, chain=client.hex, table=table, row=str(stone))
    for client, (_actor, kind, _fields) in events.items():
        if kind == "client" and client not in told:
            text = f"{table}: client {client} was erased, and the row that says so is missing."
            yield Finding("no_tombstone", text, chain=client.hex, table=table)
    table = "clients.erasurerequest"
    for asked in ErasureRequest.objects.order_by("pk").iterator(ROWS_AT_ONCE):
        if not decisions.fits(asked):
            text = f"{table}: row {asked.pk} was written or decided behind the application."
            yield Finding("forged_erasure", text, chain=asked.client_id.hex, table=table, row=str(asked.pk))
