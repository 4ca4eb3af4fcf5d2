"""One client's file in the making: who she is, who works for her, what she told and what she was promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from accounts.models import User
from clients import grants
from clients.models import (
    Alias,
    CareTeamMember,
    Client,
    Commitment,
    ConflictCheck,
    Identifier,
    Passage,
    RelatedPerson,
    SafeContact,
    TeamRole,
    Wall,
)
from clients.permissions import RIGHTS_OF_ROLE
from documents.models import Document
from records.models import Charge
from reports.demo import people, texts
from reports.demo.batch import Action, Batch
from reports.demo.looks import way
from reports.demo.people import Person
from reports.demo.world import World, at, weekday

PRONOUNS = {"she": "she / her", "he": "he / him", "they": "they / them"}
LANGUAGES = (
    ("English", ""),
    ("English", ""),
    ("Spanish", "y"),
    ("Spanish", "y"),
    ("Vietnamese", "y"),
    ("Tagalog", ""),
)
NEEDS = ("shelter", "safety", "food", "health", "children", "papers")
REFERRALS = [value for value in Client.Referral.values if value != "other"]


@dataclass(slots=True)
class Folder:
    """A file in the making and what later rooms need of it."""

    world: World
    batch: Batch
    chance: Random
    index: int
    client: Client
    person: Person
    opened: date
    team: dict[str, User]
    names: list[str]
    passages: list[Passage] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    papers: dict[str, Document] = field(default_factory=dict)
    receipts: int = 0

    @property
    def lead(self) -> User:
        """Counsel of record."""
        return self.team[TeamRole.COUNSEL]

    @property
    def advocate(self) -> User:
        return self.team[TeamRole.ADVOCATE]

    def moment(self, day: date, hour: int | None = None) -> datetime:
        """A moment in office hours of a day, not before the file was opened nor on a day that is not over."""
        day = min(max(day, self.opened), self.world.ago(1))
        return at(day, self.chance.randint(9, 16) if hour is None else hour, self.chance.randrange(60))

    def fill(self, text: str, **given: object) -> str:
        return texts.fill(text, self.chance, **given)

    def document(self, kind: str, title: str, text: str, *, on: date, by: User, name: str = "") -> Document:
        """A sealed text file with its row."""
        heading = f"File {self.client.file_number}: {title}"
        return self.batch.document(
            self.client, kind, title, f"{heading}\n\n{text}\n", at=self.moment(on), by=by, name=name
        )


# --- The client -----------------------------------------------------------------------------------


def open_folder(
    world: World,
    batch: Batch,
    chance: Random,
    *,
    index: int,
    pk: UUID,
    person: Person,
    opened: date,
    team: Mapping[TeamRole, str],
    steps: Iterable[tuple[date, str, Mapping[str, Any]]],
    first_contact: str = "",
    file_number: str = "",
    **values: Any,
) -> Folder:
    """A client's row with its history, team and rights.

    `team` maps team roles to keys of `world.STAFF`; supervision is added. `steps` are the versions of the row
    after the intake, oldest first: day, key of who did it, and the columns that changed (`point_of_contact`
    by key).
    """
    language, interpreter = chance.choice(LANGUAGES)
    known: dict[str, Any] = {
        "pronouns": PRONOUNS[person.pronouns],
        "legal_name": person.legal,
        "date_of_birth": person.born,
        "language": language,
        "interpreter": "interpreter needed" if interpreter else "no interpreter needed",
        "her_words": {key: texts.fill(text, chance) for key, text in chance.choice(texts.HER_WORDS).items()},
        "referral": chance.choice(REFERRALS),
        "trafficking": chance.choice(Client.Trafficking.values),
        "basic_needs": sorted(chance.sample(NEEDS, chance.randint(0, 3))),
        **values,
    }
    maker = world.user(first_contact or team[TeamRole.ADVOCATE])
    state: dict[str, Any] = {"state": "intake", "closed_on": None, "point_of_contact_id": maker.pk}
    versions = [(opened, maker, dict(state))]
    for day, key, changes in steps:
        for name, value in changes.items():
            if name == "point_of_contact":
                state["point_of_contact_id"] = world.user(value).pk
            else:
                state[name] = value
        versions.append((day, world.user(key), dict(state)))
    client = Client(
        pk=pk,
        office=world.office,
        opened_on=opened,
        file_number=file_number or world.file_number(opened.year),
        name_used=person.name,
        **state,
        **{name: value for name, value in known.items() if value is not None},
    )
    folder = Folder(world, batch, chance, index, client, person, opened, {}, [person.name])
    if known["legal_name"]:
        folder.names.append(known["legal_name"])
    moments = [(folder.moment(day), by, columns) for day, by, columns in versions]
    moments = sorted(moments, key=lambda version: version[0])
    last_at, last_by, _columns = moments[-1]
    batch.add(client, at=last_at, by=last_by, earlier=moments[:-1])
    batch.event(Action.CREATED, at=moments[0][0], by=maker, client=pk, target=client, fields=["name_used"])
    for when, by, columns in moments[1:]:
        batch.event(Action.STAGE, at=when, by=by, client=pk, target=client, fields=[str(columns["state"])])
    for role, key in {**team, TeamRole.SUPERVISION: "ruth"}.items():
        join(folder, role, world.user(key), opened)
    return folder


def join(folder: Folder, role: str, user: User, on: date, left: date | None = None) -> None:
    """A place on the care team, with the rights of the role while it lasts."""
    client, batch = folder.client, folder.batch
    member = CareTeamMember(client=client, user=user, role=role, joined_on=on, left_on=left)
    joined = folder.moment(on)
    if left is None:
        batch.add(member, at=joined, by=folder.team.get(TeamRole.ADVOCATE, user))
        folder.team[role] = user
        batch.grant(
            grants.row(user, client, folder.world.permissions[codename])
            for codename in sorted(RIGHTS_OF_ROLE[role])
        )
    else:
        gone = max(folder.moment(left), joined)
        batch.add(member, at=gone, by=folder.lead, earlier=[(joined, user, {"left_on": None})])
        batch.event(Action.TEAM_LEFT, at=gone, by=folder.lead, client=client.pk, target=member, fields=[role])
    batch.event(Action.TEAM_JOINED, at=joined, by=user, client=client.pk, target=member, fields=[role])


def wall(folder: Folder, user: User, reason: str, on: date) -> None:
    """Somebody who must never see this file."""
    row = Wall(client=folder.client, user=user, reason=reason, set_at=folder.moment(on))
    grants.sign_wall(row)
    folder.batch.add(row, at=row.set_at, by=folder.lead)
    folder.batch.event(
        Action.WALL_SET, at=row.set_at, by=folder.lead, client=folder.client.pk, target=row, fields=[reason]
    )


def reach(folder: Folder, **values: str) -> SafeContact:
    """How to reach the client; left out are drawn."""
    chance, person = folder.chance, folder.person
    drawn = {
        "channel": chance.choice(("text", "text", "call", "email", "in_person")),
        "number": people.phone(chance),
        "email": people.email(person, folder.index),
        "hours": chance.choice(texts.HOURS),
        "voicemail": chance.choice(SafeContact.Voicemail.values),
        "say_you_are": chance.choice(texts.SAY_YOU_ARE),
        "code_word": chance.choice(texts.CODE_WORDS),
        "never": folder.fill(chance.choice(texts.NEVER)),
        "note": folder.fill(chance.choice(texts.CONTACT_NOTES)),
    }
    row = SafeContact(client=folder.client, **(drawn | values))
    return folder.batch.add(row, at=folder.moment(folder.opened), by=folder.advocate)


def alias(folder: Folder, name: str, source: str = "intake") -> None:
    """Another name of the client."""
    folder.names.append(name)
    row = Alias(client=folder.client, name=name, source=source)
    folder.batch.add(row, at=folder.moment(folder.opened), by=folder.advocate)


def identify(folder: Folder, kind: str, value: str) -> Identifier:
    """A number that others know the client by."""
    row = Identifier(client=folder.client, kind=kind, value=value)
    return folder.batch.add(row, at=folder.moment(folder.opened + timedelta(days=2)), by=folder.advocate)


def relate(folder: Folder, relation: str, name: str, **values: Any) -> RelatedPerson:
    """Somebody in the client's story or family."""
    row = RelatedPerson(client=folder.client, relation=relation, name=name, **values)
    folder.batch.index(row.person_number, [name])
    return folder.batch.add(row, at=folder.moment(folder.opened), by=folder.advocate)


