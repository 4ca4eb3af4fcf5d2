"""Record what happened to a T visa or to a relative's case, and correct a stage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clients.forms import add_problems
from clients.frame import opened
from clients.permissions import check_can_change
from clients.views.pages import file_page, signed_in
from visas import services
from visas.forms import CorrectForm, EventForm
from visas.models import FamilyMember, TVisa
from visas.permissions import check_can_correct_stage
from visas.services.stages import MILESTONES, NOTICE_EVENTS, ConfirmFirst
from visas.showing import offers_of
from visas.stages import InvalidTransition, Transition, machine
from visas.views.common import PLACE, draw_form, visible_row, visible_visa
from visas.working import facts_of, machine_key

METHODS = ["GET", "HEAD", "POST"]


@require_safe
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that may happen from the stage the T visa is in."""
    return _choose(request, visible_visa(request, pk), None)


@require_safe
def choose_relative(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that may happen from the stage a relative's case is in."""
    person = visible_row(request, FamilyMember, pk)
    return _choose(request, person.visa, person)


@require_http_methods(METHODS)
def event(request: HttpRequest, pk: UUID, event: str, to: str) -> HttpResponse:
    """The dates of one move, and the move itself."""
    return _event(request, visible_visa(request, pk), None, event, to)


@require_http_methods(METHODS)
def event_relative(request: HttpRequest, pk: UUID, event: str, to: str) -> HttpResponse:
    """The same for a relative."""
    person = visible_row(request, FamilyMember, pk)
    return _event(request, person.visa, person, event, to)


@require_http_methods(METHODS)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a stage that was recorded wrongly, with the reason."""
    return _correct(request, visible_visa(request, pk), None)


@require_http_methods(METHODS)
def correct_relative(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same for a relative."""
    person = visible_row(request, FamilyMember, pk)
    return _correct(request, person.visa, person)


def _choose(request: HttpRequest, visa: TVisa, person: FamilyMember | None) -> HttpResponse:
    check_can_change(signed_in(request), visa.client)
    chosen = machine(machine_key(person))
    context = {
        "visa": visa,
        "person": person,
        "name": opened(person, "name") if person else "",
        "stage": chosen.state((person or visa).stage).label,
        "offers": offers_of(visa, person, timezone.localdate()),
    }
    return file_page(request, "visas/choose.html", visa.client, PLACE, context)


def _event(
    request: HttpRequest, visa: TVisa, person: FamilyMember | None, event: str, to: str
) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    check_can_change(user, visa.client)
    move = _known_move(person, event, to)
    known = facts_of(visa, person, today)
    known = {"status_end_date": known["status_end_date"], "due_date": known["due_date"]}
    if move.event == "extension_granted":
        known = {}
    if move.event == "receipt_notice" and person is None:
        known = {"received_date": visa.received_on}
    form = EventForm(request.POST if request.method == "POST" else None, move=move, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            _record(request, visa, person, move, form.cleaned_data)
        except ConfirmFirst as first:
            form.ask(first.reason)
        except ValidationError as problem:
            add_problems(form, problem)
        except InvalidTransition as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Recorded: {move.label}.")
            return redirect(visa)
    label = machine(machine_key(person)).state(to).label
    whose = f"{opened(person, 'name')}: " if person else ""
    return draw_form(
        request,
        visa,
        form,
        title=f"{whose}{move.label}",
        save="Record it",
        intro=f"The stage becomes “{label}”.",
        guard=move.guard,
        note=move.note,
    )


def _known_move(person: FamilyMember | None, event: str, to: str) -> Transition:
    """A move the machine has from some stage; whether it has it from this one is asked when it is made."""
    for move in machine(machine_key(person)).transitions:
        if (move.event, move.to) == (event, to) and event not in NOTICE_EVENTS:
            return move
    raise Http404


def _record(
    request: HttpRequest, visa: TVisa, person: FamilyMember | None, move: Transition, typed: dict[str, Any]
) -> None:
    """Record the move. What a guard asks counts as confirmed when just these words were ticked."""
    words: dict[str, Any] = {
        "visa": visa,
        "person": person,
        "event": move.event,
        "to": move.to,
        "dates": {key: typed.get(key) for key in move.dates if key != "receipt_number"},
        "receipt_number": typed.get("receipt_number", ""),
        "note": typed.get("note", ""),
        "by": signed_in(request),
        "today": timezone.localdate(),
    }
    try:
        services.record_event(**words)
    except ConfirmFirst as first:
        ticked = request.POST.get("confirmed") == "on"
        if not ticked or request.POST.get("confirms") != first.reason:
            raise
        services.record_event(**words, confirmed=True)


def _correct(request: HttpRequest, visa: TVisa, person: FamilyMember | None) -> HttpResponse:
    user = signed_in(request)
    check_can_correct_stage(user, visa.client)
    form = CorrectForm(request.POST if request.method == "POST" else None, visa=visa, person=person)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.correct_stage(
                visa=visa,
                person=person,
                to=typed["to"],
                reason=typed["reason"],
                milestones=None if person else {name: typed[name] for name in MILESTONES},
                by=user,
                today=timezone.localdate(),
            )
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Corrected. The reason is kept in the history.")
            return redirect(visa)
    whose = f" of {opened(person, 'name')}" if person else ""
    intro = "For mistakes only. What happens in the case is recorded with “Record what happened”."
    return draw_form(request, visa, form, title=f"Correct the stage{whose}", save="Correct it", intro=intro)
