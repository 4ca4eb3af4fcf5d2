"""Rights and walls that count: the one place that makes rows of the rights table and says which are genuine.

Whoever can write to the database could give herself a file, or lift a wall. So each row carries a MAC of
16 bytes under a key that never goes to the database (HKDF of the installation's secret, "grant/1"):

    grant   "grant/1" | user id (u64) | client uuid | codename
    glass   "glass/1" | row uuid | client uuid | user id | opened, until (i64, microseconds) | 1 if ended
    wall    "wall/1"  | wall uuid | client uuid | user id (u64) | 1 where it was lifted, else 0

A grant, or an opening by break-glass, whose MAC does not fit grants nothing, in lists, counts and
sub-queries as well; a wall whose MAC does not fit stands, whatever else its row says. What does not fit is
an alarm: a line in the log, an entry in the access log, and a finding of `manage verify_audit`. A row that
was genuine once and is put back fits: `proofs.findings` meets it, because nobody holds that place on the
team (docs/decisions/0005-grants-carry-a-mac.md).

The database cannot compute a MAC. So before a list is narrowed to what somebody may see, one query fetches
the user's rows joined into one text; its digest is compared with that of the last time, and only where it
differs is every row checked. The ids that do not fit are then left out in the list's own query.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Aggregate, Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.models import AccessEvent
from audit.services import Action, record, request_id
from clients.models.glass import BreakGlass
from clients.models.team import ClientUserPermission, Wall
from vault.crypto import derive, mac
from vault.installation import secret

if TYPE_CHECKING:
    from accounts.models import User
    from clients.models.client import Client

logger = logging.getLogger(__name__)

MAC_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = timedelta(hours=1)
"""The same forged row raises the alarm once in this time, however often it is met."""

_REMEMBERED = 1024
"""Users' sets of rights whose digest this process keeps, the least recently used dropped first."""


# --- The MAC ----------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _derived(root: bytes) -> bytes:
    return derive(root, "grant/1")


def _key() -> bytes:
    return _derived(secret())


def _number(user_id: int) -> bytes:
    return user_id.to_bytes(8, "big")


def mac_of_grant(user_id: int, client: UUID, codename: str, *, key: bytes | None = None) -> bytes:
    """16 bytes that only this site can make for the right `codename` of a user on a client."""
    message = b"grant/1" + _number(user_id) + client.bytes + codename.encode()
    return mac(key or _key(), message)[:MAC_BYTES]


def mac_of_wall(wall: UUID, client: UUID, user_id: int, *, lifted: bool) -> bytes:
    """16 bytes that say whether this wall was lifted by somebody who may."""
    message = b"wall/1" + wall.bytes + client.bytes + _number(user_id) + bytes((lifted,))
    return mac(_key(), message)[:MAC_BYTES]


def mac_of_glass(row: BreakGlass) -> bytes:
    """16 bytes that say for how long this opening of a file lasts."""
    moments = b"".join(_moment(moment) for moment in (row.opened_at, row.until))
    ended = bytes((row.ended_at is not None,))
    message = b"glass/1" + row.pk.bytes + row.client_id.bytes + _number(row.user_id) + moments + ended
    return mac(_key(), message)[:MAC_BYTES]


