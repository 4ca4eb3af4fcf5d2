"""Who looked at what, in plain words, from the access log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from accounts.services import SIGN_IN, SIGN_OUT
from audit.models import AccessEvent
from clients.models import CareTeamMember, Client
from reports.periods import BACKWARDS, day_field
from reports.weeks import start_of

Action = AccessEvent.Action
LISTS = (Action.LISTED, Action.SEARCHED)
LIST_DAYS = 30

# What a row of each kind, and each place of a file, is called. One that is not here is named as it stands.
THINGS = {
    "overview": "the overview",
    "reveal": "a masked value",
    "safecontact": "how to reach the client",
    "alias": "another name",
    "identifier": "a number",
    "relatedperson": "a person in the file",
    "people": "people and safety",
    "conflictcheck": "the conflict check",
    "careteammember": "the care team",
    "team": "the care team",
    "wall": "a wall",
    "commitment": "a promise",
    "promises": "the promises",
    "passage": "a passage of the statement",
    "statements": "the statements",
    "rapsheet": "a RAP sheet",
    "record": "charges and record",
    "arrest": "an arrest",
    "charge": "a charge",
    "petition": "a petition",
    "petitions": "the petitions",
    "petitioncharge": "a charge of a petition",
    "hearing": "a hearing",
    "service": "service of a petition",
    "agencyduty": "an agency’s confirmation",
    "deadline": "a date",
    "dates": "the dates",
    "matter": "a matter",
    "document": "a document",
    "documents": "the documents",
    "tvisa": "the T visa",
    "familymember": "a family member",
    "receipt": "a receipt",
    "notice": "a notice",
    "workpermit": "a work permit",
    "intake": "the intake",
    "nothing": "an address that shows nothing",
    "sign_in": "a sign-in",
    "seen": "who has seen this file",
    "seen_copy": "the printed copy of who has seen this file",
    "access_log": "the access log",
    "demo": "the made-up people",
    "caseload": "the caseload report",
    "home": "my week",
    "calendar": "the calendar",
}
FIELDS = {
    "number": "phone number",
    "email": "e-mail address",
    "code_word": "code word",
    "legal_name": "legal name",
    "date_of_birth": "date of birth",
    "ssn": "Social Security number",
    "a_number": "A-number",
    "cii": "CII number",
    "fbi": "FBI number",
    "license": "driver’s license or ID",
    "aliases": "other names",
    "name": "name",
    "value": "number",
    "text": "passage",
    "court_number": "court number",
    "case_number": "court number",
}
ACTS = {
    Action.SEEN: "looked at",
    Action.LISTED: "had in a list",
    Action.SEARCHED: "found by a search",
    Action.REVEALED: "was shown",
    Action.CREATED: "added",
    Action.CHANGED: "changed",
    Action.STAGE: "moved to another stage:",
    Action.FILE_ADDED: "added",
    Action.FILE_OPENED: "opened",
    Action.DRAFTED: "drafted",
    Action.REPORT_SEEN: "looked at",
    Action.EXPORTED: "exported",
    Action.CONFLICT_CHECKED: "ran",
    Action.TEAM_JOINED: "added somebody to",
    Action.TEAM_LEFT: "took somebody off",
    Action.WALL_SET: "set",
    Action.WALL_LIFTED: "lifted",
    Action.REFUSED: "was refused:",
    Action.ACCOUNT: "changed an account",
    Action.SIGNED_IN: "signed in",
}
LOUD = frozenset({Action.REVEALED, Action.FILE_OPENED, Action.EXPORTED, Action.REFUSED})
"""Acts that stand out in the list: more than a look at a page."""


def thing_words(event: AccessEvent) -> str:
    """What the event is about, in words; a revealed value by its field, a page of a file by its place."""
    if event.action == Action.REVEALED and event.fields:
        return ", ".join(f"the {FIELDS.get(name, name.replace('_', ' '))}" for name in event.fields)
    if event.action == Action.SEEN and event.object_kind == "client" and event.fields:
        return THINGS.get(event.fields[0], event.fields[0].replace("_", " "))
    if event.object_kind == "client":
        return "the overview" if event.action == Action.SEEN else "the file"
    return THINGS.get(event.object_kind, event.object_kind.replace("_", " ") or "the file")


def words_of(event: AccessEvent) -> str:
    """ "looked at the overview", "was shown the phone number"."""
    if event.object_kind == SIGN_OUT:
        return "signed out"
    act = ACTS[Action(event.action)] if event.action in Action.values else event.action
    if event.action in (Action.SIGNED_IN, Action.ACCOUNT, *LISTS):
        return act
    return f"{act} {thing_words(event)}"


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the list: when, who, what, and whether that person was on the file."""

    at: datetime
    who: str
    role: str
    words: str
    loud: bool
    refused: bool
    why: str


def events_of(client: Client) -> QuerySet[AccessEvent]:
    """Every event about one client's file."""
    return AccessEvent.objects.filter(client_id=client.pk)


def looks(events: Iterable[AccessEvent], client: Client) -> list[Look]:
    """Events in words. Two queries for any number of them."""
    events = list(events)
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    places: dict[int, list[CareTeamMember]] = {}
    for place in CareTeamMember.objects.filter(client=client):
        places.setdefault(place.user_id, []).append(place)
    return [_look(event, people, places) for event in events]


