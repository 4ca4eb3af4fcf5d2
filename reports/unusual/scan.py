"""Read the access log since the last time and keep what the rules find. Reading twice finds nothing twice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.models import AccessEvent
from audit.services import Action, record
from clients.models import CareTeamMember
from reports.models import UnusualLook, UnusualScan
from reports.unusual.names import namesakes
from reports.unusual.services import rules_now
from reports.unusual.signs import DAY, HOUR, LOOKS, TEN_MINUTES, TWO_HOURS, Closed, Kind, Seen, Sign, signs
from reports.weeks import start_of
from reports.words import counted

logger = logging.getLogger(__name__)

FIRST_DAYS = 30
"""How far the first reading goes back."""
AHEAD = timedelta(minutes=5)
"""So much later than now the last reading may have ended: another's clock, or one that began after ours."""
OVERLAP = timedelta(hours=3)
"""What is read again each time: longer than any stretch that is counted, and than a transaction takes."""
AT_ONCE = DAY

JOINED = {
    Kind.MANY_FILES: HOUR,
    Kind.VERY_FAST: TEN_MINUTES,
    Kind.MANY_REVEALS: HOUR,
    Kind.MANY_REFUSALS: HOUR,
    Kind.OUT_OF_HOURS: TWO_HOURS,
    Kind.AFTER_LEAVING: DAY,
}
"""Two stretches that lie no further apart are one."""
JUST_AFTER = timedelta(microseconds=1)
"""Added to a last moment: SQLite compares moments as text, and the log writes microseconds where Django
leaves out a zero, so that "not after" would miss what happened at a whole second."""
BY_FILE = frozenset({Kind.MANY_FILES, Kind.VERY_FAST})
"""Counted by files; the others by entries of the log."""


def tick(now: datetime) -> str:
    """Timed work (settings.TICKS): what is new in the log."""
    found = look_for(now)
    return f"{counted(len(found), 'unusual look')} noted." if found else ""


def look_for(now: datetime) -> list[UnusualLook]:
    """Read the log from the last time to `now`; the looks that were noted or grew. A day's log at a time."""
    found: dict[UUID, UnusualLook] = {}
    scan = UnusualScan.objects.filter(pk=1).first()
    start = scan.until if scan is not None else now - timedelta(days=FIRST_DAYS)
    if scan is not None and is_ahead(scan, now):
        start = _set_back(now)
    while start < now:
        end = min(start + AT_ONCE, now)
        for look in _read(start - OVERLAP, end):
            found[look.pk] = look
        start = end
    return list(found.values())


def is_ahead(scan: UnusualScan, now: datetime) -> bool:
    """Whether the log is said to have been read up to a moment that has not come: nobody would look."""
    return scan.until > now + AHEAD


@transaction.atomic
def _set_back(now: datetime) -> datetime:
    """Say in both logs that the mark was moved behind the log, and where to read from: all of the last month.

    Where the last reading really ended is not known, and what was noted already is not noted twice.
    """
    logger.error("The mark of the last reading for unusual looks lies in the future: set back")
    record(Action.REFUSED, by=None, kind="forged_scan", fields=["until"])
    start = now - timedelta(days=FIRST_DAYS)
    UnusualScan.objects.filter(pk=1, until__gt=now).update(until=start)
    return start


def _read(start: datetime, end: datetime) -> list[UnusualLook]:
    """Read the log and open names first; what is stored alone holds up those who write."""
    events = list(_events(start, end))
    rules, closed = rules_now(), _closed(start)
    left = _left(events) if events else {}
    namesigns = list(_namesakes(events)) if events and rules.namesakes else []

    def found_in(closed: Closed) -> list[Sign]:
        office = timezone.get_default_timezone()
        return signs(events, rules=rules, office=office, left=left, closed=closed)

    seen = found_in(closed)
    with transaction.atomic():
        scan = UnusualScan.objects.select_for_update().filter(pk=1).first() or UnusualScan(until=end)
        if seen and (now_closed := _closed(start)) != closed:  # somebody reviewed one meanwhile
            seen = found_in(now_closed)
        found = [look for sign in seen if (look := _keep(sign)) is not None]
        found += [_noted(sign) for sign in namesigns if not _is_known(sign)]
        scan.until = max(scan.until, end)
        scan.save()
    return found


def _is_known(sign: Sign) -> bool:
    """Whether another reading noted this namesake meanwhile."""
    known = UnusualLook.objects.filter(kind=sign.kind, person=sign.person, client_uuid=sign.client)
    return known.filter(Q(reviewed_at__isnull=True) | Q(starts_at__gte=sign.starts_at)).exists()


def _events(start: datetime, end: datetime) -> Iterator[Seen]:
    rows = AccessEvent.objects.filter(at__gt=start, at__lt=end + JUST_AFTER, actor_id__isnull=False)
    columns = rows.order_by("at", "id").values_list("id", "at", "actor_id", "action", "client_id")
    return (Seen(*row) for row in columns.iterator(chunk_size=5000))  # type: ignore[arg-type]


