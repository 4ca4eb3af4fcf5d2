"""Uploading a sheet."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from audit.services import Action, record
from clients.frame import file_context
from clients.models import Client
from records.forms import TOO_LARGE, UploadForm
from records.models import RapSheet
from records.permissions import check_can_review
from records.readers import ReaderError
from records.services import import_sheet


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a sheet and open its review; the same sheet again opens the review that exists."""
    user: User = request.user  # type: ignore[assignment]
    client = get_object_or_404(Client.objects.visible_to(user), pk=pk)
    check_can_review(user, client)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if getattr(request, "upload_too_large", False):
            form.add_error("file", TOO_LARGE)
        elif form.is_valid():
            file = form.cleaned_data["file"]
            try:
                sheet, new = import_sheet(client=client, content=file.read(), name=file.name, by=user)
            except ReaderError as error:
                form.add_error("file", str(error))
            except ValidationError as error:
                form.add_error("file", error.messages)
            else:
                _say(request, sheet, new=new)
                return redirect(sheet)
    record(Action.SEEN, by=user, target=client, kind="record")
    context = file_context(request, client, "record") | {"form": form}
    return render(request, "records/upload.html", context, status=422 if form.is_bound else 200)


def _say(request: HttpRequest, sheet: RapSheet, *, new: bool) -> None:
    if not new:
        messages.success(request, "This sheet is on file already. Nothing was added; here is its review.")
    elif not sheet.lines_read:
        messages.warning(
            request,
            "Nothing in this file was recognised as a RAP sheet. If it is the wrong file, discard it below; "
            "else type in what it says.",
        )
    else:
        messages.success(request, "Sheet read. Check what was read, then accept it.")
