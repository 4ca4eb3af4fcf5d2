"""The auditor's pages: the log of everybody, of one person, of one day, and as a file."""

from __future__ import annotations

from datetime import date, timedelta

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from audit.services import Action, record
from clients.views.pages import signed_in
from reports.export import CSV, XLSX
from reports.links import link
from reports.periods import FIRST, LAST
from reports.permissions import check_can_audit
from reports.seen import auditor, export
from reports.seen.auditor import LogFilter

PAGE = 100
FORMATS = {"csv": (export.as_csv, CSV), "xlsx": (export.as_xlsx, XLSX)}


def auditor_of(request: HttpRequest) -> User:
    """The auditor who asks; PermissionDenied for everybody else."""
    user = signed_in(request)
    check_can_audit(user)
    return user


@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """All events, newest first, with filters. In sentences, or entry by entry. File numbers only."""
    user = auditor_of(request)
    return _log(request, user)


def _log(request: HttpRequest, user: User, *, said: QueryDict | None = None) -> HttpResponse:
    asked = said if said is not None else request.GET
    entries = asked.get("view") == "entries"
    record(Action.REPORT_SEEN, by=user, kind="access_log_raw" if entries else "access_log")
    filtered = any(asked.get(name) for name in LogFilter.base_fields)
    form = LogFilter(asked if filtered else {})
    valid = form.is_valid()
    events = auditor.all_events(housekeeping=entries)
    events = form.apply(events) if valid else events.none()
    page = Paginator(events, PAGE).get_page(asked.get("page"))
    query = asked.copy()
    for name in ("page", "view", "csrfmiddlewaretoken", "format"):
        query.pop(name, None)
    kept = query.urlencode()
    context = {
        "form": form,
        "entries": entries,
        "days": [] if entries else auditor.log_days(page.object_list),
        "rows": auditor.log_rows(page.object_list) if entries else [],
        "page_obj": page,
        "filtered": filtered,
        "most": export.MOST,
        "views": [
            {"label": "In sentences", "url": link("access-log", query=kept), "current": not entries},
            {
                "label": "Entry by entry",
                "url": link("access-log", query="&".join(filter(None, [kept, "view=entries"]))),
                "current": entries,
            },
        ],
        "today": timezone.localdate(),
    }
    wrong = not valid or said is not None
    return render(request, "reports/access_log.html", context, status=422 if wrong else 200)


@require_safe
def access_log_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything one person did, by day."""
    user = auditor_of(request)
    person = get_object_or_404(User.objects.select_related("office"), pk=pk)
    record(Action.REPORT_SEEN, by=user, target=person, kind="access_log_person")
    page = Paginator(auditor.of_person(person), PAGE).get_page(request.GET.get("page"))
    context = {"person": person, "days": auditor.log_days(page.object_list), "page_obj": page}
    return render(request, "reports/access_log_person.html", context)


@require_safe
def access_log_day(request: HttpRequest) -> HttpResponse:
    """One day of the office: who did how much, then what, newest first. Today, where no day is asked for."""
    user = auditor_of(request)
    today = timezone.localdate()
    day = _day(request.GET.get("day", ""), today)
    record(Action.REPORT_SEEN, by=user, kind="access_log_day", fields=[day.isoformat()])
    page = Paginator(auditor.on_day(day), PAGE).get_page(request.GET.get("page"))
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    context = {
        "day": day,
        "today": today,
        "people": auditor.people_on(day),
        "days": auditor.log_days(page.object_list),
        "page_obj": page,
        "around": [
            {"label": "Day before", "icon": "back", "url": _day_address(before)},
            {"label": "Today", "url": _day_address(today), "current": day == today},
            *([{"label": "Day after", "url": _day_address(after)}] if day < today else []),
        ],
    }
    return render(request, "reports/access_log_day.html", context)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if FIRST <= day <= LAST else today


def _day_address(day: date) -> str:
    return link("access-log-day", query=f"day={day.isoformat()}")


@require_POST
def access_log_export(request: HttpRequest) -> HttpResponse:
    """What the filters ask for as a file; recorded before it leaves. The auditor says once more who it is."""
    auditor_of(request)
    answer: HttpResponse = _exported(request)
    return answer


@reauthentication_required
def _exported(request: HttpRequest) -> HttpResponse:
    user = auditor_of(request)
    form = LogFilter(request.POST)
    kind = request.POST.get("format", "")
    if not form.is_valid() or kind not in FORMATS:
        if kind not in FORMATS:
            messages.error(request, "Choose CSV or Excel.")
        return _log(request, user, said=request.POST)
    events = form.apply(auditor.all_events(housekeeping=True))
    if events[export.MOST : export.MOST + 1].exists():
        messages.error(request, f"More than {export.MOST:,} entries. Ask for a shorter time.")
        return _log(request, user, said=request.POST)
    make, media_type = FORMATS[kind]
    record(Action.EXPORTED, by=user, kind="access_log", fields=[kind, *form.asked])
    response = HttpResponse(make(export.rows_of(events)), content_type=media_type)
    name = export.file_name(timezone.localdate(), kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
