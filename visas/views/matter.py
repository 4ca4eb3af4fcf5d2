"""The page of a T visa, and the way to it from a client's file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audit.services import Action, record
from clients.views.pages import file_page, signed_in, visible_client
from visas import services
from visas.models import TVisa
from visas.permissions import can_correct_stage
from visas.showing import load, page_of
from visas.views.common import PLACE, visible_visa

REVEALS = {"receipts": "receipt.number", "births": "family_member.date_of_birth"}


@require_safe
def of_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The client's T visa, or the offer to open one."""
    client = visible_client(request, pk)
    visa = TVisa.objects.visible_to(signed_in(request)).filter(client=client).first()
    if visa is not None:
        return redirect(visa)
    return file_page(request, "visas/none.html", client, PLACE, {})


@require_POST
def open_matter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a T visa matter in screening."""
    client = visible_client(request, pk)
    visa = services.open_visa(client=client, by=signed_in(request), today=timezone.localdate())
    return redirect(visa)


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stage, what to do next, dates, clocks, family and receipts."""
    return _page(request, visible_visa(request, pk))


@require_POST
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page with the receipt numbers or the dates of birth opened; who saw them is recorded."""
    visa = visible_visa(request, pk)
    key = request.POST.get("reveal", "")
    if key not in REVEALS:
        return _page(request, visa, status=422)
    rows = visa.receipts.all() if key == "receipts" else visa.family.all()
    shown = [row.pk for row in rows]
    record(Action.REVEALED, by=request.user, target=visa, fields=[REVEALS[key]], shown=shown)
    return _page(request, visa, show=key)


def _page(request: HttpRequest, visa: TVisa, *, show: str = "", status: int = 200) -> HttpResponse:
    record(Action.SEEN, by=request.user, target=visa)
    context = page_of(load(visa, timezone.localdate()), show=show)
    context["may_correct"] = can_correct_stage(signed_in(request), visa.client)
    return file_page(request, "visas/matter.html", visa.client, PLACE, context, status)
