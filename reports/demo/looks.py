"""Who looked at the made-up files: from which page, and what of it was out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from audit.services import Action
from clients.models import CareTeamMember, Client
from reports.demo import texts
from reports.demo.batch import Batch
from reports.demo.world import World, at, weekday
from reports.models import UnusualLook, UnusualScan
from reports.unusual import scan, services

WAYS = (
    ("overview", "clients"),
    ("overview", "home"),
    ("overview", "find"),
    ("people", "client-file"),
    ("promises", "home"),
    ("promises", "client-file"),
    ("statements", "client-file"),
    ("statements", "petition"),
    ("documents", "client-petitions"),
    ("team", "client-file"),
)
"""Pages of a file, and the page from which somebody comes to each."""
FROM_PAGES = {Action.REVEALED: "client-file", Action.FILE_OPENED: "client-documents"}
MANY = 30
DAYS_READ = 7


def way(chance: Random) -> tuple[str, str]:
    """A page of a file and where somebody came from."""
    return chance.choice(WAYS)


def out_of_the_ordinary(world: World, batch: Batch) -> None:
    """Looks of the last days that the auditor has something to find in, found and partly reviewed.

    A whole caseload before the figures are due, a Sunday night, refusals one after the other, one masked
    value after the other, and somebody who still tries a file she has handed over. One relative lies in
    the stories themselves.
    """
    files = {key: _files(world, key) for key in ("ruth", "priya", "theo", "grace", "lena")}
    friday = weekday(world.ago(3))
    _each(world, batch, "ruth", files["ruth"][:MANY], at(friday, 15, 4), timedelta(seconds=80), "clients")
    sunday = world.ago(world.today.weekday() + 1)
    _each(world, batch, "priya", files["priya"][:3], at(sunday, 21, 40), timedelta(minutes=13), "home")
    others = list(
        Client.objects.exclude(pk__in=files["theo"]).order_by("pk").values_list("pk", flat=True)[:7]
    )
    _each(
        world,
        batch,
        "theo",
        others,
        at(weekday(world.ago(2)), 11, 20),
        timedelta(seconds=75),
        "",
        Action.REFUSED,
    )
    shown = (files["grace"] * 17)[:17]
    _each(
        world,
        batch,
        "grace",
        shown,
        at(weekday(world.ago(6)), 13, 2),
        timedelta(seconds=90),
        "",
        Action.REVEALED,
    )
    for place in CareTeamMember.objects.filter(left_on__isnull=False).order_by("pk")[:1]:
        when = at(weekday(world.ago(4)), 16, 12)
        for minutes in (0, 3):
            moment = when + timedelta(minutes=minutes)
            batch.event(Action.REFUSED, at=moment, by=place.user, client=place.client_id, kind="client")
    batch.write()
    UnusualScan.objects.create(until=at(world.ago(DAYS_READ), 0))
    scan.look_for(at(world.today, 0))
    _review_some(world, batch)


def _files(world: World, key: str) -> list[UUID]:
    """The files of somebody's teams, in the order in which they were opened."""
    places = CareTeamMember.objects.filter(user=world.user(key), left_on=None).order_by("client_id")
    return list(places.values_list("client_id", flat=True)[:60])


def _each(
    world: World,
    batch: Batch,
    key: str,
    files: Iterable[UUID],
    start: datetime,
    apart: timedelta,
    place: str,
    action: Action = Action.SEEN,
) -> None:
    """One look at each file, so far apart, by one person."""
    fields = {Action.SEEN: ["overview"], Action.REVEALED: ["number"]}.get(action, [])
    for number, pk in enumerate(files):
        batch.event(
            action,
            at=start + number * apart,
            by=world.user(key),
            client=pk,
            target=Client(pk=pk),
            fields=fields,
            place=place or FROM_PAGES.get(action, ""),
        )


def _review_some(world: World, batch: Batch) -> None:
    """What Ada has looked into already."""
    for kind, outcome, note in texts.REVIEW_NOTES:
        look = UnusualLook.objects.filter(kind=kind).first()
        if look is not None:
            batch.manifest.note(note)
            services.review(look=look, outcome=outcome, note=note, by=world.user("ada"))
