"""Intake: a file comes to be with the name the client uses, and grows as answers are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import Office, Role, User
from audit.services import Action, record
from clients.days import check_born
from clients.models import (
    Alias,
    Client,
    ConflictCheck,
    Erasure,
    Identifier,
    RelatedPerson,
    SafeContact,
    TeamRole,
    Wall,
)
from clients.models.client import Answer
from clients.permissions import check_can_change, check_does_casework
from clients.services.rows import guarded, locked, unaltered
from clients.services.search import is_stale, names_not_opened
from clients.services.team import join_team
from vault import names
from vault.errors import SealBroken, VaultError

TEAM_ROLE_OF = {
    Role.ATTORNEY: TeamRole.COUNSEL,
    Role.ADVOCATE: TeamRole.ADVOCATE,
    Role.PARALEGAL: TeamRole.PARALEGAL,
    Role.SUPERVISOR: TeamRole.SUPERVISION,
}
CLIENT_FIELDS = frozenset(
    {
        "name_used",
        "pronouns",
        "legal_name",
        "date_of_birth",
        "language",
        "interpreter",
        "her_words",
        "referral",
        "trafficking",
        "basic_needs",
    }
)
CONTACT_FIELDS = frozenset(
    {"channel", "number", "email", "hours", "voicemail", "say_you_are", "code_word", "never", "note"}
)
PERSON_FIELDS = frozenset({"relation", "name", "her_word", "must_not_meet", "date_of_birth", "note"})
QUESTIONS = CLIENT_FIELDS | CONTACT_FIELDS | {"aliases"} | set(Identifier.Kind.values)
"""What may be answered, or be left without an answer in one of three ways."""
TAKES_ON = frozenset({ConflictCheck.Decision.CLEAR, ConflictCheck.Decision.SCREENED})


def next_file_number(year: int) -> str:
    """The next "2026-0143" of a year; call it inside the transaction that uses it."""
    # Two intakes at the same moment would read the same highest number: the offices' rows are the gate.
    list(Office.objects.select_for_update().order_by("pk").values_list("pk"))
    # The number of an erased file is never given to somebody else.
    highest = max(_highest_number(Client, year), _highest_number(Erasure, year))
    return f"{year}-{highest + 1:04d}"


def _highest_number(model: type[Client] | type[Erasure], year: int) -> int:
    of_year = model.objects.filter(file_number__startswith=f"{year}-")
    # The longest first: "2026-10000" comes after "2026-9999", which text alone would not say.
    longest = of_year.order_by(Length("file_number").desc(), "-file_number")
    last = longest.values_list("file_number", flat=True).first()
    return int(last.split("-")[1]) if last else 0


@transaction.atomic
def start_intake(*, name_used: str, by: User, today: date, worker: User | None = None) -> Client:
    """Open a file under the name the client uses.

    `worker` does the intake and becomes the point of contact; left out, it is the maker. Worker, maker
    and the office's supervisors join the team. Raises PermissionDenied for who does no casework, or
    ValidationError for an empty name.
    """
    check_does_casework(by)
    worker = worker or by
    client = Client(
        office=by.office,
        point_of_contact=worker,
        opened_on=today,
        file_number=next_file_number(today.year),
        name_used=name_used.strip(),
    )
    client._history_user = by
    client.full_clean()
    client.save()
    record(Action.CREATED, by=by, target=client, fields=["name_used"])
    supervisors = User.objects.filter(office=by.office, role=Role.SUPERVISOR, is_active=True)
    for member in dict.fromkeys([worker, by, *supervisors]):
        join_team(client=client, user=member, role=TEAM_ROLE_OF[Role(member.role)], by=None, on=today)
    _index(client)
    return client


@transaction.atomic
def change_client(
    *, client: Client, by: User, replies: Mapping[str, str] | None = None, **values: Any
) -> Client:
    """Change what is known of the client; only what differs is written, and one history row.

    `replies` says of a question, by name, that it was not asked, declined, or that the client does not
    know; "" takes such a reply back. Raises ValueError for a name that is not a question, ValidationError
    for a value or reply that is not one.
    """
    replies = replies or {}
    if unknown := (set(values) - CLIENT_FIELDS) | (set(replies) - QUESTIONS):
        raise ValueError(f"Not changed through this service: {sorted(unknown)}")
    if set(replies.values()) - {"", *Answer.values}:
        raise ValidationError("Choose not asked, declined or does not know.")
    client = _locked(client, by)
    changed = [name for name, value in values.items() if _differs(client, name, value)]
    answers = {**client.answers, **replies}
    for name in changed:
        setattr(client, name, values[name])
    if "date_of_birth" in changed:
        check_born(client.date_of_birth)
    for name, value in values.items():
        if value:
            answers.pop(name, None)
    answers = {question: reply for question, reply in answers.items() if reply}
    replied = {name for name in answers | client.answers if answers.get(name) != client.answers.get(name)}
    if not changed and not replied:
        return client
    client.answers = answers
    client._history_user = by
    client.full_clean()
    client.save()
    if {"name_used", "legal_name"} & set(changed):
        _index(client)
    record(Action.CHANGED, by=by, target=client, fields={*changed, *replied})
    return client


@transaction.atomic
def answer(*, client: Client, question: str, reply: str, by: User) -> Client:
    """Record that a question was not asked, declined, or that the client does not know."""
    return change_client(client=client, by=by, replies={question: reply})


@guarded
def save_intake(*, client: Client, by: User, values: Mapping[str, Any], replies: Mapping[str, str]) -> Client:
    """Keep any part of an intake at once: what is known, how to reach the client, names and numbers.

    Keys of both are `QUESTIONS`; `aliases` is a list of names to add, an identifier its number. A value
    takes the place of a reply to the same question.
    """
    if unknown := set(values) - QUESTIONS:
        raise ValueError(f"Not a question of the intake: {sorted(unknown)}")
    replies = {**replies, **{question: "" for question, value in values.items() if value}}
    client = change_client(
        client=client,
        by=by,
        replies=replies,
        **{name: value for name, value in values.items() if name in CLIENT_FIELDS},
    )
    contact = {name: value for name, value in values.items() if name in CONTACT_FIELDS}
    if contact:
        save_safe_contact(client=client, by=by, **contact)
    for name in values.get("aliases") or ():
        save_alias(client=client, name=name, by=by)
    for kind in Identifier.Kind.values:
        if kind in values:
            save_identifier(client=client, kind=kind, value=values[kind] or "", by=by)
    return client


def _differs(row: Any, name: str, value: Any) -> bool:
    """Whether the row holds another value. One that does not open is another: a new one replaces it."""
    try:
        return (getattr(row, name) or None) != (value or None)
    except SealBroken:
        return True


@guarded
def save_safe_contact(*, client: Client, by: User, **values: Any) -> SafeContact | None:
    """Set how the client may be reached; fields left out keep their value.

    Returns the row, or None when there was nothing to keep. Raises Altered where another field was changed
    behind the log.
    """
    unknown = set(values) - CONTACT_FIELDS
    if unknown:
        raise ValueError(f"Not a field of safe contact: {sorted(unknown)}")
    client = _locked(client, by)
    contact = SafeContact.objects.select_for_update().filter(client=client).first()
    contact = contact or SafeContact(client=client, channel="")
    new = contact._state.adding
    changed = [name for name, value in values.items() if _differs(contact, name, value)]
    if not changed:
        return None if new else contact
    if not new:
        unaltered(contact, replaced=changed)
    for name in changed:
        setattr(contact, name, values[name] or ("" if name == "channel" else None))
    contact._history_user = by
    contact.save()
    record(Action.CREATED if new else Action.CHANGED, by=by, target=contact, fields=changed)
    return contact


@transaction.atomic
def save_alias(*, client: Client, name: str, by: User, source: str = "intake") -> Alias:
    """Add another name; a name that is there already (case and spaces aside) is not added twice."""
    client = _locked(client, by)
    wanted = names.fold(name)
    for alias in Alias.objects.filter(client=client):
        if names.fold(alias.name) == wanted:
            return alias
    alias = Alias(client=client, name=" ".join(name.split()), source=source)
    alias._history_user = by
    alias.full_clean()
    alias.save()
    _index(client)
    record(Action.CREATED, by=by, target=alias)
    return alias


@transaction.atomic
def remove_alias(*, alias: Alias, by: User) -> None:
    """Take a name off that was never the client's; its history row stays."""
    client = _locked(alias.client, by)
    found = Alias.objects.filter(pk=alias.pk, client=client).first()
    if found is None:  # somebody was quicker
        return
    record(Action.CHANGED, by=by, target=found, fields=["removed"])
    found._history_user = by
    found.delete()
    _index(client)


