"""Record what happened to a petition: one page an act, and only the acts its stage allows."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from audit.services import Action, record
from cases import services
from cases.forms.acts import FORMS, ActForm, CopyForm, DecideForm, HearingCorrectionForm, ReviseForm
from cases.forms.dates import ReceiptForm
from cases.law import warning_words
from cases.models import Hearing, Petition, Service
from cases.models.petitions import Stage
from cases.permissions import check_may
from cases.services.paper_stops import stops
from cases.stages import ACTS, InvalidTransition, acts_of
from cases.views.common import bound, crumbs, petition_or_404, user_of
from clients.forms import add_problems
from clients.frame import file_context, opened
from clients.permissions import check_can_change

NOTHING = {
    "heard": "No hearing is ahead. Record first that one was set.",
    "hearing": "Every charge is decided: nothing is left to be heard.",
    "decide": "Every charge is decided. Correct what the court decided if it was entered wrongly.",
}
"""Why an act that its stage allows makes no sense for a petition."""
DONE = {"revise": "Corrected. The agencies and dates follow from what stands now."}
"""What is said after an act whose label is no event."""


@require_safe
def petition_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The acts that are possible now; those of counsel say so to others."""
    petition, user = petition_or_404(request, pk), user_of(request)
    record(Action.SEEN, by=user, target=petition)
    context = file_context(request, petition.client, "petitions")
    context |= {
        "petition": petition,
        "acts": [{"act": act, "may": context["rights"][act.right]} for act in acts_of(petition)],
        "crumbs": crumbs(petition, "Record what happened"),
    }
    return render(request, "cases/petition_record.html", context)


def _perform(act: str, petition: Petition, form: ActForm, by: User) -> None:
    """Call the service of an act with what the form holds."""
    found: dict[str, Any] = dict(form.cleaned_data)
    today = timezone.localdate()
    if isinstance(form, DecideForm):
        decide: Any = services.record_decision
        if isinstance(form, ReviseForm):
            decide = partial(services.revise_decision, earlier=form.earlier_days())
        decide(
            petition=petition, results=form.results(), on=found["on"], comply_by=found["comply_by"],
            note=found["note"], by=by, today=today,
        )  # fmt: skip
    elif act == "hearing":
        services.set_hearing(petition=petition, by=by, **found)
    elif act == "heard":
        services.record_hearing(by=by, today=today, **found)
    elif act == "answer":
        came = found.pop("opposed")
        services.record_answer(
            petition=petition, opposed=came == "yes", silent=came == "silent", by=by, today=today, **found
        )
    elif act == "withdraw":
        services.withdraw(petition=petition, on=found["on"], note=found["note"], by=by, today=today)
    else:
        if isinstance(form, CopyForm):
            found["copy"] = found["copy"] or None
        call: Any = {
            "sign": services.sign,
            "file": services.file,
            "serve": services.record_service,
            "correct": services.correct,
        }[act]
        call(petition=petition, by=by, today=today, **found)


@require_http_methods(["GET", "HEAD", "POST"])
def petition_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """The form of one act. 403 with the reason for a person who may not record it."""
    petition, user = petition_or_404(request, pk), user_of(request)
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    check_may(user, petition, chosen)
    if petition.stage not in chosen.stages:
        messages.error(
            request,
            f"“{chosen.label}” cannot be recorded while the petition stands at "
            f"“{petition.get_stage_display()}”.",
        )
        return redirect("petition-record", pk=petition.pk)
    if chosen not in acts_of(petition):
        messages.error(request, NOTHING[act])
        return redirect("petition-record", pk=petition.pk)
    form = FORMS[act](petition=petition)
    standing = stops(petition=petition, today=timezone.localdate()) if act == "sign" else []
    status = 200
    if request.method == "POST":
        form = bound(FORMS[act], request, petition=petition)
        if form.is_valid():
            try:
                _perform(act, petition, form, user)
            except InvalidTransition as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                add_problems(form, error)
            else:
                messages.success(
                    request, DONE.get(act) or f"Recorded: {chosen.label[0].lower()}{chosen.label[1:]}."
                )
                return redirect("petition", pk=petition.pk)
        status = 422
    record(Action.SEEN, by=user, target=petition)
    context = file_context(request, petition.client, "petitions") | {
        "petition": petition,
        "act": chosen,
        "form": form,
        "standing": standing,
        "crumbs": crumbs(petition, chosen.label),
        "back": Stage(petition.stage).label,
        "ends": act == "withdraw",
        "reminders": warning_words() if act == "sign" else {},
    }
    return render(request, "cases/petition_act.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def service_received(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A recipient has the petition: the second of the two facts."""
    user = user_of(request)
    service = get_object_or_404(
        Service.objects.visible_to(user).select_related("petition__client", "petition__court", "recipient"),
        pk=pk,
    )
    check_can_change(user, service.petition.client)
    form = ReceiptForm(request.POST or None, initial={"received_on": service.received_on})
    status = 200
    if request.method == "POST":
        form = ReceiptForm(request.POST)
        if form.is_valid():
            try:
                services.record_receipt(
                    service=service, by=user, today=timezone.localdate(), **form.cleaned_data
                )
            except InvalidTransition as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                add_problems(form, error)
            else:
                messages.success(request, "The receipt is on file.")
                return redirect("petition", pk=service.petition_id)
        status = 422
    record(Action.SEEN, by=user, target=service)
    context = file_context(request, service.petition.client, "petitions") | {
        "petition": service.petition,
        "title": f"Receipt by {service.recipient}",
        "sub": "Sent and received are two facts. A prosecutor’s receipt starts the answer time.",
        "save": "Record the receipt",
        "form": form,
        "crumbs": crumbs(service.petition, "Receipt"),
    }
    return render(request, "cases/simple_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def hearing_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A hearing that was entered wrongly: correct it or take it off, with the reason."""
    user = user_of(request)
    hearing = get_object_or_404(
        Hearing.objects.visible_to(user).select_related("petition__client", "petition__court", "court"), pk=pk
    )
    petition = hearing.petition
    check_can_change(user, petition.client)
    names = ("starts_at", "outcome", "department", "judge", "client_appears", "interpreter_booked")
    now = {name: getattr(hearing, name) for name in names} | {"issue": opened(hearing, "issue")}
    form, status = HearingCorrectionForm(petition=petition, hearing=hearing, initial=now), 200
    if request.method == "POST":
        form = HearingCorrectionForm(request.POST, petition=petition, hearing=hearing)
        if form.is_valid():
            try:
                services.correct_hearing(
                    hearing=hearing, by=user, today=timezone.localdate(), **form.cleaned_data
                )
            except InvalidTransition as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                add_problems(form, error)
            else:
                messages.success(request, "The hearing is corrected.")
                return redirect("petition", pk=petition.pk)
        status = 422
    record(Action.SEEN, by=user, target=hearing)
    context = file_context(request, petition.client, "petitions") | {
        "petition": petition,
        "title": "Correct a hearing",
        "sub": "The old entry stays in the history, with your reason.",
        "save": "Correct it",
        "form": form,
        "crumbs": crumbs(petition, "Correct a hearing"),
    }
    return render(request, "cases/simple_form.html", context, status=status)
