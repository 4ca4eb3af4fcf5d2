"""People and safety: how to reach the client, names and numbers, and who must not be met; reveals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST, require_safe

from audit.services import Action, record
from clients import services
from clients.forms import RelatedPersonDetailForm, RelatedPersonForm, add_problems, masked_on_file
from clients.frame import opened
from clients.models import Alias, Client, Identifier, Passage, RelatedPerson, SafeContact
from clients.models.client import Answer
from clients.permissions import check_can_change, check_can_read_statement
from clients.views.pages import file_page, people_rows, signed_in, visible_client

# key of a mask: (label, what stands in its place)
IDENTITY = {"legal_name": "Legal name", "date_of_birth": "Date of birth", "aliases": "Other names"}
CONTACT = {"number": "Phone", "email": "E-mail", "code_word": "Code word"}
DOTS = {Identifier.Kind.SSN: "•••-••-••••", Identifier.Kind.A_NUMBER: "A•••-•••-•••"}


@require_safe
def people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How to reach the client, who is around the client, names and numbers: all masked."""
    return _people_page(request, visible_client(request, pk))


@require_POST
def person_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add somebody to the client's story or family."""
    client = visible_client(request, pk)
    check_can_change(signed_in(request), client)
    form = RelatedPersonForm(request.POST, prefix="person")
    if form.is_valid():
        try:
            services.save_related_person(client=client, by=signed_in(request), **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
    if form.errors:
        return _people_page(request, client, form)
    messages.success(request, "Added. Run the conflict check again: there is a new name.")
    return redirect("client-people", client.pk)


@require_POST
def person_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change somebody. Posting nothing opens the masked name in a form, and is recorded as a reveal."""
    person = _row(request, RelatedPerson, pk)
    check_can_change(signed_in(request), person.client)
    if "relation" not in request.POST:
        record(Action.REVEALED, by=request.user, target=person, fields=["date_of_birth", "name", "note"])
        names = RelatedPersonDetailForm.base_fields
        return _person_page(
            request, person, RelatedPersonDetailForm(initial={n: getattr(person, n) for n in names})
        )
    form = RelatedPersonDetailForm(request.POST)
    if form.is_valid():
        try:
            services.save_related_person(
                client=person.client, person=person, by=signed_in(request), **form.cleaned_data
            )
        except ValidationError as problem:
            add_problems(form, problem)
    if form.errors:
        return _person_page(request, person, form)
    messages.success(request, "Saved.")
    return redirect("client-people", person.client_id)


@require_POST
def person_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take somebody off the file who does not belong there."""
    person = _row(request, RelatedPerson, pk)
    services.remove_related_person(person=person, by=signed_in(request))
    messages.success(request, "Removed. The history of the file still says who stood there.")
    return redirect("client-people", person.client_id)


@require_POST
def alias_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a name off that was never the client's."""
    alias = _row(request, Alias, pk)
    services.remove_alias(alias=alias, by=signed_in(request))
    messages.success(request, "The name was removed.")
    return redirect("client-people", alias.client_id)


@require_POST
def identifier_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a number off that was never the client's."""
    identifier = _row(request, Identifier, pk)
    services.save_identifier(client=identifier.client, kind=identifier.kind, value="", by=signed_in(request))
    messages.success(request, f"The {identifier.get_kind_display()} was removed.")
    return redirect("client-people", identifier.client_id)


def _row(request: HttpRequest, model: Any, pk: UUID) -> Any:
    rows = model.objects.visible_to(signed_in(request)).select_related("client__point_of_contact")
    return get_object_or_404(rows, pk=pk)


def _of(request: HttpRequest, model: Any, client: Client) -> Any:
    """Rows of a model that belong to the client."""
    return model.objects.visible_to(signed_in(request)).filter(client=client)


def _safe_contact(request: HttpRequest, client: Client) -> SafeContact | None:
    found: SafeContact | None = _of(request, SafeContact, client).first()
    return found


def _people_page(request: HttpRequest, client: Client, form: RelatedPersonForm | None = None) -> HttpResponse:
    contact = _safe_contact(request, client)
    identifiers = list(_of(request, Identifier, client).order_by("kind"))
    aliases = list(_of(request, Alias, client).order_by("created_at"))
    held = masked_on_file(client, contact, [i.kind for i in identifiers], has_aliases=bool(aliases))
    context = {
        "reach": _reach(client, contact, held),
        "facts": [_masked_fact(client, key, label, held) for key, label in IDENTITY.items()],
        "identifiers": [
            {
                "row": row,
                "key": row.kind,
                "label": row.get_kind_display(),
                "dots": DOTS.get(row.kind, "••••••"),
            }
            for row in identifiers
        ],
        "not_on_file": [
            {"label": label, "value": no_answer(client, kind)}
            for kind, label in Identifier.Kind.choices
            if kind not in held
        ],
        "aliases": aliases,
        "people": people_rows(_of(request, RelatedPerson, client)),
        "form": form or RelatedPersonForm(prefix="person", use_required_attribute=False),
    }
    status = 422 if form is not None and form.errors else 200
    return file_page(request, "clients/people.html", client, "people", context, status)


def _person_page(request: HttpRequest, person: RelatedPerson, form: RelatedPersonDetailForm) -> HttpResponse:
    context = {"form": form, "person": person}
    return file_page(
        request, "clients/person.html", person.client, "people", context, 422 if form.errors else 200
    )


def _reach(client: Client, contact: SafeContact | None, held: set[str]) -> list[dict[str, Any]]:
    """Facts of safe contact in the shape of components/facts.html."""
    channels, voicemail = dict(SafeContact.Channel.choices), dict(SafeContact.Voicemail.choices)
    rows: list[dict[str, Any]] = [_fact(client, contact, "channel", "Reach by", channels)]
    rows += [_masked_fact(client, key, label, held) for key, label in CONTACT.items()]
    rows += [
        _fact(client, contact, "hours", "Safe hours"),
        _fact(client, contact, "voicemail", "Voicemail", voicemail),
        _fact(client, contact, "say_you_are", "Say you are"),
        _fact(client, contact, "never", "Never use"),
    ]
    return rows


def _fact(
    client: Client, contact: SafeContact | None, key: str, label: str, words: dict[Any, Any] | None = None
) -> dict[str, Any]:
    value = opened(contact, key) if contact is not None else ""
    return {"label": label, "value": (words or {}).get(value, value) or no_answer(client, key)}


def _masked_fact(client: Client, key: str, label: str, held: set[str]) -> dict[str, Any]:
    if key not in held:
        return {"label": label, "value": no_answer(client, key)}
    return {"label": label, "mask": {"key": key, "label": f"Show {label.lower()}"}}


def no_answer(client: Client, question: str) -> str:
    """The words for a question that has no value: not asked, declined, does not know."""
    return str(Answer(client.answers.get(question, Answer.NOT_ASKED)).label)


# --- Reveals --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One masked value that is about to be opened: `row` and `field` for the log, then how it reads."""

    label: str
    row: Model
    field: str
    read: Callable[[], str]
    long: bool = False


@require_POST
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one masked value on a page of its own, after the look was recorded.

    `reveal` names it: a field of the intake, an identifier, `person-<id>` or `passage-<id>`. Answers with
    the page itself and no redirect, so that the value stands in this one response: it is in no session,
    no address and no log.
    """
    client = visible_client(request, pk)
    asked = _asked(request, client, request.POST.get("reveal", ""))
    record(Action.REVEALED, by=request.user, target=asked.row, fields=[asked.field])
    context = {
        "label": asked.label,
        "value": asked.read(),
        "long": asked.long,
        "contact_rules": _contact_rules(asked.row) if isinstance(asked.row, SafeContact) else None,
        "back": _back(request, client),
    }
    return file_page(request, "clients/reveal.html", client, "reveal", context)


def _asked(request: HttpRequest, client: Client, key: str) -> Asked:
    """What the key of a mask stands for; 404 where the file holds no such value."""
    kind, _, number = key.partition("-")
    if kind == "person" and (person := _by_id(request, RelatedPerson, client, number)):
        return Asked(
            f"{person.get_relation_display()}: name", person, "name", partial(opened, person, "name")
        )
    if kind == "passage" and (passage := _by_id(request, Passage, client, number)):
        check_can_read_statement(signed_in(request), client)
        read = partial(opened, passage, "text")
        return Asked(f"Passage {passage.number}", passage, "text", read, long=True)
    if key in Identifier.Kind.values:
        identifier = _of(request, Identifier, client).filter(kind=key).first()
        if identifier is not None:
            return Asked(identifier.get_kind_display(), identifier, key, partial(opened, identifier, "value"))
    if key in CONTACT:
        contact = _safe_contact(request, client)
        if contact is not None and getattr(contact, f"{key}_sealed") is not None:
            return Asked(CONTACT[key], contact, key, partial(opened, contact, key))
    if key == "aliases":
        aliases = list(_of(request, Alias, client).order_by("created_at"))
        if aliases:
            return Asked(
                IDENTITY[key], client, key, lambda: "\n".join(opened(alias, "name") for alias in aliases)
            )
    if key in {"legal_name", "date_of_birth"} and getattr(client, f"{key}_sealed") is not None:
        return Asked(IDENTITY[key], client, key, lambda: _words(opened(client, key)))
    raise Http404


def _contact_rules(contact: SafeContact) -> dict[str, str]:
    """What to mind before using a way to reach the client."""
    return {name: opened(contact, name) for name in ("never", "hours", "say_you_are")}


def _words(value: str | date) -> str:
    return f"{value:%B} {value.day}, {value.year}" if isinstance(value, date) else value


def _by_id(request: HttpRequest, model: Any, client: Client, number: str) -> Any:
    try:
        return _of(request, model, client).filter(pk=UUID(number)).first()
    except ValueError:
        return None


def _back(request: HttpRequest, client: Client) -> str:
    """The page of this site from which the value was asked for, else the file."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc == request.get_host():
        try:
            match = resolve(before.path)
        except Resolver404:
            return client.get_absolute_url()
        if match.url_name != "client-reveal":
            return before.path
    return client.get_absolute_url()
