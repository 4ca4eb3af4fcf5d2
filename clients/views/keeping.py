"""How long a file is kept, legal holds, and erasing: the file's own page, the decision, and what is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh import is_fresh, prove_again, typed
from audit.services import Action, record
from clients.forms import add_problems
from clients.frame import opened
from clients.keeping_forms import AskForm, AskPartForm, EraseForm, HoldForm, RefuseForm
from clients.models import Client, ErasureRequest, LegalHold
from clients.permissions import TEAM, check_can_manage_team, rights_on
from clients.services import closing, erasure, holds, purge
from clients.views.pages import file_page, refuse, signed_in, visible_client

PER_PAGE = 50
FILE = ErasureRequest.Scope.FILE
PAPERS_STAY = "Papers drafted from it are documents of their own and stay; erase them one by one."


@require_safe
def keeping(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Until when the file is kept, what holds it, and what was asked to be erased."""
    return _page(request, visible_client(request, pk))


@require_POST
def file_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the file today."""
    client = _managed(request, pk)
    try:
        closing.close_file(client=client, by=signed_in(request), today=timezone.localdate())
    except ValidationError as problem:
        return refuse(request, problem, "client-keeping", client.pk)
    messages.success(request, "The file is closed. The time for keeping it runs from today.")
    return redirect("client-keeping", client.pk)


@require_POST
def file_reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a closed file again."""
    client = _managed(request, pk)
    try:
        closing.reopen_file(client=client, by=signed_in(request))
    except ValidationError as problem:
        return refuse(request, problem, "client-keeping", client.pk)
    messages.success(request, "The file is open again.")
    return redirect("client-keeping", client.pk)


@require_POST
def hold_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the file as it is."""
    client = _managed(request, pk)
    form = HoldForm(request.POST, prefix="hold")
    if _went_through(form, lambda: holds.set_hold(client=client, by=signed_in(request), **form.cleaned_data)):
        messages.success(request, "The hold stands. Nothing of this file is erased before it is lifted.")
        return redirect("client-keeping", client.pk)
    return _page(request, client, hold_form=form)


@require_POST
def hold_lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lift a hold."""
    user = signed_in(request)
    hold = get_object_or_404(LegalHold.objects.visible_to(user).select_related("client"), pk=pk)
    check_can_manage_team(user, hold.client)
    try:
        holds.lift_hold(hold=hold, by=user)
    except ValidationError as problem:
        return refuse(request, problem, "client-keeping", hold.client_id)
    messages.success(request, "The hold is lifted.")
    return redirect("client-keeping", hold.client_id)


@require_POST
def erasure_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask that the whole file be erased."""
    client = _managed(request, pk)
    form = AskForm(request.POST, prefix="file")
    if _went_through(form, lambda: erasure.ask(client=client, by=signed_in(request), **form.cleaned_data)):
        messages.success(request, "Asked. A second person decides before anything is erased.")
        return redirect("client-keeping", client.pk)
    return _page(request, client, ask_form=form)


@require_POST
def erasure_ask_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask that one passage or one document be erased."""
    client = _managed(request, pk)
    form = AskPartForm(request.POST, prefix="part", client=client)
    if _went_through(form, lambda: erasure.ask(client=client, by=signed_in(request), **form.named())):
        messages.success(request, "Asked. A second person decides before anything is erased.")
        return redirect("client-keeping", client.pk)
    return _page(request, client, part_form=form)


