"""What the pages of one T visa share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clients.forms import add_problems
from clients.frame import opened
from clients.permissions import check_can_change
from clients.views.pages import file_page, signed_in
from visas.models import FamilyMember, Notice, Receipt, TVisa, WorkPermit
from visas.stages import InvalidTransition

PLACE = "tvisa"


def visible_visa(request: HttpRequest, pk: UUID) -> TVisa:
    """The T visa, or 404 for who may not see it as for one that does not exist."""
    rows = TVisa.objects.visible_to(signed_in(request))
    return get_object_or_404(rows.select_related("client__point_of_contact", "matter__lead"), pk=pk)


def visible_row(
    request: HttpRequest, model: type[Notice | Receipt | FamilyMember | WorkPermit], pk: UUID
) -> Any:
    """A row of a T visa with its client, or 404."""
    rows: Any = model.objects.visible_to(signed_in(request))
    return get_object_or_404(
        rows.select_related("visa__client__point_of_contact", "visa__matter__lead"), pk=pk
    )


def people_of(visa: TVisa) -> list[tuple[str, str]]:
    """The relatives for a list to choose from."""
    return [
        (str(row.pk), f"{opened(row, 'name')}, {row.get_relationship_display().lower()}")
        for row in visa.family.all()
    ]


def chosen_person(visa: TVisa, key: str) -> FamilyMember | None:
    """The relative that was chosen; None for the client. The form has checked that it is one of them."""
    return visa.family.get(pk=key) if key else None


def draw_form(
    request: HttpRequest, visa: TVisa, form: forms.Form, *, title: str, save: str, **more: Any
) -> HttpResponse:
    """A page with one form: 200, or 422 with what was typed and what is wrong."""
    context = {"visa": visa, "form": form, "title": title, "save": save, **more}
    status = 422 if form.errors else 200
    return file_page(request, "visas/form.html", visa.client, PLACE, context, status)


def run_form(
    request: HttpRequest,
    visa: TVisa,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    save: str,
    **more: Any,
) -> HttpResponse:
    """Show a form, or do its act and go back to the T visa. `act` gives the words of the message."""
    check_can_change(signed_in(request), visa.client)
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        except InvalidTransition as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, said)
            return redirect(visa)
    return draw_form(request, visa, form, title=title, save=save, **more)
