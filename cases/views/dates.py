"""The dates of one client, each with its working."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from audit.services import Action, record
from cases import services
from cases.forms.dates import DateForm, DoneForm
from cases.models import Deadline, Matter
from cases.views.common import client_or_404, user_of
from clients.forms import add_problems
from clients.frame import file_context, opened
from clients.models import Client
from clients.permissions import check_can_change
from clients.views.pages import sentences


@require_safe
def client_dates(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open dates, then those done, then those that a newer count replaced."""
    client, user, today = client_or_404(request, pk), user_of(request), timezone.localdate()
    visible: Any = Deadline.objects.visible_to(user)
    rows = list(visible.filter(client=client).with_places().order_by("due_on"))
    record(Action.SEEN, by=user, target=client, kind="dates", shown=[row.pk for row in rows])
    context = file_context(request, client, "dates") | {
        "open": [_row(row, today) for row in rows if row.done_on is None and row.replaced_at is None],
        "done": [_row(row, today) for row in rows if row.done_on is not None and row.replaced_at is None],
        "replaced": [_row(row, today) for row in rows if row.replaced_at is not None],
        "today": today,
        "has_matter": _matters(client, user).exists(),
    }
    return render(request, "cases/client_dates.html", context)


def _row(row: Deadline, today: Any) -> dict[str, Any]:
    days = (row.work_to - today).days
    return {
        "row": row,
        "about": opened(row, "about"),
        "due": row.due(today),
        "kind": "late" if days < 0 else "soon" if days <= 6 else "",
        "ours": row.side == Deadline.Side.OURS,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def deadline_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A date that a paper prints: kept as printed."""
    client, user = client_or_404(request, pk), user_of(request)
    check_can_change(user, client)
    form, status = DateForm(initial={"side": "ours"}), 200
    if request.method == "POST":
        form = DateForm(request.POST)
        if form.is_valid():
            matter = _matters(client, user).order_by("-kind").first()
            if matter is None:
                form.add_error(None, "Open a matter first: plan a petition or start the T visa.")
            else:
                try:
                    services.add_date(matter=matter, owner=matter.lead, by=user, **form.cleaned_data)
                except ValidationError as error:
                    add_problems(form, error)
                else:
                    messages.success(request, "The date is on file.")
                    return redirect("client-dates", pk=client.pk)
        status = 422
    record(Action.SEEN, by=user, target=client, kind="dates")
    context = file_context(request, client, "dates") | {
        "title": "Enter a date",
        "sub": "A date that a paper prints or people agreed to. Dates of the law count themselves.",
        "save": "Keep this date",
        "form": form,
    }
    return render(request, "cases/simple_form.html", context, status=status)


def _matters(client: Client, user: User) -> QuerySet[Matter]:
    """Open matters that a date by hand can belong to; by kind downwards, clearing the record comes first."""
    rows = Matter.objects.visible_to(user).filter(client=client, closed_on__isnull=True)
    return rows.select_related("lead", "client")


@require_POST
def deadline_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It was done; today unless the form says another day."""
    user, today = user_of(request), timezone.localdate()
    row = get_object_or_404(Deadline.objects.visible_to(user).select_related("client"), pk=pk)
    check_can_change(user, row.client)
    form = DoneForm({"on": request.POST.get("on") or today.isoformat()})
    if form.is_valid():
        try:
            services.mark_done(deadline=row, by=user, today=today, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, sentences(error))
        else:
            messages.success(request, "Done.")
    else:
        messages.error(request, "Enter the day on which it was done.")
    back = request.POST.get("next", "")
    allowed = {request.get_host()}
    if back.startswith("/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts=allowed, require_https=request.is_secure()
    ):
        return HttpResponseRedirect(back)
    return redirect("client-dates", pk=row.client_id)