def _moment(moment: datetime) -> bytes:
    return ((moment - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)


def _fits(found: Any, right: bytes) -> bool:
    """Whether the bytes in a row are the MAC they should be; no, where there is something else or nothing."""
    return isinstance(found, bytes | bytearray | memoryview) and hmac.compare_digest(bytes(found), right)


# --- Writing ------------------------------------------------------------------------------------------


def row(user: User, client: Client, permission: Permission) -> ClientUserPermission:
    """A row of the rights table with its MAC, to be stored."""
    found = mac_of_grant(user.pk, client.pk, permission.codename)
    return ClientUserPermission(user=user, content_object=client, permission=permission, mac=found)


def new(user: User, client: Client, codenames: Iterable[str]) -> list[ClientUserPermission]:
    """Rows for several rights, to be stored with `bulk_create`. One query."""
    permissions = Permission.objects.filter(
        content_type__app_label="clients",
        content_type__model="client",
        codename__in=frozenset(codenames),
    )
    return [row(user, client, permission) for permission in permissions]


def set_rights(client: Client, user: User, rights: frozenset[str]) -> None:
    """Make the rights of `user` on `client` exactly `rights`; a forged row goes. Who may is asked before."""
    rows = ClientUserPermission.objects.filter(user=user, content_object=client).select_related("permission")
    kept, gone = set(), []
    for one in rows:
        codename = one.permission.codename
        if codename in rights and _fits(one.mac, mac_of_grant(user.pk, client.pk, codename)):
            kept.add(codename)
        else:
            gone.append(one.pk)
    if gone:
        ClientUserPermission.objects.filter(pk__in=gone).delete()
    ClientUserPermission.objects.bulk_create(new(user, client, rights - kept))


def sign_wall(wall: Wall) -> None:
    """Set the MAC of a wall for what its row says now; call it before `save()`."""
    wall.mac = mac_of_wall(wall.pk, wall.client_id, wall.user_id, lifted=wall.lifted_at is not None)


def sign_glass(row: BreakGlass) -> None:
    """Set the MAC of an opening for what its row says now; call it before `save()`."""
    row.mac = mac_of_glass(row)


def fits_glass(row: BreakGlass) -> bool:
    """Whether an opening's row says what this site let it say."""
    return _fits(row.mac, mac_of_glass(row))


def fits_grant(user_id: int, client: UUID, codename: str, found: Any) -> bool:
    """Whether a row of the rights table is one that this site made."""
    return _fits(found, mac_of_grant(user_id, client, codename))


def fits_wall(wall: Wall) -> bool:
    """Whether a wall's row says what this site let it say."""
    lifted = wall.lifted_at is not None
    return _fits(wall.mac, mac_of_wall(wall.pk, wall.client_id, wall.user_id, lifted=lifted))


# --- Reading: one client, or the clients of a page ------------------------------------------------------


def held(user: User, clients: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """The rights of `user` on each of these clients; none behind a wall. One query.

    A file opened by break-glass gives the right to see it alone (one query more while one is open).

    Nothing is remembered from one call to the next: a service asks again under the lock of the file.
    """
    wanted = list(clients)
    found: dict[UUID, set[str]] = {client: set() for client in wanted}
    if not user.is_active:
        return dict.fromkeys(wanted, frozenset())
    grants = (
        _grants(user)
        .filter(content_object__in=wanted)
        .order_by()
        .values_list(Value("grant"), "content_object_id", "content_object_id", "permission__codename", "mac")
    )
    walls = (
        Wall.objects.filter(user=user, client__in=wanted)
        .order_by()
        .values_list(Value("wall"), "pk", "client_id", _LIFTED, "mac")
    )
    glass = (
        BreakGlass.objects.running(timezone.now())
        .filter(user=user, client__in=wanted)
        .order_by()
        .values_list(Value("glass"), "pk", "client_id", Value(""), "mac")
    )
    shut, key, opened = set(), _key(), False
    for kind, pk, client, word, found_mac in grants.union(walls, glass, all=True):
        if kind == "glass":
            opened = True
        elif kind == "wall":
            if word == STANDS or not _wall_is_lifted(pk, client, user.pk, found_mac):
                shut.add(client)
        elif _fits(found_mac, mac_of_grant(user.pk, client, word, key=key)):
            found[client].add(word)
        else:
            _alarm("grant", f"{user.pk}:{word}", client)
    for row in running(user) if opened else ():
        if row.client_id in found:
            found[row.client_id].add("view_client")
    return {client: frozenset() if client in shut else frozenset(found[client]) for client in wanted}


STANDS = "stands"
_LIFTED = Case(When(lifted_at__isnull=True, then=Value(STANDS)), default=Value("lifted"))


def _grants(user: User, codename: str = "") -> QuerySet[ClientUserPermission]:
    rows = ClientUserPermission.objects.filter(user=user, permission__content_type__app_label="clients")
    return rows.filter(permission__codename=codename) if codename else rows


def _wall_is_lifted(wall: UUID, client: UUID, user_id: int, found: Any) -> bool:
    """Whether a wall whose row says so was really lifted. If not, it stands, and that is an alarm."""
    if _fits(found, mac_of_wall(wall, client, user_id, lifted=True)):
        return True
    _alarm("wall", str(wall), client)
    return False


# --- Reading: lists -------------------------------------------------------------------------------------


class _Joined(Aggregate):
    """Client and MAC of every row in one text, "client:mac,client:mac": one value to fetch and to digest.

    Neither can hold a comma or a colon where it means anything, so no two sets of rows that grant
    different clients join into the same text. A missing MAC counts as an empty one.
    """

    template = "GROUP_CONCAT(%(expressions)s)"
    arg_joiner = " || ':' || "
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s, ',')", **extra)


class _Hex(Func):
    """Bytes as hexadecimal text."""

    function = "HEX"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="ENCODE(%(expressions)s, 'hex')", **extra)