def _look(event: AccessEvent, people: dict[Any, User], places: dict[int, list[CareTeamMember]]) -> Look:
    person = people.get(event.actor_id)
    day = timezone.localdate(event.at)
    theirs = places.get(event.actor_id or 0, [])
    on_team = any(
        place.joined_on <= day and (place.left_on is None or day <= place.left_on) for place in theirs
    )
    words = words_of(event)
    return Look(
        at=event.at,
        who=person.name if person else "The system",
        role=person.get_role_display().lower() if person else "",
        words=words[:1].upper() + words[1:],
        loud=event.action in LOUD,
        refused=event.action == Action.REFUSED,
        why="On the team" if on_team else "Not on the team" if person else "",
    )


def lists_shown(client: Client, today: date) -> dict[str, Any]:
    """How often the name stood in a list or a search of the last 30 days, and before how many people."""
    since = start_of(today - timedelta(days=LIST_DAYS))
    rows = AccessEvent.objects.filter(action__in=LISTS, at__gte=since)
    # A list of ids in JSON, read as text: the one way to look into it that both databases know.
    rows = rows.annotate(ids=Cast("objects_shown", TextField())).filter(ids__contains=str(client.pk))
    counts = rows.order_by().values("actor_id").annotate(n=Count("pk")).values_list("actor_id", "n")
    found = dict(counts)
    return {"times": sum(found.values()), "people": len(found), "days": LIST_DAYS}


def people_count(client: Client) -> int:
    """How many people have ever looked at or changed anything of this file. Who was refused saw nothing."""
    actors = events_of(client).exclude(actor_id=None).exclude(action=Action.REFUSED).order_by()
    return actors.values("actor_id").distinct().count()


# --- Her copy -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One line of the printed copy: a day, who, what, and how often that day."""

    day: date
    who: str
    words: str
    times: int


def copy_lines(client: Client, *, roles_only: bool) -> list[CopyLine]:
    """The whole log of a file, one line for each person, day and act, newest first."""
    found: Counter[tuple[date, str, str]] = Counter()
    for look in looks(events_of(client), client):
        who = (
            (look.role or look.who) if roles_only else f"{look.who} ({look.role})" if look.role else look.who
        )
        found[timezone.localdate(look.at), who[:1].upper() + who[1:], look.words] += 1
    return [
        CopyLine(*key, times) for key, times in sorted(found.items(), key=lambda item: _newest_first(item[0]))
    ]


def _newest_first(key: tuple[date, str, str]) -> tuple[int, str, str]:
    day, who, words = key
    return -day.toordinal(), who, words


# --- The auditor's log ----------------------------------------------------------------------------


class LogFilter(forms.Form):
    """Which events the auditor wants to see."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Everybody")
    action = forms.ChoiceField(required=False, label="What was done")
    file_number = forms.CharField(required=False, max_length=20)
    start = day_field("From")
    end = day_field("To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", "Anything"), *Action.choices]  # type: ignore[attr-defined]

    def clean_file_number(self) -> str:
        number: str = self.cleaned_data["file_number"].strip()
        if number and not Client.objects.filter(file_number=number).exists():
            raise forms.ValidationError("No file has this number. Write it as 2026-0142.")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", forms.ValidationError(BACKWARDS))
        return cleaned

    def apply(self, events: QuerySet[AccessEvent]) -> QuerySet[AccessEvent]:
        """The events that a valid form asks for."""
        chosen = self.cleaned_data
        if chosen.get("person"):
            events = events.filter(actor_id=chosen["person"].pk)
        if chosen.get("action"):
            events = events.filter(action=chosen["action"])
        if chosen.get("file_number"):
            client = Client.objects.filter(file_number=chosen["file_number"]).values("pk")
            events = events.filter(client_id__in=client)
        if chosen.get("start"):
            events = events.filter(at__gte=start_of(chosen["start"]))
        if chosen.get("end"):
            events = events.filter(at__lt=start_of(chosen["end"] + timedelta(days=1)))
        return events


def _account_of(event: AccessEvent) -> int | None:
    """The account that was changed, or at whose door a sign-in failed; None for an address nobody has."""
    about = event.object_kind == SIGN_IN or event.action == Action.ACCOUNT
    return int(event.object_id) if about and event.object_id.isdigit() else None


def log_rows(events: Iterable[AccessEvent]) -> list[dict[str, Any]]:
    """Events with people's names and file numbers; no client's name. Two queries for any number of them."""
    events = list(events)
    wanted = {event.actor_id for event in events} | {_account_of(event) for event in events}
    people = User.objects.in_bulk(wanted - {None})
    numbers = dict(
        Client.objects.filter(pk__in={event.client_id for event in events if event.client_id}).values_list(
            "pk", "file_number"
        )
    )
    rows = []
    for event in events:
        person = people.get(event.actor_id) if event.actor_id else None
        words = words_of(event)
        account = people.get(_account_of(event))
        joint = ": " if event.action == Action.ACCOUNT else " as "
        who = "Not signed in" if event.object_kind == SIGN_IN else "The system"
        rows.append(
            {
                "at": event.at,
                "who": person.name if person else who,
                "role": person.get_role_display().lower() if person else "",
                "words": (words[:1].upper() + words[1:]) + (f"{joint}{account.name}" if account else ""),
                "fields": ", ".join(event.fields),
                "file_number": numbers.get(event.client_id, "") if event.client_id else "",
                "many": len(event.objects_shown),
                "request": event.request_id,
                "loud": event.action in LOUD,
                "refused": event.action == Action.REFUSED,
            }
        )
    return rows
