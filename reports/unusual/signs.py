"""What the rules find in a stretch of the access log. No database and no clock."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from audit.models import AccessEvent
from reports.models import UnusualLook, UnusualRules

Action = AccessEvent.Action
Kind = UnusualLook.Kind
HOUR, TEN_MINUTES, TWO_HOURS, DAY = (
    timedelta(hours=1),
    timedelta(minutes=10),
    timedelta(hours=2),
    timedelta(days=1),
)

LOOKS = frozenset(
    {
        Action.SEEN,
        Action.REVEALED,
        Action.CREATED,
        Action.CHANGED,
        Action.STAGE,
        Action.FILE_ADDED,
        Action.FILE_OPENED,
        Action.DRAFTED,
        Action.EXPORTED,
        Action.CONFLICT_CHECKED,
        Action.BREAK_GLASS,
    }
)
"""Acts for which a person had the file before their eyes. A refusal is none, and a list is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of the log, as far as the rules need it. `client` is None for what is about no file."""

    id: int
    at: datetime
    person: int
    action: str
    client: UUID | None

    @property
    def is_look(self) -> bool:
        return self.client is not None and self.action in LOOKS


@dataclass(frozen=True, slots=True)
class Sign:
    """Something out of the ordinary: whose looks, at which file (None: at several), from when to when."""

    kind: str
    person: int
    client: UUID | None
    starts_at: datetime
    ends_at: datetime
    first_event: int
    last_event: int


Closed = Mapping[tuple[str, int, UUID | None], datetime]
"""Up to when looks of a (kind, person, file) have been reviewed: what follows counts from one."""


def signs(
    events: Iterable[Seen],
    *,
    rules: UnusualRules,
    office: tzinfo,
    left: Mapping[tuple[int, UUID], datetime],
    closed: Closed,
) -> list[Sign]:
    """Everything the rules find in `events`, which stand in the order of time; namesakes are apart.

    `left` says since when a (person, file) has not been on the team any more, of those who once were.
    """
    events = list(events)
    looks = [event for event in events if event.is_look]

    def hours_off(event: Seen) -> bool:
        local = event.at.astimezone(office)
        weekend = local.weekday() >= 5 and not rules.weekends
        return weekend or not rules.day_starts <= local.hour < rules.day_ends

    def gone(event: Seen) -> bool:
        since = left.get((event.person, event.client)) if event.client else None
        return since is not None and event.at > since

    about_files = [e for e in events if e.is_look or (e.action == Action.REFUSED and e.client)]
    reveals = [event for event in events if event.action == Action.REVEALED]
    refused = [event for event in events if event.action == Action.REFUSED]
    return [
        *_many(Kind.MANY_FILES, looks, HOUR, rules.files_an_hour, _file, closed),
        *_many(Kind.VERY_FAST, looks, TEN_MINUTES, rules.files_in_ten_minutes, _file, closed),
        *_many(Kind.MANY_REVEALS, reveals, HOUR, rules.reveals_an_hour, _each, closed),
        *_many(Kind.MANY_REFUSALS, refused, HOUR, rules.refusals_an_hour, _each, closed),
        *_stretches(Kind.OUT_OF_HOURS, filter(hours_off, looks), TWO_HOURS, closed, by_file=False),
        *_stretches(Kind.AFTER_LEAVING, filter(gone, about_files), DAY, closed, by_file=True),
    ]


def _file(event: Seen) -> Hashable:
    return event.client


def _each(event: Seen) -> Hashable:
    return event.id


def _many(
    kind: str,
    events: Iterable[Seen],
    within: timedelta,
    most: int,
    what: Callable[[Seen], Hashable],
    closed: Closed,
) -> Iterator[Sign]:
    """Stretches in which one person met more than `most` different `what` in any `within`."""
    for person, theirs in _by_person(events).items():
        reviewed = closed.get((kind, person, None))
        window: deque[Seen] = deque()
        met: Counter[Hashable] = Counter()
        over: list[Seen] = []
        for event in theirs:
            if reviewed is not None and event.at <= reviewed:
                continue
            window.append(event)
            met[what(event)] += 1
            while event.at - window[0].at > within:
                gone = window.popleft()
                met[what(gone)] -= 1
                if not met[what(gone)]:
                    del met[what(gone)]
            if len(met) > most:
                if over and window[0].at > over[-1].at:
                    yield _sign(kind, person, None, over)
                    over = []
                over += [*window] if not over else [event]
        if over:
            yield _sign(kind, person, None, over)


def _stretches(
    kind: str, events: Iterable[Seen], gap: timedelta, closed: Closed, *, by_file: bool
) -> Iterator[Sign]:
    """The events, as stretches of one person (and file) with no pause longer than `gap`."""
    found: dict[tuple[int, UUID | None], list[list[Seen]]] = defaultdict(list)
    for event in events:
        key = (event.person, event.client if by_file else None)
        reviewed = closed.get((kind, *key))
        if reviewed is not None and event.at <= reviewed:
            continue
        stretches = found[key]
        if stretches and event.at - stretches[-1][-1].at <= gap:
            stretches[-1].append(event)
        else:
            stretches.append([event])
    for (person, client), stretches in found.items():
        for stretch in stretches:
            yield _sign(kind, person, client, stretch)


def _sign(kind: str, person: int, client: UUID | None, events: list[Seen]) -> Sign:
    first, last = events[0], events[-1]
    return Sign(kind, person, client, first.at, last.at, min(e.id for e in events), max(e.id for e in events))


def _by_person(events: Iterable[Seen]) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    for event in events:
        found[event.person].append(event)
    return found