class _AsText(Func):
    """An id as text: SQLite keeps it as text already."""

    template = "%(expressions)s"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s::text", **extra)


_JOINED = _Joined(_AsText(F("content_object_id")), Coalesce(_Hex(F("mac")), Value("")))


class _Genuine:
    """Digests of the sets of rights that were checked whole; shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digests: OrderedDict[tuple[int, str], bytes] = OrderedDict()

    def knows(self, user_id: int, codename: str, digest: bytes) -> bool:
        with self._lock:
            if self._digests.get((user_id, codename)) != digest:
                return False
            self._digests.move_to_end((user_id, codename))
            return True

    def keep(self, user_id: int, codename: str, digest: bytes) -> None:
        with self._lock:
            self._digests[(user_id, codename)] = digest
            self._digests.move_to_end((user_id, codename))
            if len(self._digests) > _REMEMBERED:
                self._digests.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._digests.clear()


genuine = _Genuine()
_memo: ContextVar[tuple[str, dict[Any, Any]] | None] = ContextVar("grants_of_request", default=None)


def _of_request() -> dict[Any, Any]:
    """What was found out in this request; outside of one, an empty dict each time."""
    number = request_id.get()
    if not number:
        return {}
    kept = _memo.get()
    if kept is None or kept[0] != number:
        kept = (number, {})
        _memo.set(kept)
    return kept[1]


def granted(user: User, codename: str) -> QuerySet[ClientUserPermission]:
    """The rows that really grant `user` the right `codename`, for use in a query of clients.

    One query, once a request.
    """
    memo = _of_request()
    key = ("grants", user.pk, codename)
    if key not in memo:
        memo[key] = _forged(user, codename)
    rows = _grants(user, codename)
    return rows.exclude(pk__in=memo[key]) if memo[key] else rows


def on_more_than(count: int, user: User, codename: str) -> bool:
    """Whether `user` has rows for this right on more than `count` clients, genuine or not: a choice of
    ways, never an answer. One query, which stops there.
    """
    return _grants(user, codename).order_by()[count : count + 1].exists()


def _forged(user: User, codename: str) -> frozenset[int]:
    """Ids of the rows that grant nothing. One query, and a second only where there are some."""
    joined = _grants(user, codename).aggregate(joined=_JOINED)["joined"]
    if joined is None:
        return frozenset()
    # Keyed: what was genuine under another installation's secret (a restored database) is checked again.
    key = _key()
    digest = hashlib.blake2b(joined.encode(), key=key, digest_size=32).digest()
    if genuine.knows(user.pk, codename, digest):
        return frozenset()
    # What is kept as genuine is this very text: rows read a second time might be others.
    if all(_segment_fits(segment, user.pk, codename, key) for segment in joined.split(",")):
        genuine.keep(user.pk, codename, digest)
        return frozenset()
    bad = set()
    for pk, client, found in _grants(user, codename).values_list("pk", "content_object_id", "mac"):
        if not _fits(found, mac_of_grant(user.pk, client, codename, key=key)):
            bad.add(pk)
            _alarm("grant", f"{user.pk}:{codename}", client)
    return frozenset(bad)


def _segment_fits(segment: str, user_id: int, codename: str, key: bytes) -> bool:
    try:
        client, found = segment.split(":")
        return _fits(bytes.fromhex(found), mac_of_grant(user_id, UUID(client), codename, key=key))
    except ValueError:
        return False


def walls(user: User) -> QuerySet[Wall]:
    """The walls that stand against `user`, for use in a query of clients. One query, once a request."""
    return exceptions(user)[0]


def exceptions(user: User) -> tuple[QuerySet[Wall], frozenset[UUID]]:
    """The walls that stand against `user`, and the clients whose files she has open. One query."""
    unlifted, opened = _exceptions(user)
    return Wall.objects.filter(_standing(unlifted), user=user), opened


def opened_by(user: User) -> frozenset[UUID]:
    """Clients whose files `user` has open by break-glass. The same query as that of the walls."""
    return _exceptions(user)[1]


def _exceptions(user: User) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Walls whose row says falsely that they were lifted, and clients opened by break-glass."""
    memo = _of_request()
    key = ("exceptions", user.pk)
    if key not in memo:
        columns = ("pk", "client_id", "user_id", "mac")
        said = Wall.objects.filter(user=user, lifted_at__isnull=False).order_by()
        glass = BreakGlass.objects.running(timezone.now()).filter(user=user).order_by()
        rows = said.values_list(Value("wall"), *columns).union(
            glass.values_list(Value("glass"), *columns), all=True
        )
        unlifted, opened = set(), False
        for kind, pk, client, _user, found in rows:
            if kind == "glass":
                opened = True
            elif not _wall_is_lifted(pk, client, user.pk, found):
                unlifted.add(pk)
        clients = frozenset(row.client_id for row in running(user)) if opened else frozenset()
        memo[key] = (frozenset(unlifted), clients)
    return memo[key]


