"""The papers of a petition: what is missing, what they say, drafts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from audit.services import Action, record
from cases import services
from cases.forms.papers import ChecksForm, FactsForm
from cases.law import statute_paper, warning_words
from cases.models import Petition
from cases.models.petitions import Stage
from cases.services.papers import KINDS, SIGNED_PAPERS, desk
from cases.stages import InvalidTransition
from cases.views.common import crumbs, petition_or_404, user_of
from clients.frame import file_context
from clients.permissions import check_can_change, check_can_file
from clients.views.pages import sentences


@require_http_methods(["GET", "HEAD", "POST"])
def petition_papers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What stops signing, what is left blank, what the papers say; saving writes what counsel says."""
    petition, user = petition_or_404(request, pk), user_of(request)
    paper = statute_paper(petition.statute)
    status = 200
    facts = FactsForm(initial=petition.known.get("said", {}), paper=paper)
    if request.method == "POST":
        check_can_change(user, petition.client)
        facts = FactsForm(request.POST, paper=paper)
        if facts.is_valid():
            try:
                services.say(petition=petition, said=facts.cleaned_data, by=user)
            except InvalidTransition as refused:
                facts.add_error(None, str(refused))
            else:
                messages.success(request, "Saved. Draft the papers again to print it.")
                return redirect("petition-papers", pk=petition.pk)
        status = 422
    return _page(request, petition, facts=facts, status=status)


def _page(
    request: HttpRequest,
    petition: Petition,
    *,
    facts: FactsForm,
    checks: ChecksForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = user_of(request)
    record(Action.SEEN, by=user, target=petition, kind="papers")
    shown = desk(petition=petition, by=user)
    done, draft = petition.known.get("checks", {}), petition.stage == Stage.DRAFT
    context = file_context(request, petition.client, "petitions")
    rights = context["rights"]
    context |= {
        "petition": petition,
        "paper": statute_paper(petition.statute),
        "desk": shown,
        "facts": facts,
        "checks": checks
        or ChecksForm(initial={"checked": list(done), "note": petition.known.get("records_note", "")}),
        "confirmed": [{"words": code, **entry} for code, entry in done.items()],
        "warnings": warning_words(),
        "kinds": [
            _kind(key, label, shown.versions.get(key, []), rights, draft) for key, label in KINDS.items()
        ],
        "draft": draft,
        "crumbs": crumbs(petition, "Papers"),
    }
    return render(request, "cases/petition_papers.html", context, status=status)


def _kind(key: str, label: str, versions: list[Any], rights: dict[str, bool], draft: bool) -> dict[str, Any]:
    may = rights["change_client"] and (key != "declaration" or rights["view_statement"])
    return {
        "key": key,
        "label": label,
        "newest": versions[0] if versions else None,
        "older": versions[1:],
        "may": may and (draft or key not in SIGNED_PAPERS),
        "signed": not draft and key in SIGNED_PAPERS,
    }


@require_POST
def petition_checks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Counsel of record confirms what only a person can know."""
    petition, user = petition_or_404(request, pk), user_of(request)
    check_can_file(user, petition.client)
    form = ChecksForm(request.POST)
    if form.is_valid():
        today = timezone.localdate()
        try:
            services.confirm_checks(petition=petition, by=user, today=today, **form.cleaned_data)
        except InvalidTransition as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "Your confirmations are on file.")
        return redirect("petition-papers", pk=petition.pk)
    facts = FactsForm(initial=petition.known.get("said", {}), paper=statute_paper(petition.statute))
    return _page(request, petition, facts=facts, checks=form, status=422)


@require_POST
def petition_draft(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Draft one paper as the next version of its kind."""
    petition, user = petition_or_404(request, pk), user_of(request)
    if kind not in KINDS:
        raise Http404
    try:
        document = services.draft_paper(petition=petition, kind=kind, by=user)
    except InvalidTransition as refused:
        messages.error(request, str(refused))
    except ValidationError as refused:
        messages.error(request, sentences(refused))
    else:
        messages.success(request, f"{KINDS[kind]}, version {document.version}, is drafted and sealed.")
    return redirect("petition-papers", pk=petition.pk)
