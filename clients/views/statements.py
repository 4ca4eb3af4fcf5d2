"""What the client told us, in passages: masked until somebody asks to read one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.services import Action, record
from clients import services
from clients.forms import PassageForm, add_problems
from clients.frame import erased_words, opened
from clients.models import Passage
from clients.permissions import check_can_change, check_can_read_statement
from clients.views.pages import file_page, signed_in, visible_client


@require_safe
def statements(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The passages with their titles and agreed uses; the text opens one by one (client-reveal)."""
    client = visible_client(request, pk)
    user = signed_in(request)
    check_can_read_statement(user, client)
    passages = Passage.objects.visible_to(user).filter(client=client).defer("text_sealed")
    rows = [
        {
            "passage": row,
            "title": opened(row, "title"),
            "uses": [] if row.erased_at else _uses(row),
            "key": f"passage-{row.pk}",
            "label": f"Read passage {row.number}",
        }
        for row in passages
    ]
    return file_page(request, "clients/statements.html", client, "statements", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def passage_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a passage."""
    client = visible_client(request, pk)
    user = signed_in(request)
    check_can_read_statement(user, client)
    check_can_change(user, client)
    form = PassageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.add_passage(client=client, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "The passage is kept.")
            return redirect("client-statements", client.pk)
    context = {"form": form, "passage": None}
    return file_page(
        request, "clients/passage.html", client, "statements", context, 422 if form.errors else 200
    )


@require_POST
def passage_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a passage. Posting nothing opens its text in a form, and is recorded as a reveal."""
    user = signed_in(request)
    passages = Passage.objects.visible_to(user).select_related("client__point_of_contact")
    passage = get_object_or_404(passages, pk=pk)
    check_can_read_statement(user, passage.client)
    check_can_change(user, passage.client)
    if passage.erased_at is not None:
        raise PermissionDenied(f"{erased_words(passage.erased_at)}. Add a new passage instead.")
    if "title" not in request.POST:
        record(Action.REVEALED, by=user, target=passage, fields=["text"])
        form = PassageForm(initial={name: getattr(passage, name) for name in PassageForm.base_fields})
    else:
        form = PassageForm(request.POST)
        if form.is_valid():
            try:
                services.change_passage(passage=passage, by=user, **form.cleaned_data)
            except ValidationError as problem:
                add_problems(form, problem)
            else:
                messages.success(
                    request, "The passage was changed. The earlier wording stays in its history."
                )
                return redirect("client-statements", passage.client_id)
    context = {"form": form, "passage": passage}
    return file_page(
        request, "clients/passage.html", passage.client, "statements", context, 422 if form.errors else 200
    )


def _uses(passage: Passage) -> list[dict[str, Any]]:
    """Every use as a tag: agreed in green, everything else a plain no."""
    return [
        {
            "label": label if passage.agreed_for(use) else f"{label}: no",
            "kind": "done" if passage.agreed_for(use) else "",
            "icon": "check" if passage.agreed_for(use) else "x",
        }
        for use, label in Passage.Use.choices
    ]
