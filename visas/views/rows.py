"""Notices, receipts, relatives and work permits: added, corrected, answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clients.frame import opened
from clients.views.pages import signed_in
from visas import services
from visas.forms import OTHER, AnswerForm, FamilyForm, NoticeForm, PermitForm, ReceiptForm
from visas.models import FamilyMember, Notice, Receipt, TVisa, WorkPermit
from visas.rules import check_receipt_number, law
from visas.rules.base import words
from visas.services.begin import OWN_FORM
from visas.views.common import chosen_person, people_of, run_form, visible_row, visible_visa

METHODS = ["GET", "HEAD", "POST"]


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _done(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and on which day."""
    return {"by": signed_in(request), "today": timezone.localdate()}


# --- Notices --------------------------------------------------------------------------------------


@require_http_methods(METHODS)
def new_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A notice came: its due and safe dates are computed."""
    visa = visible_visa(request, pk)
    asked = {key: request.GET.get(key, "") for key in ("kind", "form", "person")}
    form = NoticeForm(_data(request), people=people_of(visa), initial={k: v for k, v in asked.items() if v})

    def act(typed: dict[str, Any]) -> str:
        before = visa.stage
        person = chosen_person(visa, typed.pop("person"))
        services.record_notice(visa=visa, person=person, **typed, **_done(request))
        visa.refresh_from_db()
        moved = "" if person or visa.stage != before else " The stage stays as it is."
        return f"Recorded. Its due and safe dates are on this page.{moved}"

    intro = "The due date, the safe date and their arithmetic are computed and kept with the file."
    return run_form(request, visa, form, act, title="Record a notice", save="Record the notice", intro=intro)


@require_http_methods(METHODS)
def change_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a notice: its dates are computed again."""
    notice = visible_row(request, Notice, pk)
    names = ("form", "served_on", "served_by", "printed_date")
    initial = {name: getattr(notice, name) for name in names} | {"asks_for": opened(notice, "asks_for")}
    form = NoticeForm(_data(request), people=[], changing=True, initial=initial)

    def act(typed: dict[str, Any]) -> str:
        services.change_notice(notice=notice, **typed, **_done(request))
        return "Corrected. Its due and safe dates are counted again."

    title = f"Correct the notice: {notice.get_kind_display().lower()}"
    return run_form(request, notice.visa, form, act, title=title, save="Correct it")


@require_http_methods(METHODS)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """We sent the answer, or USCIS has it."""
    notice = visible_row(request, Notice, pk)
    form = AnswerForm(_data(request), initial={"sent_on": notice.sent_on})

    def act(typed: dict[str, Any]) -> str:
        row, said = services.record_answer(notice=notice, **typed, **_done(request))
        if said:
            messages.warning(request, said)
        return "Recorded: USCIS has it." if row.answered_on else "Recorded: sent. Check that USCIS has it."

    due, work_to = notice.deadline.due_on, notice.deadline.work_to
    said = f"Work to {words(work_to)}; USCIS has to have it by {words(due)}."
    intro = f"Notice of {words(notice.served_on)}. {said}"
    title = f"Answer: {notice.get_kind_display().lower()}, {notice.form}"
    return run_form(request, notice.visa, form, act, title=title, save="Record it", intro=intro)


# --- Receipts -------------------------------------------------------------------------------------


@require_http_methods(METHODS)
def new_receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a receipt number."""
    visa = visible_visa(request, pk)
    form = ReceiptForm(_data(request), people=people_of(visa))
    return _receipt_form(request, visa, form, None, "Add a receipt", "Add the receipt")


@require_http_methods(METHODS)
def change_receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a receipt; the number is typed again, so that it is never shown unasked."""
    receipt = visible_row(request, Receipt, pk)
    initial = {"form": receipt.form, "received_on": receipt.received_on, "person": receipt.person_id or ""}
    form = ReceiptForm(_data(request), people=people_of(receipt.visa), initial=initial)
    return _receipt_form(
        request, receipt.visa, form, receipt, f"Correct the receipt of {receipt.form}", "Correct it"
    )