def finish_names(folder: Folder) -> None:
    """Index every name of the client, once all are known."""
    folder.batch.index(folder.client.person_number, folder.names)


def clear_conflicts(folder: Folder, related: Iterable[str], tokens: Iterable[bytes | None]) -> None:
    """A conflict check that found nobody, decided on the day of the intake."""
    on = folder.moment(folder.opened, 17)
    names = list(dict.fromkeys([*folder.names, *related]))
    row = ConflictCheck(
        client=folder.client,
        run_at=on,
        run_by=folder.advocate,
        names_checked={"names": names, "numbers": sorted(token.hex() for token in tokens if token)},
        hits=[],
        decision=ConflictCheck.Decision.CLEAR,
        decided_by=folder.lead,
        decided_at=on,
    )
    folder.batch.add(row, at=on, by=folder.lead)
    folder.batch.event(
        Action.CONFLICT_CHECKED, at=on, by=folder.advocate, client=folder.client.pk, target=row
    )


def tokens_of(contact: SafeContact | None, numbers: Iterable[Identifier]) -> list[bytes | None]:
    """The look-up tokens of a file's numbers, as the conflict check keeps them."""
    found: list[bytes | None] = [Identifier._meta.get_field("value_token").token_of(row) for row in numbers]
    if contact is not None:
        for name in ("number", "email"):
            column = SafeContact._meta.get_field(f"{name}_token")
            found.append(column.token_for(getattr(contact, name)))  # type: ignore[union-attr]
    return found


