"""The record: charges with their tie, evidence and screening; charges typed in by hand."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from audit.services import Action, record
from clients.forms import add_problems
from clients.frame import file_context, opened
from clients.models import Client
from records.forms import ChargeForm, NewChargeForm
from records.models import Arrest, Charge, NexusEvidence, RapSheet, RecordEvent
from records.permissions import check_can_review
from records.queries import nexus_counts
from records.services import add_charge, change_charge, screen_charges
from records.services.courts import agency_words
from records.views.words import day, level_words, plain_words, screened, standing_words

SHOWN = (
    ("", "All", "all"),
    ("yes", "Tied", "yes"),
    ("no", "Not tied", "no"),
    ("not_reviewed", "Not reviewed", "not_reviewed"),
)
# Numbers, names and the text of a sheet are not on this page, so their columns are not even loaded.
UNSHOWN_ARREST = ("number_sealed", "name_on_record_sealed")
UNSHOWN_SHEET = ("text_sealed", "reading_sealed", "settled_sealed")


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Charges and what reaches them, by arrest; `?show=` yes, no or not_reviewed filters them."""
    user: User = request.user  # type: ignore[assignment]
    client = get_object_or_404(Client.objects.visible_to(user), pk=pk)
    today = timezone.localdate()
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in Charge.Nexus.values else ""
    evidence = (
        NexusEvidence.objects.visible_to(user)
        .select_related("passage", "document")
        .defer("passage__text_sealed")
    )
    charges = (
        Charge.objects.visible_to(user)
        .filter(client=client)
        .select_related("arrest", "nexus_by")
        .defer("case_number_sealed", *(f"arrest__{name}" for name in UNSHOWN_ARREST))
        .prefetch_related(Prefetch("evidence", queryset=evidence))
    )
    if chosen:
        charges = charges.filter(nexus=chosen)
    rows = list(charges)
    record(Action.SEEN, by=user, target=client, kind="record", shown=[charge.pk for charge in rows])
    findings = screen_charges(rows, today)
    counts = nexus_counts(client)
    context = file_context(request, client, "record") | {
        "today": today,
        "sheets": RapSheet.objects.visible_to(user)
        .filter(client=client)
        .select_related("imported_by")
        .defer(*UNSHOWN_SHEET),
        "groups": [
            {"title": group_words(arrest), "charges": [_row(charge, findings[charge.pk]) for charge in found]}
            for arrest, found in groupby(rows, key=lambda charge: charge.arrest)
        ],
        "counts": counts,
        "links": [
            {
                "label": label,
                "count": counts[name],
                "url": f"?show={word}" if word else "?",
                "current": word == chosen,
            }
            for word, label, name in SHOWN
        ],
        "events": [
            {
                "label": event.type.replace("_", " ").capitalize(),
                "on": day(event.on),
                "agency": agency_words(event.agency),
            }
            for event in RecordEvent.objects.visible_to(user).filter(client=client).defer("content_sealed")
        ],
        "filtered": bool(chosen),
    }
    return render(request, "records/record.html", context)


def group_words(arrest: Arrest) -> str:
    """ "Arrest 2 · Feb 27, 2016 · Oakland PD", and where it comes from when no sheet has it."""
    parts = [f"Arrest {arrest.ordinal}", day(arrest.arrested_on), agency_words(arrest.agency)]
    if arrest.jurisdiction == "US":
        parts[0] = f"Federal arrest {arrest.ordinal}"
    if not arrest.arrested_on and not arrest.agency:
        parts.append("court case alone, no arrest on the sheet")
    if arrest.sheet_id is None:
        parts.append("typed in, not from a sheet")
    return " · ".join(part for part in parts if part)


def _row(charge: Charge, findings: list[Any]) -> dict[str, Any]:
    level = level_words(charge.severity or charge.level)
    source = f"lines {charge.lines}" if charge.lines else ""
    return {
        "charge": charge,
        "plain": plain_words(charge.code, charge.section, charge.description),
        "sub": ", ".join(part for part in (level, source) if part).capitalize(),
        "result": standing_words(charge),
        "court": ", ".join(part for part in (agency_words(charge.court), charge.county) if part),
        "reason": opened(charge, "nexus_reason"),
        "chips": [_chip(evidence) for evidence in charge.evidence.all()],
        "results": screened(findings),
    }


def _chip(evidence: NexusEvidence) -> dict[str, str]:
    if evidence.passage is not None:
        return {"label": f"Passage {evidence.passage.number}", "icon": "quote"}
    return {"label": opened(evidence.document, "title"), "icon": "doc"}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Type in a charge, on an arrest on file or a new one."""
    user: User = request.user  # type: ignore[assignment]
    client = get_object_or_404(Client.objects.visible_to(user), pk=pk)
    check_can_review(user, client)
    form = NewChargeForm(request.POST if request.method == "POST" else None, client=client)
    if form.is_bound and form.is_valid():
        arrest = form.cleaned_data["arrest"]
        try:
            charge = add_charge(
                client=client,
                by=user,
                arrest=arrest,
                new_arrest=None if arrest else form.arrest_values(),
                charge=form.charge_values(),
                result=form.result_values(),
            )
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, f"Charge {charge.number} added.")
            return redirect("client-record", pk=client.pk)
    record(Action.SEEN, by=user, target=client, kind="record")
    context = file_context(request, client, "record") | {
        "form": form,
        "title": "Add a charge",
        "button": "Add charge",
    }
    return render(request, "records/charge_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a charge right, or add what a court did since."""
    user: User = request.user  # type: ignore[assignment]
    charge = get_object_or_404(Charge.objects.visible_to(user).select_related("client", "arrest"), pk=pk)
    check_can_review(user, charge.client)
    names = ("code", "section", "description", "level", "attempted", "court", "county")
    form = ChargeForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(charge, name) for name in names}
        | {"case_number": opened(charge, "case_number")},
    )
    if form.is_bound and form.is_valid():
        try:
            change_charge(charge=charge, by=user, result=form.result_values(), **form.charge_values())
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, f"Charge {charge.number} is up to date.")
            return redirect(charge)
    record(Action.SEEN, by=user, target=charge)
    context = file_context(request, charge.client, "record") | {
        "form": form,
        "charge": charge,
        "title": f"Correct charge {charge.number}",
        "button": "Save charge",
    }
    return render(request, "records/charge_form.html", context, status=422 if form.is_bound else 200)
