"""One charge: the decision on its tie, what it leans on, and what each statute says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from audit.services import Action, record
from clients.forms import add_problems
from clients.frame import file_context, opened
from clients.permissions import can_read_statement
from records.forms import EvidenceForm, NexusForm, passage_words
from records.models import Charge, Disposition, NexusEvidence
from records.permissions import can_review, check_can_review
from records.queries import nexus_counts
from records.services import decide_nexus, decisions_on, link_document, screen_charges, unlink
from records.services.courts import agency_words
from records.views.record import group_words
from records.views.words import explained, level_words, plain_words, result_words, sentence_words


def _charge(request: HttpRequest, pk: UUID) -> Charge:
    user: User = request.user  # type: ignore[assignment]
    visible = Charge.objects.visible_to(user).select_related("client", "arrest", "nexus_by")
    charge: Charge = get_object_or_404(
        visible.prefetch_related("evidence__passage", "evidence__document"), pk=pk
    )
    return charge


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The charge; posting records the decision and goes on to the next charge without one."""
    charge = _charge(request, pk)
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        check_can_review(user, charge.client)
        form = NexusForm(request.POST, charge=charge, may_read=can_read_statement(user, charge.client))
        if form.is_valid():
            found = form.cleaned_data
            try:
                decide_nexus(
                    charge=charge,
                    nexus=form.decision,
                    by=user,
                    reason=found["reason"],
                    basis=found["basis"],
                    passages=found["passages"],
                    facts=form.facts(),
                )
            except ValidationError as problem:
                add_problems(form, problem)
            else:
                messages.success(request, f"Charge {charge.number}: decision recorded.")
                following = _next_open(charge, user) if "go_on" in request.POST else None
                return redirect(following or charge)
    else:
        wanted = request.GET.get("nexus", "")
        chosen = {"nexus": wanted} if wanted in {"yes", "no", "open"} else {}
        may_read = can_read_statement(user, charge.client)
        form = NexusForm(charge=charge, may_read=may_read, initial=chosen)
    return _render(request, charge, form, EvidenceForm(charge=charge))


@require_POST
def add_evidence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lean on a document."""
    charge = _charge(request, pk)
    user: User = request.user  # type: ignore[assignment]
    check_can_review(user, charge.client)
    form = EvidenceForm(request.POST, charge=charge)
    if form.is_valid():
        try:
            link_document(charge=charge, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Linked.")
            return redirect(f"{charge.get_absolute_url()}#evidence")
    may_read = can_read_statement(user, charge.client)
    return _render(request, charge, NexusForm(charge=charge, may_read=may_read), form)


@require_POST
def remove_evidence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop leaning on a passage or document."""
    user: User = request.user  # type: ignore[assignment]
    evidence = get_object_or_404(
        NexusEvidence.objects.visible_to(user).select_related("client", "charge"), pk=pk
    )
    check_can_review(user, evidence.client)
    unlink(evidence=evidence, by=user)
    messages.success(request, "Unlinked. That it was linked stays in the history.")
    return redirect(f"{evidence.charge.get_absolute_url()}#evidence")


def _next_open(charge: Charge, user: User) -> Charge | None:
    """The next charge that nobody decided, after this one and around."""
    rows = list(
        Charge.objects.visible_to(user)
        .filter(client=charge.client_id)
        .select_related("arrest")
        .only("id", "nexus", "ordinal", "arrest__ordinal")
    )
    place = next((i for i, row in enumerate(rows) if row.pk == charge.pk), 0)
    return next(
        (row for row in rows[place + 1 :] + rows[:place] if row.nexus == Charge.Nexus.NOT_REVIEWED), None
    )


def _neighbours(charge: Charge, user: User) -> tuple[Charge | None, Charge | None]:
    rows = list(
        Charge.objects.visible_to(user)
        .filter(client=charge.client_id)
        .select_related("arrest")
        .only("id", "ordinal", "arrest__ordinal")
    )
    place = next(i for i, row in enumerate(rows) if row.pk == charge.pk)
    return (rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None)


def _render(
    request: HttpRequest, charge: Charge, form: NexusForm, evidence_form: EvidenceForm
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    record(Action.SEEN, by=user, target=charge)
    today = timezone.localdate()
    counts = nexus_counts(charge.client)
    before, after = _neighbours(charge, user)
    may_read = can_read_statement(user, charge.client)
    context: dict[str, Any] = file_context(request, charge.client, "record") | {
        "charge": charge,
        "form": form,
        "evidence_form": evidence_form,
        "may_review": can_review(user, charge.client),
        "may_read": may_read,
        "reason": opened(charge, "nexus_reason"),
        "group": group_words(charge.arrest),
        "plain": plain_words(charge.code, charge.section, charge.description),
        "facts": _facts(charge),
        "results": [
            {
                "words": result_words(row.type, row.on),
                "note": ", ".join(filter(None, (level_words(row.severity), sentence_words(row.sentence)))),
            }
            for row in Disposition.objects.visible_to(user).filter(charge=charge)
        ],
        "evidence": [
            {
                "pk": row.pk,
                "label": passage_words(row.passage, may_read=may_read)
                if row.passage
                else opened(row.document, "title"),
                "icon": "quote" if row.passage else "doc",
                "url": row.document.get_absolute_url() if row.document else "",
                "kind": row.get_kind_display(),
                "official": row.kind in NexusEvidence.OFFICIAL,
            }
            for row in charge.evidence.all()
        ],
        "findings": explained(screen_charges([charge], today)[charge.pk]),
        "decisions": decisions_on(charge),
        "counts": counts,
        "reviewed": counts["all"] - counts["not_reviewed"],
        "before": before,
        "after": after,
        "today": today,
    }
    return render(
        request, "records/nexus.html", context, status=422 if form.is_bound or evidence_form.is_bound else 200
    )


def _facts(charge: Charge) -> list[dict[str, str]]:
    """What the record says of the charge; a value that is not there says so."""
    found = (
        ("As charged", ", ".join(filter(None, (charge.citation, charge.description)))),
        ("Level charged", level_words(charge.level).capitalize()),
        ("Level now", level_words(charge.severity).capitalize()),
        ("Court", ", ".join(filter(None, (agency_words(charge.court), charge.county)))),
        ("Case number", opened(charge, "case_number")),
        ("Stands as", charge.get_kind_display()),
    )
    return [{"label": label, "value": value or "Not on file"} for label, value in found]