# --- What she told, and what she was promised -------------------------------------------------------


def tell(
    folder: Folder, title: str, text: str, *, on: date, uses: Iterable[str], read_back: bool = True
) -> Passage:
    """A passage of the client's account."""
    row = Passage(
        client=folder.client,
        number=len(folder.passages) + 1,
        title=title,
        text=text,
        agreed_uses=sorted(uses),
        read_back_on=min(on + timedelta(days=7), folder.world.ago(1)) if read_back else None,
    )
    folder.passages.append(row)
    when = folder.moment(on)
    folder.batch.event(Action.CREATED, at=when, by=folder.lead, client=folder.client.pk, target=row)
    return folder.batch.add(row, at=when, by=folder.lead)


def tell_some(folder: Folder, count: int, on: date) -> None:
    """The first passages of an account."""
    for number, (title, text) in enumerate(texts.PASSAGES[:count]):
        uses = ["review", "declaration"] if number % 3 == 0 else ["review", "declaration", "t_visa"]
        tell(
            folder,
            title,
            folder.fill(text),
            on=on + timedelta(days=3 * number),
            uses=uses if number < 4 else ["review"],
            read_back=number < 3,
        )


def promise(
    folder: Folder,
    what: str,
    *,
    due: datetime,
    made: date,
    state: str = "owed",
    owner: User | None = None,
    settled: datetime | None = None,
    follows: Commitment | None = None,
) -> Commitment:
    """A promise to the client, and what became of it."""
    owner = owner or folder.advocate
    row = Commitment(
        client=folder.client,
        owner=owner,
        due_at=due,
        what=what,
        state=state,
        settled_at=settled,
        follows=follows,
    )
    when = folder.moment(made)
    folder.batch.event(Action.CREATED, at=when, by=owner, client=folder.client.pk, target=row)
    if settled is None:
        return folder.batch.add(row, at=when, by=owner)
    folder.batch.event(
        Action.CHANGED, at=settled, by=owner, client=folder.client.pk, target=row, fields=[state]
    )
    was = {"state": "owed", "settled_at": None}
    return folder.batch.add(row, at=max(settled, when), by=owner, earlier=[(when, owner, was)])


def promise_some(folder: Folder, kinds: Iterable[str]) -> None:
    """Promises of each kind: kept, broken, renegotiated (with its successor), late, today, tomorrow."""
    today, chance = folder.world.today, folder.chance
    for number, kind in enumerate(kinds):
        owner = (folder.lead, folder.advocate)[number % 2]
        what = folder.fill(chance.choice(texts.PROMISES))
        back = chance.randint(4, 40)
        due = at(folder.world.ago(back), 16)
        made = folder.world.ago(back + 5)
        if kind in ("kept", "broken"):
            settled = due - timedelta(hours=3) if kind == "kept" else due + timedelta(days=1)
            promise(folder, what, due=due, made=made, state=kind, owner=owner, settled=settled)
        elif kind == "renegotiated":
            settled = due - timedelta(hours=4)
            first = promise(folder, what, due=due, made=made, state=kind, owner=owner, settled=settled)
            promise(
                folder,
                what,
                due=at(today + timedelta(days=5), 12),
                made=settled.date(),
                owner=owner,
                follows=first,
            )
        else:
            ahead = {"late": -chance.randint(1, 4), "today": 0, "tomorrow": 1}[kind]
            due = at(today + timedelta(days=ahead), 16)
            promise(folder, what, due=due, made=folder.world.ago(6), owner=owner)


# --- Who looked ---------------------------------------------------------------------------------------


def look(folder: Folder, count: int, until: date) -> None:
    """Looks at the file by its team, spread from its opening to a day."""
    chance, client, batch = folder.chance, folder.client, folder.batch
    span = max((until - folder.opened).days, 1)
    team = list(dict.fromkeys(folder.team.values()))
    ways = Random(f"{folder.world.seed}:{folder.index}:ways")  # its own, so that no other chance moves
    for _ in range(count):
        who = chance.choice(team)
        when = folder.moment(weekday(folder.opened + timedelta(days=chance.randrange(span))))
        kind = chance.random()
        if kind < 0.7:
            page, place = way(ways)
            batch.event(
                Action.SEEN, at=when, by=who, client=client.pk, target=client, fields=[page], place=place
            )
        elif kind < 0.85:
            batch.event(
                Action.REVEALED,
                at=when,
                by=who,
                client=client.pk,
                target=client,
                fields=["number"],
                place="client-file",
            )
        elif folder.papers:
            paper = folder.papers[chance.choice(sorted(folder.papers))]
            batch.event(
                Action.FILE_OPENED,
                at=when,
                by=who,
                client=client.pk,
                target=paper,
                fields=[paper.kind],
                place="client-documents",
            )
