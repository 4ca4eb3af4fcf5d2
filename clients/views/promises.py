"""What we promised the client, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clients import services
from clients.forms import PromiseForm, SettleForm, add_problems
from clients.frame import opened
from clients.models import Client, Commitment
from clients.permissions import check_can_change
from clients.views.pages import file_page, signed_in, visible_client

KINDS = {Commitment.State.KEPT: "done", Commitment.State.BROKEN: "late", Commitment.State.RENEGOTIATED: ""}


@require_http_methods(["GET", "HEAD", "POST"])
def promises(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The promises of a file, what is owed first; posting writes another down."""
    client = visible_client(request, pk)
    user = signed_in(request)
    if request.method != "POST":
        return _page(request, client, PromiseForm(client=client, initial={"owner": user.pk}))
    check_can_change(user, client)
    form = PromiseForm(request.POST, client=client)
    if form.is_valid():
        try:
            services.make_commitment(client=client, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "The promise is written down.")
            return redirect("client-promises", client.pk)
    return _page(request, client, form)


@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a promise was kept or not, or agree a new time."""
    user = signed_in(request)
    rows = Commitment.objects.visible_to(user).select_related("client__point_of_contact")
    promise = get_object_or_404(rows, pk=pk)
    check_can_change(user, promise.client)
    form = SettleForm(request.POST)
    if form.is_valid():
        state = form.cleaned_data["state"]
        try:
            if state == Commitment.State.RENEGOTIATED:
                services.renegotiate_commitment(
                    commitment=promise, due_at=form.cleaned_data["due_at"], by=user
                )
            else:
                services.settle_commitment(commitment=promise, state=state, by=user)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, f"Recorded: {Commitment.State(state).label.lower()}.")
            return redirect("client-promises", promise.client_id)
    return _page(request, promise.client, PromiseForm(client=promise.client), settling=(promise.pk, form))


def _page(
    request: HttpRequest,
    client: Client,
    form: PromiseForm,
    settling: tuple[UUID, SettleForm] | None = None,
) -> HttpResponse:
    promises = Commitment.objects.visible_to(signed_in(request)).filter(client=client)
    drawn = [_row(row, settling) for row in promises.select_related("owner").order_by("due_at")]
    counted = promises.exclude(state__in=[Commitment.State.OWED, Commitment.State.RENEGOTIATED])
    context = {
        "owed": [row for row in drawn if row["promise"].state == Commitment.State.OWED],
        "settled": [row for row in reversed(drawn) if row["promise"].state != Commitment.State.OWED],
        "on_time": counted.filter(state=Commitment.State.KEPT, settled_at__lte=F("due_at")).count(),
        "counted": counted.count(),
        "form": form,
        "settle_form": settling[1] if settling else None,
        "now": timezone.localtime(),
    }
    wrong = form.errors or (settling and settling[1].errors)
    return file_page(request, "clients/promises.html", client, "promises", context, 422 if wrong else 200)


def _row(promise: Commitment, settling: tuple[UUID, SettleForm] | None) -> dict[str, Any]:
    days_late = 0
    if promise.state == Commitment.State.KEPT and promise.settled_at:
        kept, due = timezone.localtime(promise.settled_at).date(), timezone.localtime(promise.due_at).date()
        days_late = max(0, (kept - due).days)
    bound = settling[1] if settling and settling[0] == promise.pk else None
    return {
        "promise": promise,
        "what": opened(promise, "what"),
        "kind": "late" if days_late else KINDS.get(Commitment.State(promise.state), ""),
        "label": f"Kept {days_late} days late" if days_late > 1 else "Kept a day late" if days_late else "",
        "form": bound or SettleForm(prefix=None, auto_id=f"p{promise.pk.hex[-12:]}_%s"),
        "open": bound is not None,
    }
