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
from cases.forms.papers import ChecksForm, FactsForm, KeepForm, StoreForm
from cases.law import statute_paper, warning_words
from cases.models import Petition
from cases.models.petitions import Stage
from cases.services.keeping import COPIES
from cases.services.paper_stops import desk
from cases.services.paper_words import KINDS
from cases.services.papers import SIGNED_PAPERS
from cases.services.versions import Shelves, is_edited, kept_entries
from cases.stages import InvalidTransition
from cases.views.common import bound, crumbs, petition_or_404, user_of
from clients.forms import add_problems
from clients.frame import file_context
from clients.permissions import CHANGE, STATEMENT, check_can_change, check_can_file
from clients.views.pages import sentences
from documents.models import Document


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
    keep: KeepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = user_of(request)
    record(Action.SEEN, by=user, target=petition, kind="papers")
    shown = desk(petition=petition, by=user, today=timezone.localdate())
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
        "kinds": [_kind(key, label, shown.shelves, rights, draft) for key, label in KINDS.items()],
        "draft": draft,
        "stale": [
            {
                "kind": kind,
                "label": KINDS[kind],
                "version": state.newest.version,
                "changed": ", ".join(state.changed),
                "mark": state.mark,
            }
            for kind, state in shown.stale.items()
            if state.newest is not None
        ],
        "keep": keep or KeepForm(kinds=shown.stale),
        "kept": _kept(petition, shown.shelves.papers),
        "copies": copy_rows(shown.shelves.copies),
        "store": store_form(petition, rights),
        "crumbs": crumbs(petition, "Papers"),
    }
    return render(request, "cases/petition_papers.html", context, status=status)


def _kind(key: str, label: str, ready: Shelves, rights: dict[str, bool], draft: bool) -> dict[str, Any]:
    versions = ready.papers.get(key, [])
    may = rights["change_client"] and (key != "declaration" or rights["view_statement"])
    return {
        "key": key,
        "label": label,
        "newest": versions[0] if versions else None,
        "edited": bool(versions) and is_edited(versions[0]),
        "older": versions[1:],
        "later": ready.later.get(key, []),
        "may": may and (draft or key not in SIGNED_PAPERS),
        "signed": not draft and key in SIGNED_PAPERS,
    }


def _kept(petition: Petition, versions: dict[str, list[Document]]) -> list[dict[str, Any]]:
    """The papers that counsel kept as they are, while they are the newest."""
    return [
        {"label": KINDS[kind], **entries[-1]}
        for kind, entries in kept_entries(petition).items()
        if versions.get(kind) and str(versions[kind][0].pk) == entries[-1]["document"]
    ]


def copy_rows(copies: dict[str, list[Document]]) -> list[dict[str, Any]]:
    """The signed and the file-stamped copy as rows of the papers' table."""
    return [
        {"label": COPIES[copy], "newest": rows[0], "older": rows[1:], "edited": True}
        for copy, rows in copies.items()
        if rows
    ]


def store_choices(petition: Petition, rights: dict[str, bool]) -> list[tuple[str, str]]:
    """What a file may be stored as, at this stage and by this person."""
    if not rights[CHANGE]:
        return []
    draft = petition.stage == Stage.DRAFT
    papers = [
        (kind, f"{label} (Word)")
        for kind, label in KINDS.items()
        if (draft or kind not in SIGNED_PAPERS) and (kind != Document.Kind.DECLARATION or rights[STATEMENT])
    ]
    if not draft:
        papers.append(("signed", COPIES["signed"]))
    if petition.filed_on is not None:
        papers.append(("filed", COPIES["filed"]))
    return papers


def store_form(petition: Petition, rights: dict[str, bool]) -> StoreForm | None:
    """The empty form of the card; None for who may not store."""
    choices = store_choices(petition, rights)
    return StoreForm(papers=choices) if choices else None


@require_http_methods(["GET", "HEAD", "POST"])
def petition_store(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Store an edited Word file as the next version, or the signed or stamped copy."""
    petition, user = petition_or_404(request, pk), user_of(request)
    check_can_change(user, petition.client)
    context = file_context(request, petition.client, "petitions")
    choices = store_choices(petition, context["rights"])
    form, status = StoreForm(papers=choices, initial={"paper": request.GET.get("paper", "")}), 200
    if request.method == "POST":
        form = bound(StoreForm, request, papers=choices)
        if form.is_valid():
            paper, upload = form.cleaned_data["paper"], form.cleaned_data["file"]
            try:
                if paper in COPIES:
                    stored = services.store_copy(petition=petition, copy=paper, upload=upload, by=user)
                else:
                    stored = services.store_paper(petition=petition, kind=paper, upload=upload, by=user)
            except InvalidTransition as refused:
                form.add_error(None, str(refused))
            except ValidationError as refused:
                add_problems(form, refused)
            else:
                messages.success(request, f"Version {stored.version} is stored and sealed.")
                return redirect("petition-papers", pk=petition.pk)
        status = 422
    record(Action.SEEN, by=user, target=petition, kind="papers")
    context |= {
        "petition": petition,
        "title": "Store the edited file",
        "sub": "It becomes the newest version; the one before can still be opened.",
        "save": "Store the file",
        "form": form,
        "crumbs": crumbs(petition, "Papers"),
    }
    return render(request, "cases/simple_form.html", context, status=status)


@require_POST
def petition_keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Counsel of record keeps a paper that is older than a change of the record."""
    petition, user = petition_or_404(request, pk), user_of(request)
    check_can_file(user, petition.client)
    paper = statute_paper(petition.statute)
    today = timezone.localdate()
    form = KeepForm(request.POST, kinds=desk(petition=petition, by=user, today=today).stale)
    if form.is_valid():
        try:
            services.keep_papers(
                petition=petition,
                seen=form.seen(),
                note=form.cleaned_data["reason"],
                by=user,
                today=today,
            )
        except InvalidTransition as refused:
            form.add_error(None, str(refused))
        except ValidationError as refused:
            add_problems(form, refused)
        else:
            messages.success(request, "Your decision is on file.")
            return redirect("petition-papers", pk=petition.pk)
    facts = FactsForm(initial=petition.known.get("said", {}), paper=paper)
    return _page(request, petition, facts=facts, keep=form, status=422)


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
    """Draft one paper as the next version of its kind; what was typed on the page is saved first."""
    petition, user = petition_or_404(request, pk), user_of(request)
    if kind not in KINDS:
        raise Http404
    try:
        if request.POST.get("typed") and petition.stage == Stage.DRAFT:
            facts = FactsForm(request.POST, paper=statute_paper(petition.statute))
            if not facts.is_valid():
                return _page(request, petition, facts=facts, status=422)
            petition = services.say(petition=petition, said=facts.cleaned_data, by=user)
        document = services.draft_paper(petition=petition, kind=kind, by=user)
    except InvalidTransition as refused:
        messages.error(request, str(refused))
    except ValidationError as refused:
        messages.error(request, sentences(refused))
    else:
        messages.success(request, f"{KINDS[kind]}, version {document.version}, is drafted and sealed.")
    return redirect("petition-papers", pk=petition.pk)