def _closed(start: datetime) -> Closed:
    """Up to when looks were reviewed, by (kind, person, file)."""
    rows = UnusualLook.objects.filter(state=UnusualLook.State.REVIEWED, ends_at__gt=start).order_by()
    newest = rows.values_list("kind", "person_id", "client_uuid").annotate(Max("ends_at"))
    return {(kind, person, client): ends_at for kind, person, client, ends_at in newest}


def _left(events: Iterable[Seen]) -> dict[tuple[int, UUID], datetime]:
    """Since when each (person, file) of the events is off the team, of those who once were on it."""
    people = {event.person for event in events}
    clients = {event.client for event in events if event.client}
    places = list(CareTeamMember.objects.filter(user__in=people, client__in=clients).order_by())
    gone = {str(place.pk) for place in places if place.left_on}
    moments = dict(
        AccessEvent.objects.filter(action=Action.TEAM_LEFT, object_id__in=gone)
        .order_by("at")
        .values_list("object_id", "at")
    )
    still = {(place.user_id, place.client_id) for place in places if place.left_on is None}
    left: dict[tuple[int, UUID], datetime] = {}
    for place in places:
        key = (place.user_id, place.client_id)
        if key in still or place.left_on is None:
            continue
        # Where no entry tells the moment, the day of leaving was the last one on the team.
        since = moments.get(str(place.pk)) or start_of(place.left_on + timedelta(days=1))
        left[key] = max(left.get(key, since), since)
    return left


def _namesakes(events: Iterable[Seen]) -> Iterator[Sign]:
    """People who opened the file of somebody called like them, where that is not noted or settled already."""
    looks = [event for event in events if event.is_look]
    known = UnusualLook.objects.filter(
        kind=Kind.NAMESAKE,
        person__in={look.person for look in looks},
        client_uuid__in={look.client for look in looks},
    ).order_by("ends_at")
    settled: set[tuple[int, UUID | None]] = set()
    reviewed: dict[tuple[int, UUID | None], datetime] = {}
    for noted in known:
        pair = (noted.person_id, noted.client_uuid)
        if noted.reviewed_at is None or noted.outcome == UnusualLook.Outcome.FINE:
            settled.add(pair)
        else:
            reviewed[pair] = noted.reviewed_at
    files: dict[int, set[UUID]] = defaultdict(set)
    fresh = []
    for look in looks:
        pair = (look.person, look.client)
        if look.client is None or pair in settled or (pair in reviewed and look.at <= reviewed[pair]):
            continue
        fresh.append(look)
        files[look.person].add(look.client)
    staff = {pk: user.name for pk, user in User.objects.in_bulk(files).items()}
    for person, client in sorted(namesakes(files, staff)):
        theirs = [look for look in fresh if (look.person, look.client) == (person, client)]
        yield Sign(Kind.NAMESAKE, person, client, theirs[0].at, theirs[-1].at, theirs[0].id, theirs[-1].id)


def _keep(sign: Sign) -> UnusualLook | None:
    """Note the sign, or let an open note of the same grow; None where nothing is new."""
    near = JOINED[Kind(sign.kind)]
    noted = (
        UnusualLook.objects.select_for_update()
        .filter(
            kind=sign.kind,
            person=sign.person,
            client_uuid=sign.client,
            state=UnusualLook.State.OPEN,
            starts_at__lte=sign.ends_at + near,
            ends_at__gte=sign.starts_at - near,
        )
        .first()
    )
    if noted is None:
        return _noted(sign)
    if noted.starts_at <= sign.starts_at and sign.ends_at <= noted.ends_at:
        return None
    noted.starts_at, noted.ends_at = min(noted.starts_at, sign.starts_at), max(noted.ends_at, sign.ends_at)
    noted.first_event = min(noted.first_event, sign.first_event)
    noted.last_event = max(noted.last_event, sign.last_event)
    return _save(noted)


def _noted(sign: Sign) -> UnusualLook:
    return _save(
        UnusualLook(
            kind=sign.kind,
            person_id=sign.person,
            client_uuid=sign.client,
            starts_at=sign.starts_at,
            ends_at=sign.ends_at,
            first_event=sign.first_event,
            last_event=sign.last_event,
            count=0,
        )
    )


def _save(look: UnusualLook) -> UnusualLook:
    looks = behind(look)
    look.count = (
        looks.order_by().values("client_id").distinct().count() if look.kind in BY_FILE else looks.count()
    )
    look.full_clean(exclude=["person"])
    look.save()
    record(Action.UNUSUAL, by=None, target=look, fields=[look.kind])
    return look


def behind(look: UnusualLook) -> QuerySet[AccessEvent]:
    """The entries of the log that the note is about, newest first."""
    events = AccessEvent.objects.filter(
        actor_id=look.person_id, at__gte=look.starts_at, at__lt=look.ends_at + JUST_AFTER
    ).order_by("-at", "-id")
    if look.client_uuid is not None:
        events = events.filter(client_id=look.client_uuid)
    match look.kind:
        case Kind.MANY_REVEALS:
            return events.filter(action=Action.REVEALED)
        case Kind.MANY_REFUSALS:
            return events.filter(action=Action.REFUSED)
        case Kind.AFTER_LEAVING:
            return events.filter(client_id__isnull=False, action__in=[*LOOKS, Action.REFUSED])
    return events.filter(client_id__isnull=False, action__in=LOOKS)
