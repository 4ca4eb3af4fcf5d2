"""Find a person: among the files one may see, and, for the conflict check, among everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, User
from audit.services import Action, record
from clients import grants
from clients.models import Alias, Client, ConflictCheck, Identifier, RelatedPerson, SafeContact
from clients.permissions import can_change, check_can_manage_team
from clients.services.erasing import was_erased
from clients.services.rows import locked
from clients.services.scan import (
    CLIENT,
    Files,
    Reading,
    Scan,
    VisibleFiles,
    finished,
    reading,
    reading_for_conflicts,
)
from vault import datakeys, names
from vault.errors import VaultError
from vault.ids import NIL
from vault.likeness import Nearness, found_by

MOST_SHOWN = 20
MOST_RANKED = 200
"""Of those found, the nearest that are asked for: a few of them may lie behind a wall."""
NEAR_ENOUGH = 1
"""Whom the index finds at this distance need not be looked for in every name."""
MOST_TYPED = 160
"""Letters of a search: as many as the longest name has. The work grows with the square of the length."""
RESTRICTED = "restricted"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody on file whose name or number is near what was typed.

    `typed` and `why` explain the match; the other person's name is not copied into this file: the
    page opens it where it lies. `restricted` hits come from files the reader may not see: they carry
    no id, no file number, no part played and no nearness, only that what was typed matched something. An
    `erased` hit was found in a file that has been erased since.
    """

    typed: str
    role: str
    why: str = ""
    who: str = ""
    client: str = ""
    file_number: str = ""
    distance: int = 0
    restricted: bool = False
    erased: bool = False


