"""Reviewing a sheet: its lines beside what was read of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from audit.services import Action, record
from clients.forms import add_problems
from clients.frame import erased_words, file_context
from clients.models import Identifier
from records.forms import TYPE_FORMS, DiscardForm, correction_form, count_words, event_words
from records.models import RapSheet
from records.permissions import check_can_review
from records.services import (
    Accepted,
    accept_sheet,
    correct_part,
    discard_sheet,
    discardable,
    reopen_line,
    review_of,
    settle_lines,
    type_in,
)
from records.services import sheet as sheets
from records.services.compare import CHANGED, NEW, ON_FILE, Compared
from records.services.courts import agency_words
from records.services.imports import NO_CHARGE, offered_names, offered_numbers, person_doubts
from records.services.mapping import PlannedArrest, PlannedCharge, plan_of
from records.services.outcomes import TYPE_WORDS
from records.views.words import day, level_words, plain_words, result_words, sentence_words

STATE_CLASS = {"read": "read", "check": "check", "not_read": "not", "page": "page"}
STATUS = {
    NEW: {"label": "New", "kind": "go", "icon": "plus"},
    ON_FILE: {"label": "On file", "kind": "done", "icon": ""},
    CHANGED: {"label": "Changes the file", "kind": "soon", "icon": ""},
}
KIND_WORDS = {"charge": "charge", "result": "result", "sentence": "", "page": "page", "notice": "page"}


NOT_DISCARDABLE = "Only a sheet in review, of which nothing is on the record yet, can be discarded."


def _sheet(request: HttpRequest, pk: UUID) -> RapSheet:
    user: User = request.user  # type: ignore[assignment]
    visible = RapSheet.objects.visible_to(user).select_related("client", "document", "imported_by")
    sheet: RapSheet = get_object_or_404(visible, pk=pk)
    if sheet.document.erased_at is not None:
        raise PermissionDenied(f"{erased_words(sheet.document.erased_at)}: this sheet with its file.")
    return sheet


@require_safe
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The review page."""
    sheet = _sheet(request, pk)
    record(Action.SEEN, by=request.user, target=sheet)
    return render(request, "records/review.html", _page(request, sheet))


@require_POST
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The review page with dates of birth and personal numbers of the source shown; recorded."""
    sheet = _sheet(request, pk)
    record(Action.REVEALED, by=request.user, target=sheet, fields=["text"])
    return render(request, "records/review.html", _page(request, sheet, revealed=True))


@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """ "No charge here" for one or several lines, or taking it back."""
    sheet = _sheet(request, pk)
    user: User = request.user  # type: ignore[assignment]
    check_can_review(user, sheet.client)
    try:
        again = request.POST.get("reopen", "")
        if again:
            reopen_line(sheet=sheet, line=_line_number(again), by=user)
        else:
            chosen = [_line_number(text) for text in request.POST.getlist("line")]
            settle_lines(sheet=sheet, lines=chosen, by=user)
    except ValidationError as error:
        context = _page(request, sheet) | {"settle_error": " ".join(error.messages)}
        return render(request, "records/review.html", context, status=422)
    messages.success(request, "The line is open again." if again else "Settled. The lines stay on the sheet.")
    return redirect(f"{sheet.get_absolute_url()}#unread")


def _line_number(text: str) -> int:
    """The number of a line as posted; 0, which no line has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 7 else 0