@transaction.atomic
def save_identifier(*, client: Client, kind: str, value: str, by: User) -> Identifier | None:
    """Set, change or (with an empty value) remove a number."""
    client = _locked(client, by)
    identifier = Identifier.objects.select_for_update().filter(client=client, kind=kind).first()
    if not value.strip():
        if identifier is not None:
            record(Action.CHANGED, by=by, target=identifier, fields=["removed"])
            identifier._history_user = by
            identifier.delete()
        return None
    identifier = identifier or Identifier(client=client, kind=kind)
    if not identifier._state.adding and identifier.value == value.strip():
        return identifier
    identifier.value = value.strip()
    identifier._history_user = by
    identifier.full_clean()
    identifier.save()
    record(Action.CHANGED, by=by, target=identifier, fields=[kind])
    return identifier


@transaction.atomic
def save_related_person(
    *, client: Client, by: User, person: RelatedPerson | None = None, **values: Any
) -> RelatedPerson:
    """Add or change somebody in the client's story or family. Fields left out keep their value.

    Raises ValidationError for somebody who was taken off the file meanwhile.
    """
    if unknown := set(values) - PERSON_FIELDS:
        raise ValueError(f"Not a field of a related person: {sorted(unknown)}")
    client = _locked(client, by)
    new = person is None
    if person is None:
        person = RelatedPerson(client=client)
    elif (person := RelatedPerson.objects.filter(pk=person.pk, client=client).first()) is None:
        raise ValidationError("Somebody took this person off the file meanwhile. Add them again.")
    for name, value in values.items():
        setattr(person, name, value or None if name in {"her_word", "date_of_birth", "note"} else value)
    if "date_of_birth" in values:
        check_born(person.date_of_birth)
    person._history_user = by
    person.full_clean()
    person.save()
    names.replace(person.person_number, [person.name])
    record(Action.CREATED if new else Action.CHANGED, by=by, target=person, fields=sorted(values))
    return person