def searched(text: str) -> str:
    """What is looked for: single spaces, no control characters, and no more than `MOST_TYPED` letters."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * MOST_TYPED])
    return " ".join(printable.split())[:MOST_TYPED]


def _numbered(text: str) -> Q:
    """A file number from its beginning, or the number alone without its year: "0142" for 2026-0142."""
    starts = Q(file_number__startswith=text)
    return starts | Q(file_number__endswith=f"-{text}") if text.isdecimal() else starts


def find_visible(*, text: str, by: User) -> list[tuple[Client, Nearness]]:
    """Files the user may see whose name or number is near `text`, nearest first, at most 20 (`finding`)."""
    return finished(finding(text=text, by=by)).rows


@dataclass(frozen=True, slots=True)
class Found:
    """Files and how near each is; `in_full` says whether every name that could be meant was compared."""

    rows: list[tuple[Client, Nearness]]
    in_full: bool = True


def finding(*, text: str, by: User, in_full: bool = True) -> Reading[Found]:
    """Files the user may see whose name or number is near `text`; says how far it is where it takes long.

    Names of clients and of the people around them are opened in memory and compared: all of them, where the
    user has rights on a few thousand files; else those the name index brings, and all only where it brings
    nobody near and `in_full` is asked for. Phone, e-mail and identifiers exactly. Rights and walls are asked
    before anything is given back. What is in other files changes nothing here, nor how much is asked of the
    database.
    """
    text = searched(text)
    if len(text) < 2:
        return Found([])
    files = VisibleFiles(by)
    found: dict[UUID, Nearness] = {}

    def keep(pk: UUID, nearness: Nearness | None) -> None:
        if nearness and (pk not in found or nearness.distance < found[pk].distance):
            found[pk] = nearness

    if any(sign.isdigit() for sign in text):
        numbered = files.visible.filter(_numbered(text)).values_list("pk", flat=True)
        for pk in numbered[:MOST_SHOWN]:
            keep(pk, Nearness(0, "file number"))
    exact = list(_exact(text))
    people, related = ([], []) if files.few else _indexed(text)
    # The door. Asked also where nothing was found: a hidden match costs what no match costs.
    allowed = _allowed(by, {pk for pk, _why in exact} | {client.pk for client in people})
    for pk, why in exact:
        if pk in allowed:
            keep(pk, Nearness(0, why))
    if not files.few:
        for pk, nearness in _compared(
            text,
            [client for client in people if client.pk in allowed],
            [row for row in related if row.client_id in allowed],
        ):
            keep(pk, nearness)
    read_all = files.few or not any(nearness.distance <= NEAR_ENOUGH for nearness in found.values())
    reads = read_all and (files.few or in_full)
    if reads:
        # The keys of a few thousand files stay: the next letter is typed at once.
        read = yield from reading(
            typed=[text], files=files, compare=found_by, beginnings=True, keep=files.few
        )
        for match in read.near:
            keep(match.client, _in_part(match.part, match.nearness))

    ranked = sorted(found, key=lambda pk: (found[pk].distance, pk.int))[:MOST_RANKED]
    if reads:
        # Reading may take seconds: a wall that was set meanwhile counts.
        allowed = _allowed(by, ranked)
        ranked = [pk for pk in ranked if pk in allowed]
    rows = {client.pk: client for client in people}
    if missing := [pk for pk in ranked if pk not in rows]:
        rows |= _files(Q(pk__in=missing)).in_bulk()
    shown = [rows[pk] for pk in ranked if pk in rows]
    shown.sort(key=lambda client: (found[client.pk].distance, client.file_number))
    shown = shown[:MOST_SHOWN]
    record(Action.SEARCHED, by=by, kind="client", shown=[client.pk for client in shown])
    return Found([(client, found[client.pk]) for client in shown], in_full=files.few or in_full)


def _allowed(by: User, clients: Collection[UUID]) -> set[UUID]:
    """Of these files, those that `by` may see. One query, whatever the number, also for none."""
    rights = grants.held(by, clients or [NIL])
    return {client for client, codenames in rights.items() if "view_client" in codenames}


def _indexed(text: str) -> tuple[list[Client], list[RelatedPerson]]:
    """Files and related people that the name index brings, of anybody: nothing is opened here.

    The same queries whatever it brings. Each begins with the few numbers, never with somebody's rights:
    those are asked afterwards, for these few alone.
    """
    numbers = names.candidates(text) or [-1]
    related = list(
        RelatedPerson.objects.filter(person_number__in=numbers).only(
            "id", "client_id", "relation", "person_number", "name_sealed"
        )
    )
    asked = Q(person_number__in=numbers) | Q(pk__in=[row.client_id for row in related])
    return list(_files(asked)), related


def _files(asked: Q) -> Any:
    """Files as they are shown; who may see them has been or will be asked."""
    return Client.objects.filter(asked).select_related("point_of_contact")


def _compared(
    text: str, people: list[Client], related: list[RelatedPerson]
) -> Iterable[tuple[UUID, Nearness]]:
    """The names of these files, opened and compared. Their rights have been asked."""
    if not people:
        return
    clients = [client.pk for client in people]
    aliases = Alias.objects.filter(client__in=clients).only("id", "client_id", "name_sealed")
    called: list[tuple[UUID, str, Any, str]] = [
        *((row.pk, CLIENT, row, column) for row in people for column in ("name_used", "legal_name")),
        *((row.client_id, CLIENT, row, "name") for row in aliases),
        *((row.client_id, row.relation, row, "name") for row in related),
    ]
    datakeys.preload(clients)
    typed = names.fold(text)
    for client, part, row, column in called:
        nearness = found_by(typed, names.fold(_opened_name(row, column)))
        if nearness:
            yield client, _in_part(part, nearness)


def _in_part(part: str, nearness: Nearness) -> Nearness:
    if part == CLIENT:
        return nearness
    label = RelatedPerson.Relation(part).label.lower()
    return Nearness(nearness.distance, f"{label} in this file: {nearness.why}")


def _opened_name(row: Any, column: str) -> str:
    """A name to compare with. One that does not open matches nothing, and the search goes on without it;
    the page of its file says so. (The conflict check is stricter: there it raises.)
    """
    try:
        return getattr(row, column) or ""
    except VaultError:
        return ""


def _exact(text: str) -> Iterable[tuple[UUID, str]]:
    """(client, why) of every file, anybody's, that holds this very number or address."""
    if not any(c.isdigit() or c == "@" for c in text):
        return
    places: tuple[tuple[Any, str, str], ...] = (
        (SafeContact, "number_token", "phone number"),
        (SafeContact, "email_token", "e-mail address"),
        (Identifier, "value_token", "identifier"),
    )
    for model, column, why in places:
        rows = model.objects.filter(**{f"{column}__of": text})
        yield from ((pk, why) for pk in rows.values_list("client_id", flat=True))


