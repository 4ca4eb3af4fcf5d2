"""Break-glass: asking for a file, ending it, and the queue in which a second person judges it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh import is_fresh, prove_again, typed
from audit.services import Action, record
from clients.forms import BreakGlassForm, ReviewForm, add_problems
from clients.frame import opened
from clients.models import BreakGlass, Client
from clients.permissions import check_does_casework
from clients.services import glass
from clients.views.pages import refuse, signed_in

LATEST = 50
"""So many reviewed openings stand under those that wait."""


@require_http_methods(["GET", "HEAD", "POST"])
def open_file(request: HttpRequest) -> HttpResponse:
    """Ask for a file by its number, with a reason. The second step comes before anything is looked up."""
    user = signed_in(request)
    check_does_casework(user)
    form = BreakGlassForm(request.POST if request.method == "POST" else None, initial=typed(request))
    if form.is_bound and form.is_valid():
        if not is_fresh(request):
            return prove_again(request)
        try:
            row = glass.open_file(by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            return redirect("client-file", row.client_id)
    context = {"form": form, "proved": is_fresh(request), "least": glass.LEAST_REASON}
    return render(request, "clients/break_glass.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the file before its time."""
    user = signed_in(request)
    try:
        glass.end(row=get_object_or_404(glass.own(user), pk=pk), by=user)
    except ValidationError as problem:
        return refuse(request, problem, "clients")
    messages.success(request, "Closed. The file is no longer open to you.")
    return redirect("clients")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what was closed lately."""
    return _page(request)


@require_POST
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close one with an outcome and a note."""
    user = signed_in(request)
    row = get_object_or_404(glass.queue(user), pk=pk)
    form = ReviewForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        return _page(request, wrong=(pk, form))
    try:
        glass.review(row=row, by=user, **form.cleaned_data)
    except ValidationError as problem:
        return refuse(request, problem, "glass-queue")
    messages.success(request, "The review is recorded.")
    return redirect("glass-queue")


def _page(request: HttpRequest, wrong: tuple[UUID, ReviewForm] | None = None) -> HttpResponse:
    user = signed_in(request)
    rows = glass.queue(user)
    waiting, closed = list(rows.unreviewed()), list(rows.exclude(reviewed_at=None)[:LATEST])
    # The reason is part of the file: it is opened for who may see that, and each opening is recorded.
    seen = set(
        Client.objects.visible_to(user)
        .filter(pk__in={row.client_id for row in waiting})
        .values_list("pk", flat=True)
    )
    record(Action.LISTED, by=user, kind=glass.KIND, shown=[row.pk for row in [*waiting, *closed]])
    today = timezone.localdate()
    context = {
        "waiting": [_row(row, user.pk, row.client_id in seen, today, wrong) for row in waiting],
        "closed": closed,
        "form": wrong[1] if wrong else None,
    }
    for row in waiting:
        if row.client_id in seen:
            record(Action.SEEN, by=user, target=row, fields=["reason"])
    return render(request, "clients/break_glass_queue.html", context, status=422 if wrong else 200)


def _row(row: BreakGlass, user_id: int, seen: bool, today: Any, wrong: Any) -> dict[str, Any]:
    mine = row.user_id == user_id
    form = wrong[1] if wrong and wrong[0] == row.pk else ReviewForm(prefix=str(row.pk))
    return {
        "glass": row,
        "reason": opened(row, "reason") if seen else "",
        "late": glass.is_late(row, today),
        "form": None if mine else form,
    }
