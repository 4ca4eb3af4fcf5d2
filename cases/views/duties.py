"""One agency after an order: sent, received, confirmed, proof."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from audit.services import Action, record
from cases import services
from cases.forms.dates import DutyForm
from cases.models import AgencyDuty
from cases.views.common import crumbs, user_of
from clients.forms import add_problems
from clients.frame import file_context
from clients.permissions import check_can_change
from documents.models import Document
from documents.services import store_document


@require_http_methods(["GET", "HEAD", "POST"])
def agency_duty(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far an agency is; a proof is sealed before it is kept."""
    user, today = user_of(request), timezone.localdate()
    duty = get_object_or_404(
        AgencyDuty.objects.visible_to(user).select_related(
            "petition__client", "petition__court", "agency", "deadline", "proof"
        ),
        pk=pk,
    )
    client = duty.petition.client
    check_can_change(user, client)
    now = {name: getattr(duty, name) for name in ("sent_on", "received_on", "confirmed_on")}
    form, status = DutyForm(initial=now), 200
    if request.method == "POST":
        posted = request.POST  # read first: reading it is what stops an upload that is too large
        stopped = getattr(request, "upload_too_large", False)
        form = DutyForm(posted, request.FILES, too_large=stopped)
        if form.is_valid():
            values = form.cleaned_data
            upload = values.pop("proof")
            try:
                with transaction.atomic():
                    proof = _proof(duty, upload, user) if upload else None
                    services.record_duty(duty=duty, by=user, today=today, proof=proof, **values)
            except ValidationError as error:
                add_problems(form, error)
            else:
                messages.success(request, "How far this agency is, is on file.")
                return redirect("petition", pk=duty.petition_id)
        status = 422
    record(Action.SEEN, by=user, target=duty)
    context = file_context(request, client, "petitions") | {
        "petition": duty.petition,
        "duty": duty,
        "due": duty.deadline.due(today) if duty.deadline else None,
        "form": form,
        "crumbs": crumbs(duty.petition, "Agency"),
        "today": today,
    }
    return render(request, "cases/agency_duty.html", context, status=status)


def _proof(duty: AgencyDuty, upload: UploadedFile, by: User) -> Document:
    """Keep the file; what is wrong with it stands at its field."""
    try:
        return store_document(
            client=duty.client,
            kind=Document.Kind.AGENCY_PROOF,
            title=f"Proof of {duty.agency}",
            content=upload,
            original_name=upload.name or "",
            by=by,
        )
    except ValidationError as error:
        raise ValidationError({"proof": error.messages}) from None
