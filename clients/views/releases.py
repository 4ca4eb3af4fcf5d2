"""Giving a client's file to somebody outside: on what ground, until when, and the file itself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.fresh import is_fresh, prove_again
from clients.forms import add_problems
from clients.frame import opened
from clients.models import Release
from clients.permissions import check_can_manage_team
from clients.release_forms import ExportForm, ReleaseForm
from clients.services import release as service
from clients.views.pages import file_page, refuse, signed_in, visible_client


@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every ground on which the file may be given, or was; posting enters another."""
    client = visible_client(request, pk)
    user = signed_in(request)
    check_can_manage_team(user, client)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            service.add_release(client=client, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Entered. The file may be given on it until it ends or is revoked.")
            return redirect("client-releases", client.pk)
    rows = Release.objects.visible_to(user).filter(client=client).select_related("made_by", "revoked_by")
    today = timezone.localdate()
    context = {
        "form": form,
        "rows": [
            {
                "release": row,
                "recipient": opened(row, "recipient"),
                "note": opened(row, "note"),
                "holds": row.holds_on(today),
            }
            for row in rows
        ],
        "may_export": service.can_export(user, client),
    }
    status = 422 if form.errors else 200
    return file_page(request, "clients/releases.html", client, "releases", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def release_export(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ask for the passphrase, and give the file as a download that it opens."""
    release = _release(request, pk)
    user, client = signed_in(request), release.client
    if not service.can_export(user, client):
        raise PermissionDenied("Only counsel of record gives the file out: it holds the client’s account.")
    form = ExportForm(request.POST if request.method == "POST" else None, parts=service.parts_of(client))
    if form.is_bound and form.is_valid():
        if release.holds_on(timezone.localdate()) and not is_fresh(request):
            # What was typed would wait in the session: a passphrase does not.
            typed = request.POST.copy()
            del typed["passphrase"]
            request.POST = typed  # type: ignore[assignment]
            return prove_again(request)
        try:
            packed = service.export(
                release=release,
                by=user,
                fresh=is_fresh(request),
                passphrase=form.cleaned_data["passphrase"],
                parts=form.cleaned_data["parts"],
            )
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            name = f"{client.file_number}-release.zip"
            response = FileResponse(packed, as_attachment=True, filename=name)
            response["Content-Type"] = "application/zip"
            response["X-Content-Type-Options"] = "nosniff"
            return response
    context = {
        "release": release,
        "form": form,
        "recipient": opened(release, "recipient"),
        "note": opened(release, "note"),
        "holds": release.holds_on(timezone.localdate()),
    }
    status = 422 if form.errors else 200
    return file_page(request, "clients/release_export.html", client, "releases", context, status)


@require_POST
def release_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing is given on it any more."""
    release = _release(request, pk)
    check_can_manage_team(signed_in(request), release.client)
    try:
        service.revoke_release(release=release, by=signed_in(request))
    except ValidationError as problem:
        return refuse(request, problem, "client-releases", release.client_id)
    messages.success(request, "Revoked. Nothing is given on it any more.")
    return redirect("client-releases", release.client_id)


def _release(request: HttpRequest, pk: UUID) -> Release:
    rows = Release.objects.visible_to(signed_in(request)).select_related("client__point_of_contact")
    found: Release = get_object_or_404(rows, pk=pk)
    return found
