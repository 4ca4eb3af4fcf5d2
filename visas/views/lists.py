"""All T visas that the reader may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.services import Action, record
from clients.frame import opened
from clients.permissions import check_does_casework
from clients.views.pages import signed_in
from vault import datakeys
from visas.models import ENDED, TVisa
from visas.queries import by_stage, next_date, next_notice, waiting_days, with_open_notice, with_rows
from visas.rules.work_permission import Wait
from visas.stages import machine
from visas.working import basis_of

PER_PAGE = 50
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Going on", ()),
    "before": ("Before filing", ("screening", "preparing")),
    "uscis": (
        "Filed, not granted",
        (
            *("filed", "receipted", "biometrics_done", "rfe_open", "noid_open", "bfd_positive"),
            *("waiting_list", "denied", "appeal_or_motion_pending"),
        ),
    ),
    "granted": (
        "Granted, no green card yet",
        ("approved", "extension_pending", "status_expired", "noir_open"),
    ),
    "green": ("Green card pending", ("adjustment",)),
    "ended": ("Resident or ended", ENDED),
}


@require_safe
def tvisas(request: HttpRequest) -> HttpResponse:
    """T visas by stage, with the next date and the wait; `?group=`, `?mine=1` and `?notice=1` narrow it."""
    user, today = signed_in(request), timezone.localdate()
    check_does_casework(user)
    group = request.GET.get("group", "")
    group = group if group in GROUPS else ""
    flags = {name: request.GET.get(name) == "1" for name in ("mine", "notice")}
    visible: QuerySet[TVisa] = TVisa.objects.visible_to(user)
    if flags["mine"]:
        visible = visible.filter(Q(client__point_of_contact=user) | Q(matter__lead=user))
    if flags["notice"]:
        visible = with_open_notice(visible)
    counts = visible.aggregate(**{key or "going": Count("pk", filter=_in(key)) for key in GROUPS})
    page = Paginator(by_stage(with_rows(visible.filter(_in(group)))), PER_PAGE).get_page(
        request.GET.get("page")
    )
    found = list(page)
    datakeys.preload(visa.client_id for visa in found)
    record(Action.LISTED, by=user, kind="tvisa", shown=[visa.pk for visa in found])
    waits = waiting_days(found, today=today)
    context = {
        "page": page,
        "groups": _grouped([_row(visa, waits.get(visa.pk), today) for visa in found]),
        "today": today,
        "narrowed": bool(group or any(flags.values())),
        "views": [
            {
                "label": label,
                "url": _address(key, flags),
                "current": key == group,
                "count": counts[key or "going"],
            }
            for key, (label, _stages) in GROUPS.items()
        ],
        "whose": [
            {
                "label": "All I may see",
                "url": _address(group, flags | {"mine": False}),
                "current": not flags["mine"],
            },
            {"label": "Mine", "url": _address(group, flags | {"mine": True}), "current": flags["mine"]},
        ],
        "asked": [
            {
                "label": "Any",
                "url": _address(group, flags | {"notice": False}),
                "current": not flags["notice"],
            },
            {
                "label": "Notice open",
                "url": _address(group, flags | {"notice": True}),
                "current": flags["notice"],
            },
        ],
    }
    return render(request, "visas/list.html", context)


def _in(group: str) -> Q:
    return ~Q(stage__in=ENDED) if not group else Q(stage__in=GROUPS[group][1])


def _address(group: str, flags: dict[str, bool]) -> str:
    parts = [f"group={group}"] if group else []
    parts += [f"{name}=1" for name, on in flags.items() if on]
    return f"{reverse('tvisas')}?{'&'.join(parts)}" if parts else reverse("tvisas")


def _row(visa: TVisa, wait: Wait | None, today: date) -> dict[str, Any]:
    notice, due = next_notice(visa), next_date(visa)
    late = bool(due and due.due_on < today)
    soon = bool(due and (due.work_to - today).days <= 6)
    return {
        "visa": visa,
        "name": opened(visa.client, "name_used"),
        "stage": machine("t1_matter").state(visa.stage).label,
        "notice": notice,
        "due": due,
        "tone": "late" if late else "soon" if soon else "",
        "notices": len(visa.notices.all()),
        "wait": wait,
        "basis": basis_of(visa.permits.all(), today),
    }


def _grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows under the head of their stage; they come in the order of the stages."""
    groups: list[dict[str, Any]] = []
    for row in rows:
        if not groups or groups[-1]["stage"] != row["stage"]:
            groups.append({"stage": row["stage"], "rows": []})
        groups[-1]["rows"].append(row)
    return groups