# --- The conflict check ---------------------------------------------------------------------------


def run_conflict_check(
    *, client: Client, by: User, index_only: bool = False, at: datetime | None = None
) -> ConflictCheck:
    """`checking`, for whoever does not want to know how far it is."""
    return finished(checking(client=client, by=by, index_only=index_only, at=at))


def checking(
    *, client: Client, by: User, index_only: bool = False, at: datetime | None = None
) -> Reading[ConflictCheck]:
    """Compare every name and number of this file with everybody on file, and keep what was found.

    Reaches all files, whatever the reader may see; a hit in a file the reader may not see says only
    that there is one. A name that the index finds nobody near is compared with every name on file.
    `index_only` leaves that out, and `at` sets another moment than now, for made-up files by the thousand.
    Whoever may change the file, or manage its team, may run it. Says how far it is; whoever stops before the
    end has checked nothing.
    """
    check_can_settle_conflicts(by, client)
    # Reading every name may take seconds: nobody else's writing waits for it. A name that is added meanwhile
    # is not among those checked, and `is_stale` says so.
    typed = _names_of(Client.objects.get(pk=client.pk))
    matches = list(_name_matches(typed, client))
    settled = {match.typed for match in matches if match.distance <= NEAR_ENOUGH}
    read = Scan()
    if not index_only:
        read = yield from reading_for_conflicts(
            typed=[name for name, _role in typed if name not in settled], files=Files(but=client)
        )
    return _keep_check(
        client, typed, [*matches, *_scanned_matches(read, typed)], read, by, at or timezone.now()
    )


@transaction.atomic
def _keep_check(
    client: Client, typed: list[tuple[str, str]], matches: list[_Match], read: Scan, by: User, at: datetime
) -> ConflictCheck:
    client = locked(client)
    check_can_settle_conflicts(by, client)
    hits = _hits([*matches, *_number_matches(client)], by)
    check = ConflictCheck(
        client=client,
        created_at=at,
        run_at=at,
        run_by=by,
        names_checked={
            "names": [name for name, _role in typed],
            "numbers": _numbers_of(client),
            "not_opened": read.not_opened,
            "cut": read.cut,
        },
        hits=[asdict(hit) for hit in hits],
        hit_count=len(hits),
    )
    check._history_user, check._history_date = by, at
    check.full_clean()
    check.save()
    record(Action.CONFLICT_CHECKED, by=by, target=check)
    return check


@transaction.atomic
def decide_conflict(
    *, check: ConflictCheck, decision: str, note: str, by: User, at: datetime | None = None
) -> ConflictCheck:
    """Keep a person's decision on the hits, made now or at another moment. A note is asked for wherever there
    was one.

    Raises ValidationError for an open or unknown decision, a missing note, or a check that a later one
    has replaced.
    """
    client = locked(check.client)
    check_can_settle_conflicts(by, client)
    check = ConflictCheck.objects.get(pk=check.pk, client=client)
    if decision == ConflictCheck.Decision.OPEN:
        raise ValidationError({"decision": "Choose what you decided."})
    if check.hit_count and not note.strip():
        raise ValidationError({"note": "Say why: the check found somebody."})
    if ConflictCheck.objects.filter(client=client, run_at__gt=check.run_at).exists():
        raise ValidationError("The check was run again meanwhile. Decide the newer one.")
    if is_stale(check):
        raise ValidationError(
            "A name or number was added or changed since this check was run. Run it again, then decide."
        )
    check.decision, check.note = decision, note.strip() or None
    check.decided_by, check.decided_at = by, at or timezone.now()
    check._history_user, check._history_date = by, check.decided_at
    check.full_clean()
    check.save()
    record(Action.CHANGED, by=by, target=check, fields=[decision])
    return check


