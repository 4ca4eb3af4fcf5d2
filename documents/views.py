"""The files of a client: a list, an upload, a download that no browser runs."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from clients.forms import add_problems
from clients.frame import erased_words, opened, reported
from clients.models import Client
from clients.permissions import can_read_statement, check_can_change
from clients.views.pages import file_page, signed_in, visible_client
from documents import services
from documents.forms import UploadForm, VersionForm
from documents.models import Document
from vault.errors import Shredded, VaultError

logger = logging.getLogger(__name__)
# What a stored file may do in a browser that shows it against our wish: nothing.
SANDBOX = "sandbox; default-src 'none'"


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest version of every file; posting stores another."""
    client = visible_client(request, pk)
    if request.method != "POST":
        return _page(request, client, UploadForm(closed=_closed(request, client)))
    check_can_change(signed_in(request), client)
    form = UploadForm(
        request.POST, request.FILES, too_large=_too_large(request), closed=_closed(request, client)
    )
    if form.is_valid() and _stored(request, client, form, kind=form.cleaned_data["kind"]):
        messages.success(request, "The file is stored and sealed.")
        return redirect("client-documents", client.pk)
    return _page(request, client, form)


@require_http_methods(["GET", "HEAD", "POST"])
def document_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Store a new version of a file; the one before stays and can be opened."""
    document = _document(request, pk)
    client = document.client
    check_can_change(signed_in(request), client)
    services.check_kind(signed_in(request), client, document.kind)
    if document.erased_at is not None:
        raise PermissionDenied(f"{erased_words(document.erased_at)}. Store the file as a new document.")
    if request.method != "POST":
        form = VersionForm(initial={"title": opened(document, "title")})
    else:
        form = VersionForm(request.POST, request.FILES, too_large=_too_large(request))
        if form.is_valid() and _stored(request, client, form, replaces=document):
            messages.success(request, "The new version is stored. The one before can still be opened.")
            return redirect("client-documents", client.pk)
    context = {"form": form, "document": document, "title": opened(document, "title")}
    status = 422 if form.errors else 200
    return file_page(request, "documents/version.html", client, "documents", context, status)


@require_safe
def document_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file as a download under a name that says nothing about the person."""
    document = _document(request, pk)
    try:
        content = services.open_document(document=document, by=signed_in(request))
    except Shredded as error:
        context = {"number": document.client.file_number, "erased": reported(error)}
        return render(request, "documents/broken.html", context, status=410)
    except (VaultError, FileNotFoundError) as error:
        logger.error("Stored file %s: %s", document.pk, type(error).__name__)
        context = {"number": document.client.file_number}
        return render(request, "documents/broken.html", context, status=500)
    response = HttpResponse(content, content_type=document.media_type)
    response["Content-Disposition"] = content_disposition_header(True, document.neutral_name)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _document(request: HttpRequest, pk: UUID) -> Document:
    rows = Document.objects.visible_to(signed_in(request)).select_related("client__point_of_contact")
    found: Document = get_object_or_404(rows, pk=pk)
    return found


def _closed(request: HttpRequest, client: Client) -> frozenset[str]:
    """The kinds of file of this client that the person at the page may not open."""
    return frozenset() if can_read_statement(signed_in(request), client) else services.ACCOUNT


def _too_large(request: HttpRequest) -> bool:
    """Set by documents.uploads when it stopped the upload. Reading POST is what runs the handler."""
    return bool(request.POST is not None and getattr(request, "upload_too_large", False))


def _stored(
    request: HttpRequest,
    client: Client,
    form: UploadForm,
    *,
    kind: str = "",
    replaces: Document | None = None,
) -> bool:
    upload, by = form.cleaned_data["file"], signed_in(request)
    given = {"title": form.cleaned_data["title"], "content": upload, "original_name": upload.name}
    try:
        if replaces is None:
            services.store_document(client=client, kind=kind, by=by, **given)
        else:
            services.store_version(document=replaces, by=by, **given)
    except ValidationError as problem:
        in_file = (
            ValidationError({"file": problem.messages}) if not hasattr(problem, "error_dict") else problem
        )
        add_problems(form, in_file)
        return False
    return True


def _page(request: HttpRequest, client: Client, form: UploadForm) -> HttpResponse:
    rows = Document.objects.visible_to(signed_in(request)).filter(client=client)
    closed = _closed(request, client)
    every = list(rows.select_related("created_by").order_by("-created_at", "-pk"))
    by_id = {row.pk: row for row in every}
    replaced = {row.replaces_id for row in every}
    current = [
        {
            "document": row,
            "title": opened(row, "title"),
            "earlier": list(_earlier(row, by_id)),
            "closed": row.kind in closed,
        }
        for row in every
        if row.pk not in replaced
    ]
    context = {"rows": current, "form": form}
    return file_page(
        request, "documents/list.html", client, "documents", context, 422 if form.errors else 200
    )


def _earlier(document: Document, by_id: dict[UUID, Document]) -> Any:
    before = by_id.get(document.replaces_id) if document.replaces_id else None
    while before is not None:
        yield before
        before = by_id.get(before.replaces_id) if before.replaces_id else None
