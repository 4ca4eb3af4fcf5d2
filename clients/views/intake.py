"""Intake on one screen: saved as it is typed, with or without script, and ended by a decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from audit.services import Action, record
from clients import services
from clients.forms import (
    LANGUAGES,
    DecisionForm,
    IntakeForm,
    RelatedPersonForm,
    StartForm,
    add_problems,
    masked_on_file,
)
from clients.frame import opened, reported
from clients.models import Alias, Client, ConflictCheck, Identifier, RelatedPerson, SafeContact
from clients.permissions import check_can_change, check_does_casework, rights_on
from clients.services import Hit
from clients.views.pages import file_page, people_rows, signed_in, visible_client
from clients.views.waiting import StillReading, patient, step_by_step, way_on
from vault import datakeys
from vault.errors import VaultError

NOT_COMPARED = (
    "The conflict check was not run: a name cannot be opened, and the check would pass over somebody. "
    "It is reported; ask the administrator to restore it."
)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first card: the name to use. Posting it opens the file."""
    user = signed_in(request)
    check_does_casework(user)
    form = StartForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            client = services.start_intake(
                name_used=form.cleaned_data["name_used"],
                worker=form.cleaned_data.get("worker"),
                by=user,
                today=timezone.localdate(),
            )
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            return redirect("intake", client.pk)
    status = 422 if form.errors else 200
    return render(request, "clients/intake_start.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The whole intake. A field that changed is sent alone (`autosave`), a pressed button sends all.

    What is valid is kept even where something else is wrong; the rest comes back as typed, with 422.
    """
    client = visible_client(request, pk)
    user = signed_in(request)
    if request.method != "POST":
        return _page(request, client)
    check_can_change(user, client)
    form = _form(user, client, request.POST)
    form.is_valid()
    if autosave := request.POST.get("autosave"):
        return _autosave(request, client, form, autosave)
    person_form = RelatedPersonForm(
        request.POST, prefix="person", empty_permitted=True, use_required_attribute=False
    )
    values, replies = form.given()
    added = False
    try:
        client = services.save_intake(client=client, by=user, values=values, replies=replies)
        if person_form.is_valid() and person_form.has_changed():
            services.save_related_person(client=client, by=user, **person_form.cleaned_data)
            added = True
    except ValidationError as problem:
        add_problems(form, problem)
    if form.errors or person_form.errors:
        # A person who is on file now is not drawn again as typed: the next press would add them twice.
        return _page(request, client, form=form, person_form=None if added else person_form)
    return _go_on(request, client)


def _go_on(request: HttpRequest, client: Client) -> HttpResponseBase:
    address = reverse("intake", args=[client.pk])
    match request.POST.get("go_on"):
        case "check":
            return _run(request, client)
        case "person":
            return redirect(f"{address}#people")
        case "1":
            messages.success(request, f"Saved {_now()}.")
            return redirect(address)
        case _:
            return redirect(client)


def _autosave(request: HttpRequest, client: Client, form: IntakeForm, name: str) -> HttpResponse:
    """Keep one field and draw it again, with the time it was saved or with what is wrong."""
    if name not in form.questions():
        raise PermissionDenied("This is not a question of the intake.")
    wrong = name in form.errors
    if not wrong:
        values, replies = form.given(only=[name])
        try:
            services.save_intake(client=client, by=signed_in(request), values=values, replies=replies)
        except ValidationError as problem:
            form.add_error(name, problem)
            wrong = True
    note = f"Not saved: look at “{form[name].label}”." if wrong else f"Saved {_now()}."
    context = {"field": form[name], "client": client, "on_file": name in form.on_file, "saved": note}
    return render(request, "clients/_answer_saved.html", context, status=422 if wrong else 200)


@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the client on, or not."""
    client = visible_client(request, pk)
    check_can_change(signed_in(request), client)
    accept = {"1": True, "0": False}.get(request.POST.get("accept", ""))
    if accept is None:
        return _page(request, client, problems=["Say whether the client is taken on."])
    try:
        services.take_on(client=client, by=signed_in(request), accept=accept)
    except ValidationError as problem:
        return _page(request, client, problems=problem.messages)
    messages.success(
        request, "Taken on. The file is open." if accept else "Not taken on. The file is closed."
    )
    return redirect(client)


@require_POST
def conflict_run(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Run the conflict check on every name and number of the file."""
    return _run(request, visible_client(request, pk))


def _run(request: HttpRequest, client: Client) -> HttpResponseBase:
    after = f"{reverse('intake', args=[client.pk])}#conflict"
    work = services.checking(client=client, by=signed_in(request))
    try:
        patient(work)
    except VaultError as error:
        reported(error, client=client.pk)
        return _page(request, client, problems=[NOT_COMPARED])
    except StillReading:

        def broken(error: Exception) -> str:
            if not isinstance(error, VaultError):
                raise error
            reported(error)
            return render_to_string("clients/_reading_failed.html", {"text": NOT_COMPARED, "address": after})

        return step_by_step(
            request,
            work,
            template="clients/conflict_reading.html",
            context={"client": client},
            last=lambda _check: way_on(after, "See what was found"),
            broken=broken,
        )
    return redirect(after)


@require_POST
def conflict_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was decided on the hits of a check."""
    user = signed_in(request)
    checks = ConflictCheck.objects.visible_to(user)
    check = get_object_or_404(checks.select_related("client__point_of_contact"), pk=pk)
    services.check_can_settle_conflicts(user, check.client)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            services.decide_conflict(check=check, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
    if form.errors:
        return _page(request, check.client, decision_form=form)
    messages.success(request, "The decision on the conflict check is kept.")
    return redirect(f"{reverse('intake', args=[check.client_id])}#conflict")


# --- What the page shows --------------------------------------------------------------------------


def _form(user: User, client: Client, data: Any = None, *, read_only: bool = False) -> IntakeForm:
    contact = SafeContact.objects.visible_to(user).filter(client=client).first()
    kinds = Identifier.objects.visible_to(user).filter(client=client).values_list("kind", flat=True)
    has_aliases = Alias.objects.visible_to(user).filter(client=client).exists()
    on_file = masked_on_file(client, contact, kinds, has_aliases=has_aliases)
    return IntakeForm(data, client=client, contact=contact, on_file=on_file, read_only=read_only)


def _page(
    request: HttpRequest,
    client: Client,
    *,
    form: IntakeForm | None = None,
    person_form: RelatedPersonForm | None = None,
    decision_form: DecisionForm | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    user = signed_in(request)
    rights = rights_on(user, client)
    may_change = "change_client" in rights
    wrong = any(f is not None and f.errors for f in (form, person_form, decision_form)) or bool(problems)
    form = form or _form(user, client, read_only=not may_change)
    context = {
        "form": form,
        "person_form": person_form or RelatedPersonForm(prefix="person", use_required_attribute=False),
        "people": people_rows(RelatedPerson.objects.visible_to(user).filter(client=client)),
        "languages": LANGUAGES,
        "may_change": may_change,
        "may_settle": may_change or "manage_team" in rights,
        "in_intake": client.state == Client.State.INTAKE,
        "missing": services.missing_before_taking_on(client) if client.state == Client.State.INTAKE else [],
        "problems": problems,
        "name": opened(client, "name_used"),
        "today": timezone.localdate(),
        **_conflicts(client, user, decision_form),
    }
    return file_page(request, "clients/intake.html", client, "intake", context, 422 if wrong else 200)


def _conflicts(client: Client, reader: User, form: DecisionForm | None) -> dict[str, Any]:
    """The newest check with its hits as this reader may see them, and the checks before it."""
    checks = list(
        ConflictCheck.objects.visible_to(reader)
        .filter(client=client)
        .select_related("run_by", "decided_by", "client")
        .order_by("-run_at", "-pk")
    )
    broken = [
        {"what": f"A name in this file ({role})", "says": reported(error, client=client.pk)}
        for role, error in services.names_not_opened(client)
    ]
    found: dict[str, Any] = {
        "check": None,
        "earlier": [_earlier(old) for old in checks[1:]],
        "broken": broken,
    }
    if not checks:
        return found
    check = checks[0]
    try:
        checked, hits = check.names_checked, services.hits_for(check, reader)
    except VaultError as error:
        broken.append(
            {"what": "What the check compared and found", "says": reported(error, client=client.pk)}
        )
        checked, hits = {"names": []}, []
    ids = [hit.client for hit in hits if hit.client]
    files = {str(pk): other for pk, other in Client.objects.visible_to(reader).in_bulk(ids).items()}
    if files:  # the page names the people of these other files: that is a look at them
        record(Action.LISTED, by=reader, kind="conflictcheck", shown=files)
    datakeys.preload(other.pk for other in files.values())
    ask = services.whom_to_ask(reader)
    stale = services.is_stale(check)
    if stale:
        tag, kind = "Run again", "soon"
    elif check.decision != ConflictCheck.Decision.OPEN:
        tag, kind = check.get_decision_display(), _decision_kind(check)
    else:
        tag, kind = (f"{len(hits)} to settle" if hits else "Nobody found", "soon")
    return found | {
        "check": check,
        "checked": checked["names"],
        "stale": stale,
        "not_opened": checked.get("not_opened", 0),
        "cut": checked.get("cut", False),
        "conflict_tag": tag,
        "conflict_kind": kind,
        "hits": [_shown(hit, files.get(hit.client), ask) for hit in hits],
        "decision_form": form
        or DecisionForm(initial={"decision": check.decision, "note": opened(check, "note")}),
    }


def _earlier(check: ConflictCheck) -> dict[str, Any]:
    return {"check": check, "note": opened(check, "note")}


def _decision_kind(check: ConflictCheck) -> str:
    return {"clear": "done", "screened": "go", "conflict": "late"}.get(check.decision, "soon")


def _shown(hit: Hit, other: Client | None, ask: User | None) -> dict[str, Any]:
    """A hit in the shape of components/hit.html."""
    typed = (
        f"The name you typed, {hit.typed} ({hit.role})" if hit.role != "client" else f"You typed {hit.typed}"
    )
    if hit.erased:
        return {
            "title": "A file that was erased",
            "strength": "weak",
            "why": [
                {"text": f"{typed}: there was a match", "icon": "user"},
                {"text": "That file was erased for good since. Nothing of it can be opened", "icon": "x"},
            ],
        }
    if other is None:
        who = (
            {"label": f"Ask {ask}", "url": f"mailto:{ask.email}", "note": "A supervisor, who decides"}
            if ask
            else None
        )
        return {
            "walled": True,
            "strength": "possible",
            "why": [
                {"text": f"{typed}: there is a match", "icon": "user"},
                {"text": "Whose file it is, and who is in it, is not shown to you", "icon": "lock"},
            ],
            "ask": who,
        }
    part = "is a client of that file" if hit.who == "client" else f"is in that file as: {hit.who}"
    return {
        "title": f"{opened(other, 'name_used')}, {other.file_number}",
        "strength": "strong" if hit.distance == 0 else "possible" if hit.distance == 1 else "weak",
        "why": [
            {"text": f"{typed}: {hit.why}", "icon": "ear" if hit.distance else "user"},
            {"text": f"Who matched {part}; {other.get_state_display().lower()}", "icon": "users"},
        ],
    }


def _now() -> str:
    return timezone.localtime().strftime("%I:%M %p").lstrip("0").lower()
