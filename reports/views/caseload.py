"""The caseload report and its export."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from audit.services import Action, record
from clients import grants
from clients.permissions import check_does_casework
from clients.views.pages import signed_in
from reports import caseload, export
from reports.links import link
from reports.periods import PeriodForm

EXPORTING_ROLES = frozenset({Role.ATTORNEY, Role.SUPERVISOR})
FORMATS = {"csv": (export.as_csv, export.CSV), "xlsx": (export.as_xlsx, export.XLSX)}


def check_can_export(user: User) -> None:
    """Figures leave the office through attorneys and supervisors only."""
    check_does_casework(user)
    if user.role not in EXPORTING_ROLES:
        raise PermissionDenied("Figures are exported by attorneys and supervisors. Ask one of them.")


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Who carries what, what is late, what was won and how long clients wait."""
    user = signed_in(request)
    check_does_casework(user)
    today = timezone.localdate()
    form = PeriodForm(request.GET or None, today=today)
    return _page(request, form, status=422 if form.is_bound and not form.is_valid() else 200)


def _page(request: HttpRequest, form: PeriodForm, *, status: int) -> HttpResponse:
    user = signed_in(request)
    today = timezone.localdate()
    period = form.chosen
    record(
        Action.REPORT_SEEN,
        by=user,
        kind="caseload",
        fields=[period.start.isoformat(), period.end.isoformat()],
    )
    found = caseload.build(user=user, period=period, today=today, leaving=False)
    context = {
        "report": found,
        "form": form,
        "period": period,
        "today": today,
        "mark": caseload.LOAD_MARK,
        "soon_days": caseload.SOON_DAYS,
        "can_export": user.role in EXPORTING_ROLES,
        "calendar_url": link("calendar"),
        "printed": timezone.now(),
    }
    return render(request, "reports/caseload.html", context, status=status)


@require_POST
def export_figures(request: HttpRequest) -> HttpResponse:
    """The figures of the page as a file, computed again for this reader, and recorded before it leaves."""
    user = signed_in(request)
    check_can_export(user)
    if grants.opened_by(user):
        raise PermissionDenied("Nothing is exported while you have a file open by break-glass.")
    today = timezone.localdate()
    form = PeriodForm(request.POST, today=today)
    kind = request.POST.get("format", "")
    if not form.is_valid() or kind not in FORMATS:
        if kind not in FORMATS:
            messages.error(request, "Choose CSV or Excel.")
        return _page(request, form, status=422)
    make, media_type = FORMATS[kind]
    period = form.chosen
    found = caseload.build(user=user, period=period, today=today, leaving=True)
    record(
        Action.EXPORTED,
        by=user,
        kind="caseload",
        fields=[kind, period.start.isoformat(), period.end.isoformat()],
    )
    response = HttpResponse(make(found), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{export.file_name(today, kind)}"'
    return response
