"""The auditor's log: everything, one person's, one day's; with filters, in sentences or entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import User
from audit.models import AccessEvent
from clients.models import Client, Erasure
from reports.periods import BACKWARDS, day_field
from reports.seen.lines import Day, by_day, file_numbers, grouped, lines_of, people_in
from reports.seen.words import HOUSEKEEPING, LOUD, Action
from reports.weeks import start_of

ONLY = {
    "refused": ("Refused only", frozenset({Action.REFUSED})),
    "exports": ("Exports only", frozenset({Action.EXPORTED})),
    "loud": ("More than a look", LOUD),
}


def _clients_of(number: str) -> list[UUID]:
    """The client whose file has, or had before it was erased, this number; nobody for a wrong one."""
    there = Client.objects.filter(file_number=number).order_by().values_list("pk", flat=True)
    gone = Erasure.objects.filter(file_number=number).order_by().values_list("client_uuid", flat=True)
    return list(there.union(gone))


class LogFilter(forms.Form):
    """Which entries the auditor wants to see."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Everybody")
    action = forms.ChoiceField(required=False, label="What was done")
    only = forms.ChoiceField(
        required=False, label="Only", choices=[("", "All of it"), *((key, ONLY[key][0]) for key in ONLY)]
    )
    file_number = forms.CharField(required=False, max_length=20)
    start = day_field("From")
    end = day_field("To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", "Anything"), *Action.choices]  # type: ignore[attr-defined]

    def clean_file_number(self) -> str:
        number: str = self.cleaned_data["file_number"].strip()
        if number and not _clients_of(number):
            raise forms.ValidationError("No file has this number. Write it as 2026-0142.")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", forms.ValidationError(BACKWARDS))
        return cleaned

    @property
    def asked(self) -> list[str]:
        """The names of the filters that a valid form uses."""
        return [name for name in self.fields if self.cleaned_data.get(name)]

    def apply(self, events: QuerySet[AccessEvent]) -> QuerySet[AccessEvent]:
        """The events that a valid form asks for."""
        chosen = self.cleaned_data
        if chosen.get("person"):
            events = events.filter(actor_id=chosen["person"].pk)
        if chosen.get("action"):
            events = events.filter(action=chosen["action"])
        if chosen.get("only"):
            events = events.filter(action__in=ONLY[chosen["only"]][1])
        if chosen.get("file_number"):
            client = _clients_of(chosen["file_number"])
            events = events.filter(chain__in=client)
        if chosen.get("start"):
            events = events.filter(at__gte=start_of(chosen["start"]))
        if chosen.get("end"):
            events = events.filter(at__lt=start_of(chosen["end"] + timedelta(days=1)))
        return events


def all_events(*, housekeeping: bool = False) -> QuerySet[AccessEvent]:
    """Every event, newest first; what the system does for itself only where it is asked for."""
    events = AccessEvent.objects.order_by("-at", "-id")
    return events if housekeeping else events.exclude(action__in=HOUSEKEEPING)


def log_days(events: Iterable[AccessEvent]) -> list[Day]:
    """A page of events as days of {line, file_number}; no client's name. Two queries for any number."""
    events = list(events)
    people, numbers = people_in(events), file_numbers(event.client_id for event in events)
    return [
        Day(
            day.day,
            [{"line": line, "file_number": numbers.get(line.client, "")} for line in day.lines],
        )
        for day in by_day(grouped(lines_of(events, people)))
    ]


def log_rows(events: Iterable[AccessEvent]) -> list[dict[str, Any]]:
    """Entries one by one, with the columns a line leaves out. Two queries for any number of them."""
    events = list(events)
    people, numbers = people_in(events), file_numbers(event.client_id for event in events)
    return [
        {
            "event": event,
            "line": line,
            "fields": ", ".join(event.fields),
            "file_number": numbers.get(event.client_id, ""),
            "many": len(event.objects_shown),
        }
        for event, line in zip(events, lines_of(events, people), strict=True)
    ]


def of_person(person: User) -> QuerySet[AccessEvent]:
    """Everything one person did."""
    return all_events().filter(actor_id=person.pk)


def on_day(day: date) -> QuerySet[AccessEvent]:
    """One day of the office, in its own time zone."""
    return all_events().filter(at__gte=start_of(day), at__lt=start_of(day + timedelta(days=1)))


def people_on(day: date) -> list[dict[str, Any]]:
    """Who did how much that day, by name: person, entries, files, reveals, refused, exports, first, last."""
    rows = (
        on_day(day)
        .exclude(actor_id=None)
        .order_by()
        .values("actor_id")
        .annotate(
            entries=Count("pk"),
            files=Count("client_id", distinct=True, filter=~Q(action=Action.REFUSED)),
            reveals=Count("pk", filter=Q(action=Action.REVEALED)),
            refused=Count("pk", filter=Q(action=Action.REFUSED)),
            exports=Count("pk", filter=Q(action=Action.EXPORTED)),
            first=Min("at"),
            last=Max("at"),
        )
    )
    found = list(rows)
    people = User.objects.in_bulk([row["actor_id"] for row in found])
    named = [row | {"person": people[row["actor_id"]]} for row in found if row["actor_id"] in people]
    return sorted(named, key=lambda row: str(row["person"].name))