def check_can_settle_conflicts(user: User, client: Client) -> None:
    """May run and decide the check: who changes the file, and its supervisor, who sees more files."""
    if not can_change(user, client):
        check_can_manage_team(user, client)


def is_stale(check: ConflictCheck) -> bool:
    """Whether the file has a name or number that the check did not compare.

    Also where a name of either does not open: then nobody can say what was compared.
    """
    try:
        checked = check.names_checked
        known = {name.casefold() for name in checked["names"]}
        unknown = any(name.casefold() not in known for name, _role in _names_of(check.client))
    except VaultError:
        return True
    return unknown or not set(_numbers_of(check.client)) <= set(checked["numbers"])


def hits_for(check: ConflictCheck, reader: User) -> list[Hit]:
    """The hits as this reader may see them now: rights are asked again, for whoever reads the file.

    A hit whose file this reader may not see comes out as a restricted one, and one whose file was erased
    says so.
    """
    hits = [Hit(**hit) for hit in check.hits]
    ids = [hit.client for hit in hits if hit.client]
    seen = {
        str(pk) for pk in Client.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True)
    }
    gone = {str(pk) for pk in was_erased(set(ids) - seen)}

    def shown_as(hit: Hit) -> Hit:
        if hit.client in seen:
            return hit
        if hit.client in gone:
            return Hit(typed=hit.typed, role=hit.role, who=ERASED, erased=True)
        return _restricted(hit.typed, hit.role)

    shown = [shown_as(hit) for hit in hits]
    return list(dict.fromkeys(shown))


def whom_to_ask(user: User) -> User | None:
    """A supervisor of the user's office, for what the user may not see."""
    supervisors = User.objects.filter(office=user.office, role=Role.SUPERVISOR, is_active=True)
    return supervisors.exclude(pk=user.pk).first()


@dataclass(frozen=True, slots=True)
class _Match:
    """A name or number of this file that meets one of another file."""

    typed: str
    role: str
    why: str
    who: str
    owner: Client
    distance: int


def _hits(matches: Iterable[_Match], by: User) -> list[Hit]:
    """The nearest match of each (typed, other file, part), nearest first, as `by` may see them."""
    matches = list(matches)
    owners = {match.owner.pk for match in matches}
    visible = set(Client.objects.visible_to(by).filter(pk__in=owners).values_list("pk", flat=True))
    found: dict[tuple[str, str, str], Hit] = {}
    for match in matches:
        hit = _restricted(match.typed, match.role)
        if match.owner.pk in visible:
            hit = Hit(
                typed=match.typed,
                role=match.role,
                why=match.why,
                who=match.who,
                client=str(match.owner.pk),
                file_number=match.owner.file_number,
                distance=match.distance,
            )
        key = (hit.typed, hit.client, hit.who)
        if key not in found or hit.distance < found[key].distance:
            found[key] = hit
    ranked = sorted(found.values(), key=lambda hit: (not hit.restricted, hit.distance, hit.file_number))
    return ranked[: MOST_SHOWN * 2]


def _restricted(typed: str, role: str) -> Hit:
    return Hit(typed=typed, role=role, who=RESTRICTED, restricted=True)