@require_POST
def erasure_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back what was asked."""
    user = signed_in(request)
    asked = get_object_or_404(ErasureRequest.objects.visible_to(user).select_related("client"), pk=pk)
    check_can_manage_team(user, asked.client)
    try:
        erasure.withdraw(request=asked, by=user)
    except ValidationError as problem:
        return refuse(request, problem, "client-keeping", asked.client_id)
    messages.success(request, "Withdrawn. Nothing is erased.")
    return redirect("client-keeping", asked.client_id)


@require_http_methods(["GET", "HEAD", "POST"])
def erasure_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the second person sees and decides: number, dates, reason and who asked; nothing sealed."""
    user = signed_in(request)
    asked = get_object_or_404(erasure.decidable(user), pk=pk)
    number = asked.client.file_number
    refusing = request.method == "POST" and request.POST.get("decision") == "refuse"
    erasing = request.method == "POST" and not refusing
    form = EraseForm(request.POST if erasing else None, number=number, initial=typed(request))
    answer_form = RefuseForm(request.POST if refusing else None, prefix="stay")
    if erasing and form.is_valid():
        if not is_fresh(request):
            return prove_again(request)
        if _went_through(form, lambda: erasure.approve(request=asked, by=user, fresh=True)):
            what = "The file is" if asked.scope == FILE else "That part is"
            words = f"{what} erased for good."
            if asked.scope == ErasureRequest.Scope.PASSAGE:
                words += f" {PAPERS_STAY}"
            messages.success(request, words)
            return redirect("erased" if erasure.sees_erased(user) else "clients")
    if refusing and answer_form.is_valid():
        answer = answer_form.cleaned_data["answer"]
        if _went_through(answer_form, lambda: erasure.refuse(request=asked, answer=answer, by=user)):
            messages.success(request, "Kept. The team reads your reason on the file.")
            return redirect("erased" if erasure.sees_erased(user) else "clients")
    record(Action.SEEN, by=user, target=asked)
    until = erasure.kept_until(asked.client)
    context = {
        "asked": asked,
        "client": asked.client,
        "whole": asked.scope == FILE,
        "papers_stay": PAPERS_STAY if asked.scope == ErasureRequest.Scope.PASSAGE else "",
        "what": purge.words_of(asked.client, asked.scope, asked.object_id),
        "until": until,
        "missing": erasure.missing_to_decide(asked, by=user, fresh=True, today=timezone.localdate()),
        "fresh": is_fresh(request),
        "form": form,
        "answer_form": answer_form,
        "back": "erased" if erasure.sees_erased(user) else "clients",
    }
    wrong = form.errors or answer_form.errors
    return render(request, "clients/erasure.html", context, status=422 if wrong else 200)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and every file that was erased: numbers, dates and who decided."""
    user = signed_in(request)
    if not erasure.sees_erased(user):
        raise PermissionDenied("Erased files are listed for supervisors, administrators and auditors.")
    record(Action.REPORT_SEEN, by=user, kind="erased")
    page = Paginator(erasure.erased_for(user), PER_PAGE).get_page(request.GET.get("page"))
    waiting = [
        {"asked": asked, "what": purge.words_of(asked.client, asked.scope, asked.object_id)}
        for asked in erasure.decidable(user).order_by("asked_at")
    ]
    context = {"page": page, "waiting": waiting, "today": timezone.localdate()}
    return render(request, "clients/erased.html", context)


# --- Shared ---------------------------------------------------------------------------------------


def _managed(request: HttpRequest, pk: UUID) -> Client:
    client = visible_client(request, pk)
    check_can_manage_team(signed_in(request), client)
    return client


def _went_through(form: Form, act: Callable[[], Any]) -> bool:
    """Do it when what was typed is valid; whether it went through. What is refused stands on the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as problem:
        add_problems(form, problem)
    return not form.errors


def _page(
    request: HttpRequest,
    client: Client,
    *,
    hold_form: HoldForm | None = None,
    ask_form: AskForm | None = None,
    part_form: AskPartForm | None = None,
) -> HttpResponse:
    user = signed_in(request)
    manages = TEAM in rights_on(user, client)
    today = timezone.localdate()
    rows = LegalHold.objects.visible_to(user).filter(client=client).select_related("set_by", "lifted_by")
    asked = ErasureRequest.objects.visible_to(user).filter(client=client)
    asked = asked.select_related("asked_by", "decided_by").order_by("-asked_at")
    found: list[dict[str, Any]] = [
        {
            "hold": hold,
            "reason": opened(hold, "reason") if manages else "",
        }
        for hold in rows
    ]
    context: dict[str, Any] = {
        "manages": manages,
        "holds": [row for row in found if row["hold"].lifted_at is None],
        "lifted": [row for row in found if row["hold"].lifted_at is not None],
        "until": erasure.kept_until(client),
        "missing": erasure.missing(client, scope=FILE, today=today),
        "requests": [_asked(row, client, manages=manages) for row in asked],
        "open_request": next((row for row in asked if row.is_open and row.scope == FILE), None),
        "today": today,
    }
    if manages:
        context |= {
            "hold_form": hold_form or HoldForm(prefix="hold"),
            "ask_form": ask_form or AskForm(prefix="file"),
            "part_form": part_form or AskPartForm(prefix="part", client=client),
        }
    wrong = any(form is not None and form.errors for form in (hold_form, ask_form, part_form))
    return file_page(request, "clients/keeping.html", client, "keeping", context, 422 if wrong else 200)


def _asked(row: ErasureRequest, client: Client, *, manages: bool) -> dict[str, Any]:
    return {
        "asked": row,
        "what": purge.words_of(client, row.scope, row.object_id),
        "note": opened(row, "note") if manages else "",
        "answer": opened(row, "answer") if manages else "",
    }