@require_POST
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put what was read on file: what is sure, or all of it."""
    sheet = _sheet(request, pk)
    user: User = request.user  # type: ignore[assignment]
    check_can_review(user, sheet.client)
    what = request.POST.get("what", "")
    try:
        if what not in {"sure", "all"}:
            raise ValidationError("Choose whether to accept what is sure, or all of it.")
        accepted = accept_sheet(
            sheet=sheet,
            by=user,
            only_sure=what == "sure",
            same_person="same_person" in request.POST,
            aliases=request.POST.getlist("alias"),
            numbers=request.POST.getlist("number"),
        )
    except ValidationError as error:
        context = _page(request, sheet) | {"accept_error": " ".join(error.messages)}
        return render(request, "records/review.html", context, status=422)
    messages.success(request, accepted_words(accepted))
    sheet.refresh_from_db(fields=["state"])
    if sheet.state == RapSheet.State.ACCEPTED:
        return redirect("client-record", pk=sheet.client_id)
    return redirect(sheet)


def accepted_words(accepted: Accepted) -> str:
    """What an acceptance wrote, as a sentence."""
    counts = (
        (accepted.arrests, "arrest", "arrests"),
        (accepted.charges, "charge", "charges"),
        (accepted.results, "result", "results"),
        (accepted.events, "other event", "other events"),
    )
    added = ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)
    words = f"Added {added}." if added else "Everything was on file already. Nothing was added."
    if accepted.changed:
        words += (
            f" {accepted.changed} on file {'was' if accepted.changed == 1 else 'were'} brought up to date."
        )
    if accepted.waiting:
        words += f" {accepted.waiting} still {'waits' if accepted.waiting == 1 else 'wait'} to be checked."
    return words


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask why a wrong sheet is put away, and do it."""
    sheet = _sheet(request, pk)
    user: User = request.user  # type: ignore[assignment]
    check_can_review(user, sheet.client)
    if not discardable(sheet):
        messages.error(request, NOT_DISCARDABLE)
        return redirect(sheet)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            discard_sheet(sheet=sheet, reason=form.cleaned_data["reason"], by=user)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "The sheet is discarded. Nothing of it is on the record.")
            return redirect("client-record", pk=sheet.client_id)
    record(Action.SEEN, by=user, target=sheet)
    context = file_context(request, sheet.client, "record") | {"sheet": sheet, "form": form}
    return render(request, "records/discard.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def type_line(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """Type in what a line says that could not be read."""
    sheet = _sheet(request, pk)
    user: User = request.user  # type: ignore[assignment]
    check_can_review(user, sheet.client)
    reading, settled = sheet.reading, sheets.empty_settled() | sheet.settled
    if line not in {entry["n"] for entry in reading["lines"]}:
        raise Http404
    kind = request.POST.get("kind") or request.GET.get("as", "charge")
    kind = kind if kind in TYPE_FORMS else "charge"
    events = sheets.corrected_events(reading, settled)
    make: Any = TYPE_FORMS[kind]
    given = {"events": events, "plan": plan_of(reading, settled)}
    form = make(request.POST, **given) if request.method == "POST" else make(
        initial={"to": _nearest(events, line, kind)}, **given
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data.get("to", "")
        try:
            type_in(sheet=sheet, line=line, kind=kind, to=to, values=form.values(), by=user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Line {line} is settled.")
            return redirect(f"{sheet.get_absolute_url()}#unread")
    record(Action.SEEN, by=user, target=sheet)
    choices = (("charge", "A charge"), ("result", "A result"), ("event", "Another event"))
    context = file_context(request, sheet.client, "record") | {
        "sheet": sheet,
        "line": line,
        "kind": kind,
        "form": form,
        "lines": [entry for entry in _lines(reading, settled, revealed=False) if abs(entry["n"] - line) <= 4],
        "links": [{"label": label, "url": f"?as={word}", "current": word == kind} for word, label in choices],
    }
    return render(request, "records/type_line.html", context, status=422 if form.is_bound else 200)


def _nearest(events: list[dict[str, Any]], line: int, kind: str) -> str:
    """The event or count printed last before the line: most often it belongs there."""
    parts = [
        part
        for event in events
        if event["type"] in {"arrest", "court"}
        for part in (event["counts"] if kind == "result" else [event])
        if part["at"] and min(part["at"]) <= line
    ]
    return str(parts[-1]["id"]) if parts else ""


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """Correct or confirm one event, count or result as read."""
    sheet = _sheet(request, pk)
    user: User = request.user  # type: ignore[assignment]
    check_can_review(user, sheet.client)
    reading, settled = sheet.reading, sheets.empty_settled() | sheet.settled
    events = sheets.corrected_events(reading, settled)
    found = sheets.part_named(events, part)
    if found is None:
        raise Http404
    form = correction_form(found, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            correct_part(sheet=sheet, part=part, values=form.values(), by=user)  # type: ignore[attr-defined]
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Kept beside the source.")
            return redirect(f"{sheet.get_absolute_url()}#{part}")
    record(Action.SEEN, by=user, target=sheet)
    at = found.get("at") or [found.get("line") or 0]
    first, last = min(at, default=0) - 2, max(at, default=0) + 2
    context = file_context(request, sheet.client, "record") | {
        "sheet": sheet,
        "form": form,
        "part": part,
        "what": _part_words(found),
        "reasons": [words for _line, _weight, words in found.get("doubts", [])],
        "lines": [entry for entry in _lines(reading, settled, revealed=False) if first <= entry["n"] <= last],
    }
    return render(request, "records/correct.html", context, status=422 if form.is_bound else 200)


def _part_words(part: dict[str, Any]) -> str:
    if "counts" in part:
        return event_words(part)
    if "dispositions" in part:
        return count_words(part)
    return TYPE_WORDS.get(part["type"], part["type"])


# --- What the page shows ----------------------------------------------------------------------------


def _page(request: HttpRequest, sheet: RapSheet, *, revealed: bool = False) -> dict[str, Any]:
    reading, settled = sheet.reading, sheets.empty_settled() | sheet.settled
    plan, compared = review_of(sheet)
    unread = {line["n"] for line in sheets.unsettled_lines(reading, settled)}
    lines = _lines(reading, settled, revealed=revealed)
    cleared = [
        {"n": int(number), "text": next(entry["plain"] for entry in lines if entry["n"] == int(number))}
        for number, how in sorted(settled["lines"].items(), key=lambda item: int(item[0]))
        if how["how"] == NO_CHARGE
    ]
    arrests = [_arrest(arrest, compared) for arrest in plan.arrests]
    open_arrests = [arrest for arrest in plan.arrests if compared.status_of(arrest) != ON_FILE]
    open_events = [event for event in plan.events if compared.of(event.id).status != ON_FILE]
    numbers = offered_numbers(reading, sheet.client)
    to_settle = next((entry["n"] for entry in lines if entry["state"] in {"check", "not"}), None)
    frame = file_context(request, sheet.client, "record")
    discarded = sheet.state == RapSheet.State.DISCARDED
    if discarded:  # shown as it was, and worked on no more
        frame["rights"] = frame["rights"] | {"change_client": False}
    return frame | {
        "sheet": sheet,
        "discarded": _discarded(settled["discarded"]) if discarded else None,
        "discardable": frame["rights"]["change_client"] and discardable(sheet),
        "revealed": revealed,
        "lines": lines,
        "counts": Counter(entry["state"] for entry in lines if entry["plain"].strip()),
        "unread": [entry for entry in lines if entry["n"] in unread],
        "cleared": cleared,
        "next_line": to_settle,
        "notices": reading["notices"],
        "arrests": arrests,
        "events": [
            {
                "id": event.id,
                "label": event.type.replace("_", " ").capitalize(),
                "on": day(event.on),
                "agency": agency_words(event.agency),
                "lines": event.line_range,
                "confidence": event.confidence,
                "status": STATUS[compared.of(event.id).status],
            }
            for event in plan.events
        ],
        "sure": sum(arrest.is_sure for arrest in open_arrests) + sum(event.is_sure for event in open_events),
        "open_count": len(open_arrests) + len(open_events),
        "doubts": person_doubts(reading, sheet.client),
        "aliases": offered_names(reading, sheet.client),
        "numbers": [{"kind": kind, "label": str(Identifier.Kind(kind).label)} for kind in numbers],
    }  # fmt: skip


def _discarded(how: dict[str, Any]) -> dict[str, Any]:
    return {
        "reason": how["reason"],
        "at": datetime.fromisoformat(how["at"]),
        "by": User.objects.get(pk=how["by"]),
    }


def _lines(reading: dict[str, Any], settled: dict[str, Any], *, revealed: bool) -> list[dict[str, Any]]:
    """The source lines: number, state, the word at the left, and text in plain and marked pieces."""
    births = sheets.dates_of_birth(reading) | sheets.numbers_of(line["text"] for line in reading["lines"])
    firsts = {event["at"][0]: event["type"].replace("_", " ") for event in reading["events"] if event["at"]}
    done = settled["lines"]
    shown = []
    for line in reading["lines"]:
        text = line["text"] if revealed else sheets.masked(line["text"], births)
        how = done.get(str(line["n"]), {}).get("how", "")
        state = STATE_CLASS[line["state"]]
        word = (
            {"check": "check", "not": "not read"}.get(state)
            or firsts.get(line["n"])
            or KIND_WORDS.get(line["kind"], "")
        )
        if how and state == "not":
            state, word = "page", "no charge" if how == NO_CHARGE else "typed in"
        # Pieces are cut by the columns of the source, which a mask moves.
        pieces = _pieces(text, line["repairs"]) if text == line["text"] else [{"text": text, "marked": False}]
        shown.append({"n": line["n"], "state": state, "kind": word, "plain": text, "pieces": pieces})
    return shown


def _pieces(text: str, repairs: list[list[Any]]) -> list[dict[str, Any]]:
    pieces, at = [], 0
    for start, end, _read_as in sorted(repairs):
        if at <= start < end <= len(text):
            pieces += [{"text": text[at:start], "marked": False}, {"text": text[start:end], "marked": True}]
            at = end
    return [piece for piece in (*pieces, {"text": text[at:], "marked": False}) if piece["text"]]


def _arrest(arrest: PlannedArrest, compared: Compared) -> dict[str, Any]:
    row = compared.of(arrest.id).row
    name = f"Arrest {row.ordinal}" if row is not None else "Arrest"
    if arrest.court_only:
        name = f"{name}: court case alone" if row is not None else "Court case alone"
    return {
        "id": arrest.id,
        "title": " · ".join(filter(None, (name, day(arrest.on), agency_words(arrest.agency)))),
        "confidence": arrest.worst,
        "lines": arrest.all_lines,
        "reasons": arrest.reasons,
        "changes": compared.of(arrest.id).changes,
        "status": STATUS[compared.status_of(arrest)],
        "charges": [_charge(charge, i, row, compared) for i, charge in enumerate(arrest.charges, start=1)],
        "correct": not arrest.court_only,
    }


def _charge(charge: PlannedCharge, place: int, arrest: Any, compared: Compared) -> dict[str, Any]:
    difference = compared.of(charge.id)
    number = str(place)
    if arrest is not None:
        number = f"{arrest.ordinal}.{difference.row.ordinal if difference.row is not None else place}"
    return {
        "id": charge.id,
        "number": number,
        "citation": charge.citation,
        "words": ", ".join(filter(None, (charge.description, level_words(charge.level)))),
        "plain": plain_words(charge.code, charge.section, ""),
        "results": [
            {
                "id": planned.id,
                "words": result_words(planned.result.type, planned.result.on),
                "level": level_words(planned.result.severity),
                "sentence": sentence_words(planned.result.sentence),
            }
            for planned in charge.results
        ],
        "court_event": charge.court_event,
        "court": ", ".join(filter(None, (agency_words(charge.court), day(charge.court_on)))),
        "case_number": charge.case_number,
        "confidence": charge.confidence,
        "reasons": charge.reasons,
        "changes": difference.changes,
        "status": STATUS[difference.status],
        "is_new": difference.status == NEW,
    }