def _rows_with_names(client: Client) -> Iterable[tuple[Any, str, str]]:
    """(row, column, part it plays) of every name in the file; nothing is opened."""
    yield client, "name_used", "client"
    yield client, "legal_name", "client"
    for alias in Alias.objects.filter(client=client):
        yield alias, "name", "client"
    for person in RelatedPerson.objects.filter(client=client):
        yield person, "name", person.get_relation_display().lower()


def _names_of(client: Client) -> list[tuple[str, str]]:
    """Every name in the file, with the part it plays."""
    seen: set[str] = set()
    unique = []
    for row, column, role in _rows_with_names(client):
        name = getattr(row, column)
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            unique.append((name, role))
    return unique


def names_not_opened(client: Client) -> list[tuple[str, VaultError]]:
    """The names of the file that do not open, by the part they play, with what the vault says of each.

    As long as there is one, no conflict check can be run: it would pass over somebody.
    """
    broken = []
    for row, column, role in _rows_with_names(client):
        try:
            getattr(row, column)
        except VaultError as error:
            broken.append((role, error))
    return broken


def _numbers_of(client: Client) -> list[str]:
    """The look-up tokens of every number and address in the file: they change when the number does."""
    tokens = list(Identifier.objects.filter(client=client).values_list("value_token", flat=True))
    for row in SafeContact.objects.filter(client=client).values_list("number_token", "email_token"):
        tokens += row
    return sorted(bytes(token).hex() for token in tokens if token)


def _name_matches(typed: Iterable[tuple[str, str]], client: Client) -> Iterable[_Match]:
    for name, role in typed:
        numbers = names.candidates(name)
        for owner, who, other in _opened(numbers, client) if numbers else ():
            nearness = names.near(name, other)
            if nearness is not None:
                yield _Match(name, role, nearness.why, who, owner, nearness.distance)


def _scanned_matches(read: Scan, typed: Iterable[tuple[str, str]]) -> Iterable[_Match]:
    owners = Client.objects.in_bulk({match.client for match in read.near})
    roles = dict(typed)
    for match in read.near:
        part = "client" if match.part == CLIENT else RelatedPerson.Relation(match.part).label.lower()
        near = match.nearness
        yield _Match(match.typed, roles[match.typed], near.why, part, owners[match.client], near.distance)


def _opened(numbers: list[int], client: Client) -> Iterable[tuple[Client, str, str]]:
    """(file, part, name) of every candidate outside this file."""
    people = list(Client.objects.exclude(pk=client.pk).filter(person_number__in=numbers))
    related = RelatedPerson.objects.exclude(client=client).filter(person_number__in=numbers)
    ties = list(related.select_related("client"))
    aliases = list(Alias.objects.filter(client__in=people).select_related("client"))
    datakeys.preload([person.pk for person in people] + [tie.client_id for tie in ties])
    for person in people:
        yield person, "client", person.name_used
        if person.legal_name:
            yield person, "client", person.legal_name
    for alias in aliases:
        yield alias.client, "client", alias.name
    for tie in ties:
        yield tie.client, tie.get_relation_display().lower(), tie.name


def _number_matches(client: Client) -> Iterable[_Match]:
    for mine in Identifier.objects.filter(client=client, value_token__isnull=False):
        same = Identifier.objects.exclude(client=client).filter(kind=mine.kind, value_token__of=mine.value)
        for other in same.select_related("client"):
            label = mine.get_kind_display()
            yield _Match(label, "client", f"the same {label}", "client", other.client, 0)
    contact = SafeContact.objects.filter(client=client).first()
    if contact is None:
        return
    others = SafeContact.objects.exclude(client=client).select_related("client")
    for label, column in (("Phone number", "number"), ("E-mail address", "email")):
        typed = getattr(contact, column) or ""
        for other_contact in others.filter(**{f"{column}_token__of": typed}) if typed else ():
            yield _Match(label, "client", f"the same {label.lower()}", "client", other_contact.client, 0)
