"""What `manage verify_audit` asks of this floor: is every right and every wall one that somebody gave?"""

from __future__ import annotations

from collections.abc import Iterator

from audit.verify import Finding
from clients import grants
from clients.models import BreakGlass, CareTeamMember, ClientUserPermission, Wall
from clients.permissions import RIGHTS_OF_ROLE

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