def _receipt_form(
    request: HttpRequest, visa: TVisa, form: forms.Form, receipt: Receipt | None, title: str, save: str
) -> HttpResponse:
    def act(typed: dict[str, Any]) -> str:
        person, before = chosen_person(visa, typed.pop("person")), visa.received_on
        row = services.save_receipt(visa=visa, person=person, receipt=receipt, **typed, **_done(request))
        if check_receipt_number(typed["number"]).hint:
            messages.warning(
                request, "We do not know the letters of this number: compare them with the notice."
            )
        visa.refresh_from_db()
        if row.form != OWN_FORM[True]:
            return "The receipt is kept."
        if before is None:
            moves = "The stage stays as it is: record what happened to move it."
            said = f" {moves}" if visa.stage == "filed" else ""
            return f"The receipt is kept, and its day is now the day USCIS received the application.{said}"
        if row.received_on != before:
            messages.warning(
                request,
                "The file counts from another day than this receipt. Compare both with the notice; "
                "“Correct the stage” changes the day that the file counts from.",
            )
        return "The receipt is kept."

    return run_form(request, visa, form, act, title=title, save=save)


# --- Family ---------------------------------------------------------------------------------------


@require_http_methods(METHODS)
def new_relative(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a relative."""
    visa = visible_visa(request, pk)
    return _relative_form(
        request, visa, FamilyForm(_data(request)), None, "Add a relative", "Add the relative"
    )


@require_http_methods(METHODS)
def change_relative(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what is known of a relative."""
    person = visible_row(request, FamilyMember, pk)
    names = ("relationship", "date_of_birth", "married", "in_united_states", "in_danger")
    initial = {name: getattr(person, name) for name in names} | {"name": opened(person, "name")}
    form = FamilyForm(_data(request), initial=initial)
    return _relative_form(request, person.visa, form, person, f"Change {opened(person, 'name')}", "Save")


def _relative_form(
    request: HttpRequest, visa: TVisa, form: forms.Form, person: FamilyMember | None, title: str, save: str
) -> HttpResponse:
    def act(typed: dict[str, Any]) -> str:
        row = services.save_member(visa=visa, member=person, **typed, **_done(request))
        known = "The class is on this page." if row.derivative_class else "No class with what is known today."
        return f"Saved. {known}"

    intro = "The class follows from the tie, the ages on the day USCIS received the I-914, and danger."
    return run_form(request, visa, form, act, title=title, save=save, intro=intro)


# --- Work permits ---------------------------------------------------------------------------------


@require_http_methods(METHODS)
def new_permit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A card came."""
    visa = visible_visa(request, pk)
    form = PermitForm(_data(request), people=people_of(visa))
    return _permit_form(request, visa, form, None, "Add a work permit", "Add the card")


@require_http_methods(METHODS)
def change_permit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a card."""
    permit = visible_row(request, WorkPermit, pk)
    listed = permit.category in law()["permit_categories"]
    initial = {
        "person": permit.person_id or "",
        "category": permit.category if listed else OTHER,
        "other_category": "" if listed else permit.category,
        "valid_from": permit.valid_from,
        "valid_to": permit.valid_to,
    }
    form = PermitForm(_data(request), people=people_of(permit.visa), initial=initial)
    return _permit_form(request, permit.visa, form, permit, "Correct the work permit", "Correct it")


def _permit_form(
    request: HttpRequest, visa: TVisa, form: forms.Form, permit: WorkPermit | None, title: str, save: str
) -> HttpResponse:
    def act(typed: dict[str, Any]) -> str:
        person = chosen_person(visa, typed.pop("person"))
        services.save_permit(visa=visa, person=person, permit=permit, **typed, **_done(request))
        return "Work permit kept. Its renewal day is on the page."

    return run_form(request, visa, form, act, title=title, save=save)