def forget(user: User) -> None:
    """What this request found out about `user` no longer holds: a file was opened or closed."""
    _of_request().pop(("exceptions", user.pk), None)


def running(user: User, *, at: datetime | None = None) -> list[BreakGlass]:
    """What `user` has open by break-glass at a moment (now): genuine, and to the second. One query."""
    rows = BreakGlass.objects.running(at or timezone.now()).filter(user=user).select_related("client")
    found = []
    for row in rows.order_by("-until"):
        if fits_glass(row):
            found.append(row)
        else:
            _alarm("glass", str(row.pk), row.client_id)
    return found


def _standing(unlifted: frozenset[UUID]) -> Q:
    standing = Q(lifted_at__isnull=True)
    return standing | Q(pk__in=unlifted) if unlifted else standing


def in_force(rows: Any) -> Any:
    """Of these walls, those that stand. One query; narrow the rows first."""
    return rows.filter(_standing(not_lifted(rows)))


def not_lifted(rows: QuerySet[Wall]) -> frozenset[UUID]:
    """Of these walls, those whose row says that they were lifted, and were not."""
    said = rows.filter(lifted_at__isnull=False).order_by().values_list("pk", "client_id", "user_id", "mac")
    return frozenset(pk for pk, client, user, found in said if not _wall_is_lifted(pk, client, user, found))


# --- What does not fit ------------------------------------------------------------------------------------


def _alarm(kind: str, which: str, client: UUID) -> None:
    """Somebody wrote to the database behind our back: say so in both logs, in the access log once in a while.

    `which` names it by ids: the user and the right, or the wall.
    """
    logger.error("Forged %s %s for client %s: it counts for nothing", kind, which, client)
    enter_alarm(kind, which, client)


def enter_alarm(kind: str, which: str, client: UUID) -> None:
    """The entry in the access log about a row that was written behind our back, once in a while."""
    lately = AccessEvent.objects.filter(
        client_id=client, action=Action.REFUSED, objects_shown=[which], at__gte=timezone.now() - AGAIN
    )
    if not lately.exists():
        record(
            Action.REFUSED, by=None, kind=f"forged_{kind}", client=client, fields=["forged"], shown=[which]
        )