@transaction.atomic
def remove_related_person(*, person: RelatedPerson, by: User) -> None:
    """Take somebody off the file who does not belong there; the history row stays."""
    client = _locked(person.client, by)
    found = RelatedPerson.objects.filter(pk=person.pk, client=client).first()
    if found is None:  # somebody was quicker
        return
    record(Action.CHANGED, by=by, target=found, fields=["removed"])
    names.replace(found.person_number, [])
    found._history_user = by
    found.delete()


def missing_before_taking_on(client: Client) -> list[str]:
    """What has to be settled before the client is taken on, as sentences; empty when nothing is."""
    found = []
    check = ConflictCheck.objects.filter(client=client).order_by("-run_at", "-pk").first()
    if names_not_opened(client):
        found.append("A name in this file cannot be opened. The conflict check waits until it is restored.")
    elif check is None:
        found.append("Run the conflict check.")
    elif is_stale(check):
        found.append("Run the conflict check again: a name or number was added or changed since.")
    elif check.decision == ConflictCheck.Decision.OPEN:
        found.append("Decide the conflict check.")
    elif check.decision not in TAKES_ON:
        found.append("The conflict check found a conflict: this client cannot be taken on.")
    elif check.decision == ConflictCheck.Decision.SCREENED and not _walled(client):
        found.append(
            "The conflict check was decided “Go on behind a wall”, and no wall stands. Counsel of record "
            "or a supervisor sets it under Care team."
        )
    contact = SafeContact.objects.filter(client=client).first()
    if (contact is None or not _known(contact, "channel")) and "channel" not in client.answers:
        found.append("Say how to reach the client safely, or that it was not asked yet.")
    return found


def _walled(client: Client) -> bool:
    return Wall.objects.filter(client=client).in_force().exists()


def _known(row: Any, column: str) -> bool:
    """Whether there is a value; one that is on file and does not open is not known."""
    try:
        return bool(getattr(row, column))
    except VaultError:
        return False


@transaction.atomic
def take_on(*, client: Client, by: User, accept: bool = True) -> Client:
    """End the intake: the client is taken on, or not (then the file closes today).

    Taking on needs a conflict check that is decided and up to date, and a safe way to reach the client
    (or the explicit answer that there is none yet); raises ValidationError with what is missing.
    """
    client = _locked(client, by)
    if client.state != Client.State.INTAKE:
        raise ValidationError("The intake of this file has ended already.")
    if accept and (missing := missing_before_taking_on(client)):
        raise ValidationError(missing)
    client.state = Client.State.OPEN if accept else Client.State.DECLINED
    client.closed_on = None if accept else timezone.localdate()
    client._history_user = by
    client.full_clean()
    client.save()
    record(Action.STAGE, by=by, target=client, fields=[client.state])
    return client


def _locked(client: Client, by: User) -> Client:
    """The client's row, locked, for somebody who may change it."""
    client = locked(client)
    check_can_change(by, client)
    return client


def _index(client: Client) -> None:
    """Index every name of the client, in the transaction of the save."""
    names.replace(client.person_number, indexed_names(client))


def indexed_names(client: Client) -> list[str]:
    """Every name under which the client is found."""
    others = [alias.name for alias in Alias.objects.filter(client=client)]
    return [name for name in (client.name_used, client.legal_name, *others) if name]
