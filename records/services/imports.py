"""A sheet from its upload to the record: stored, read, settled line by line, accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from clients.models import Alias, Client, Identifier
from clients.services import save_alias, save_identifier
from documents.models import Document
from documents.services import media_type_of, retitle, store_document
from records import readers
from records.models import Arrest, Charge, Disposition, RapSheet, RecordEvent
from records.permissions import check_can_review
from records.services import compare as comparing
from records.services import sheet as sheets
from records.services.compare import NEW, ON_FILE, Compared, Difference
from records.services.mapping import Plan, PlannedArrest, PlannedCharge, PlannedEvent, plan_of, squeezed
from records.services.outcomes import Result, Standing, standing_of
from records.services.plausible import check_days
from vault import names
from vault.fields import lookup_token

NO_CHARGE, TYPED = "no_charge", "typed"
HOLDS = {"charge": "counts", "result": "dispositions", "event": ""}
"""What a line may be typed in as, and the list of the part that it then joins."""
FIELDS_OF_PART = {
    "e": ("date", "agency", "numbers"),
    "c": ("code", "section", "description", "level", "flags"),
    "d": ("type", "date", "severity"),
}
_FBI = re.compile(r"\bFBI\s*/\s*([0-9A-Z]{4,10})\b")


@dataclass(frozen=True, slots=True)
class Accepted:
    """How much an acceptance wrote."""

    arrests: int = 0
    charges: int = 0
    results: int = 0
    events: int = 0
    changed: int = 0
    waiting: int = 0


def same_sheet_token(client: Client, text: str) -> bytes:
    """The keyed token by which the same sheet is known: its text without case and spacing."""
    return lookup_token("rap_sheet.text", f"{client.pk}|{' '.join(text.upper().split())}")


READABLE = frozenset({"application/pdf", "text/plain"})


def import_sheet(*, client: Client, content: bytes, name: str, by: User) -> tuple[RapSheet, bool]:
    """Read the file, seal it and open its review; (sheet, whether it is new).

    The same sheet again gives the review that exists and stores nothing, unless it was discarded. Raises
    PermissionDenied, ValidationError for a kind of file that is not stored, and
    `records.readers.ReaderError` with what to do for a file that cannot be read.
    """
    check_can_review(by, client)
    # Reading may take seconds: nobody else's writing waits for it.
    text = readers.text_of(content, name, max_bytes=settings.MAX_UPLOAD_BYTES)
    if media_type_of(content) not in READABLE:
        raise ValidationError("A RAP sheet is read from a PDF or a text file. Store others under Documents.")
    return _keep_sheet(client, content, name, text, readers.read(text), by)


@transaction.atomic
def _keep_sheet(
    client: Client, content: bytes, name: str, text: str, reading: readers.Reading, by: User
) -> tuple[RapSheet, bool]:
    client = Client.objects.select_for_update().get(pk=client.pk)
    check_can_review(by, client)
    token = same_sheet_token(client, text)
    same = RapSheet.objects.filter(client=client, same_sheet=token)
    known = same.exclude(state=RapSheet.State.DISCARDED).first()
    if known is not None:
        return known, False
    document = store_document(
        client=client,
        kind=Document.Kind.RAP_SHEET,
        title="RAP sheet",
        content=content,
        by=by,
        original_name=name,
    )
    sheet = RapSheet(
        client=client,
        document=document,
        source=reading.layout or "unknown",
        imported_by=by,
        text=text,
        reading=sheets.pack(reading),
        settled=sheets.empty_settled(),
        lines_read=len(reading.lines_in("read")),
        lines_to_check=len(reading.lines_in("check")),
        lines_not_read=len(reading.lines_in("not_read")),
        same_sheet=token,
    )
    sheet._history_user = by
    sheet.full_clean()
    sheet.save()
    record(Action.CREATED, by=by, target=sheet)
    return sheet, True


def discardable(sheet: RapSheet) -> bool:
    """In review, and nothing of it on the record yet."""
    return sheet.state == RapSheet.State.REVIEW and not sheet.settled.get("rows")


@transaction.atomic
def discard_sheet(*, sheet: RapSheet, reason: str, by: User, now: datetime | None = None) -> RapSheet:
    """Put a wrong sheet away: it is not offered for review again, and may be uploaded anew.

    The sheet, its file, its history and the access log stay. Raises PermissionDenied, or ValidationError
    for a missing reason and for a sheet of which something is on the record.
    """
    Client.objects.select_for_update().get(pk=sheet.client_id)
    sheet, reading, settled = _locked(sheet, by)
    if not discardable(sheet):
        raise ValidationError(
            "Charges of this sheet are on the record already, so it cannot be discarded. "
            "Put right on the record what is wrong there."
        )
    if not reason.strip():
        raise ValidationError({"reason": "Say why the sheet is discarded."})
    settled["discarded"] = _stamp(by, now) | {"reason": reason.strip()}
    sheet.state = RapSheet.State.DISCARDED
    sheet = _keep(sheet, reading, settled, by, ["discarded"])
    retitle(document=sheet.document, title="RAP sheet, discarded", by=by)
    record(Action.STAGE, by=by, target=sheet, fields=[sheet.state])
    return sheet


# --- Settling ---------------------------------------------------------------------------------------


@transaction.atomic
def settle_lines(*, sheet: RapSheet, lines: Iterable[int], by: User, now: datetime | None = None) -> RapSheet:
    """Say that lines that were not read hold no charge. They stay on the sheet, marked with who said so."""
    sheet, reading, settled = _locked(sheet, by)
    open_lines = {line["n"] for line in sheets.unsettled_lines(reading, settled)}
    wanted = set(lines) & open_lines
    if not wanted:
        raise ValidationError("Choose at least one line that is still open.")
    for number in wanted:
        settled["lines"][str(number)] = _stamp(by, now) | {"how": NO_CHARGE}
    return _keep(sheet, reading, settled, by, ["lines"])


@transaction.atomic
def reopen_line(*, sheet: RapSheet, line: int, by: User) -> RapSheet:
    """Take back "no charge here"."""
    sheet, reading, settled = _locked(sheet, by)
    if settled["lines"].get(str(line), {}).get("how") != NO_CHARGE:
        raise ValidationError("This line is open, or something was typed in for it.")
    del settled["lines"][str(line)]
    return _keep(sheet, reading, settled, by, ["lines"])


@transaction.atomic
def type_in(
    *,
    sheet: RapSheet,
    line: int,
    kind: str,
    to: str,
    values: dict[str, Any],
    by: User,
    now: datetime | None = None,
) -> RapSheet:
    """Add what a line says: a charge to an event, a result to a count, or an event; the line is settled.

    `kind` is charge, result or event; `to` the id of the event or count ("" for an event); `values` has
    the keys of the reader's count, disposition or event, a charge also `result` (a disposition or None).
    """
    sheet, reading, settled = _locked(sheet, by)
    if line not in {entry["n"] for entry in reading["lines"]}:
        raise ValidationError("The sheet has no such line.")
    events = sheets.corrected_events(reading, settled)
    target = sheets.part_named(events, to) if to else None
    if kind not in HOLDS or (HOLDS[kind] and HOLDS[kind] not in (target or {})):
        raise ValidationError("Choose where this belongs.")
    typed = values if kind != "charge" else values.get("result") or {}
    check_days(
        sheet.client, {"date": typed.get("date")}, after={"the arrest": sheets.arrested_on(events, to)}
    )
    ident = f"a{len(settled['added']) + 1}"
    entry = {"kind": kind, "to": to, "line": line, "values": values}
    if any(entry.items() <= added.items() for added in settled["added"]):
        raise ValidationError("This was typed in for the line already.")
    settled["added"].append({"id": ident, **entry})
    settled["lines"][str(line)] = _stamp(by, now) | {"how": TYPED, "part": ident}
    return _keep(sheet, reading, settled, by, ["added", "lines"])


@transaction.atomic
def correct_part(
    *, sheet: RapSheet, part: str, values: dict[str, Any], by: User, now: datetime | None = None
) -> RapSheet:
    """Put right what was read of an event, count or result; without a difference, confirm it as read.

    The reading stays as it is; only what differs is kept beside it.
    """
    sheet, reading, settled = _locked(sheet, by)
    events = sheets.corrected_events(reading, settled)
    current = sheets.part_named(events, part)
    if current is None:
        raise ValidationError("This part is not on the sheet.")
    allowed = fields_of(current)
    unknown = set(values) - set(allowed)
    if unknown:
        raise ValueError(f"Not corrected through this service: {sorted(unknown)}")
    before = settled["parts"].get(part, {}).get("values", {})
    changed = {name: value for name, value in values.items() if value != current.get(name)}
    # An odd day that the sheet prints may be confirmed as printed; only another one is asked about.
    floor = None if "counts" in current else sheets.arrested_on(events, part)
    check_days(sheet.client, {"date": changed.get("date")}, after={"the arrest": floor})
    settled["parts"][part] = _stamp(by, now) | {"values": before | changed}
    return _keep(sheet, reading, settled, by, [part])


def fields_of(part: dict[str, Any]) -> tuple[str, ...]:
    """Which values of a part a person can correct."""
    letter = "e" if "counts" in part else "c" if "dispositions" in part else "d"
    return FIELDS_OF_PART[letter]


def _locked(sheet: RapSheet, by: User) -> tuple[RapSheet, dict[str, Any], dict[str, Any]]:
    sheet = RapSheet.objects.select_for_update(of=("self",)).select_related("client").get(pk=sheet.pk)
    check_can_review(by, sheet.client)
    if sheet.state == RapSheet.State.DISCARDED:
        raise ValidationError("This sheet was discarded. Upload it again if it belongs to this client.")
    return sheet, sheet.reading, sheets.empty_settled() | sheet.settled


def _stamp(by: User, now: datetime | None) -> dict[str, Any]:
    return {"by": by.pk, "at": (now or timezone.now()).isoformat()}


def _keep(
    sheet: RapSheet, reading: dict[str, Any], settled: dict[str, Any], by: User, fields: Sequence[str]
) -> RapSheet:
    sheet.settled = settled
    sheet.lines_not_read = len(sheets.unsettled_lines(reading, settled))
    sheet._history_user = by
    sheet.full_clean()
    sheet.save()
    record(Action.CHANGED, by=by, target=sheet, fields=fields)
    return sheet


# --- Whose sheet it is ------------------------------------------------------------------------------


def person_doubts(reading: dict[str, Any], client: Client) -> list[str]:
    """Why this may be somebody else's sheet; empty when name and date of birth fit what is on file."""
    subject = reading["subject"]
    doubts = []
    on_sheet = [entry["name"] for entry in subject["names"]]
    on_file = names_on_file(client)
    if on_sheet and not any(_fits(sheet_name, name) for sheet_name in on_sheet for name in on_file):
        doubts.append("No name on this sheet is near a name in the file.")
    if not on_sheet:
        doubts.append("No name could be read on this sheet.")
    births = {subject["dob"], *subject["other_dobs"]} - {None}
    born = client.date_of_birth
    if born is not None and births and born.isoformat() not in births:
        doubts.append("The date of birth on this sheet is not the one in the file.")
    number = Identifier.objects.filter(client=client, kind=Identifier.Kind.CII).first()
    if number is not None and subject["cii"] and squeezed(number.value) != squeezed(subject["cii"]):
        doubts.append("The CII number on this sheet is not the one in the file.")
    return doubts


def names_on_file(client: Client) -> list[str]:
    """The name used, the legal name and every other name."""
    others = [alias.name for alias in Alias.objects.filter(client=client)]
    return [name for name in (client.name_used, client.legal_name, *others) if name]


def _fits(sheet_name: str, name: str) -> bool:
    """Near, or a name of one word (what she is called) that is one of the words on the sheet."""
    if names.near(sheet_name, name) is not None:
        return True
    words = names.fold(name)
    return len(words) == 1 and words[0] in names.fold(sheet_name)


def offered_names(reading: dict[str, Any], client: Client) -> list[str]:
    """Names of the sheet that the file does not have."""
    known = [sorted(names.fold(name)) for name in names_on_file(client)]
    offered: list[str] = []
    for entry in reading["subject"]["names"]:
        folded = sorted(names.fold(entry["name"]))
        if folded and folded not in known:
            known.append(folded)
            offered.append(entry["name"])
    return offered


def offered_numbers(reading: dict[str, Any], client: Client) -> dict[str, str]:
    """CII and FBI number of the sheet, where the file has none of that kind."""
    found = {Identifier.Kind.CII.value: reading["subject"]["cii"] or ""}
    for line in reading["lines"]:
        if line["kind"] in {"subject", "info", "number"} and (match := _FBI.search(line["text"].upper())):
            found.setdefault(Identifier.Kind.FBI.value, match.group(1))
    have = set(Identifier.objects.filter(client=client).values_list("kind", flat=True))
    return {kind: value for kind, value in found.items() if value and kind not in have}


# --- Accepting --------------------------------------------------------------------------------------


def review_of(sheet: RapSheet) -> tuple[Plan, Compared]:
    """What accepting would do now: the plan, and how each part stands to the file."""
    settled = sheets.empty_settled() | sheet.settled
    plan = plan_of(sheet.reading, settled)
    return plan, comparing.compare(sheet, plan, settled)


@transaction.atomic
def accept_sheet(
    *,
    sheet: RapSheet,
    by: User,
    only_sure: bool,
    same_person: bool = False,
    aliases: Iterable[str] = (),
    numbers: Iterable[str] = (),
    now: datetime | None = None,
) -> Accepted:
    """Write the sheet into the client's record, all of it in one transaction; twice writes nothing twice.

    `only_sure` leaves out every arrest with something to check. `aliases` and `numbers` are what the user
    chose of `offered_names` and of the kinds of `offered_numbers`. The sheet counts as accepted once
    everything is on file and no line is left unread. Raises ValidationError on `same_person` when the
    sheet may be somebody else's and the user did not say that it is not.
    """
    Client.objects.select_for_update().get(pk=sheet.client_id)
    sheet, reading, settled = _locked(sheet, by)
    client = sheet.client
    if person_doubts(reading, client) and not same_person:
        raise ValidationError(
            {"same_person": "Say that this sheet is this client’s, or upload the right one."}
        )
    plan = plan_of(reading, settled)
    writer = _Writer(sheet, by, settled, comparing.compare(sheet, plan, settled))
    waiting = 0
    for arrest in plan.arrests:
        if only_sure and not arrest.is_sure:
            waiting += writer.compared.status_of(arrest) != ON_FILE
            continue
        writer.arrest(arrest)
    for event in plan.events:
        if only_sure and not event.is_sure:
            waiting += writer.compared.of(event.id).status != ON_FILE
            continue
        writer.event(event)
    _keep_person(client, reading, aliases, numbers, by)
    accepted = writer.accepted(waiting)
    if (
        not waiting
        and not sheets.unsettled_lines(reading, settled)
        and sheet.state != RapSheet.State.ACCEPTED
    ):
        sheet.state = RapSheet.State.ACCEPTED
        sheet.accepted_by, sheet.accepted_at = by, now or timezone.now()
    _keep(sheet, reading, settled, by, ["accepted"])
    if writer.written:
        record(Action.CREATED, by=by, kind="record", client=client.pk, shown=writer.written)
    return accepted


def _keep_person(
    client: Client, reading: dict[str, Any], aliases: Iterable[str], numbers: Iterable[str], by: User
) -> None:
    offered = offered_names(reading, client)
    for name in aliases:
        if name in offered:
            save_alias(client=client, name=name.replace(",", ", "), by=by, source="rap_sheet")
    values = offered_numbers(reading, client)
    for kind in numbers:
        if kind in values:
            save_identifier(client=client, kind=kind, value=values[kind], by=by)


class _Writer:
    """Writes the parts of one sheet; remembers which row each part became."""

    def __init__(self, sheet: RapSheet, by: User, settled: dict[str, Any], compared: Compared) -> None:
        self.sheet, self.by, self.rows, self.compared = sheet, by, settled["rows"], compared
        self.written: list[Any] = []
        self.new = {"arrests": 0, "charges": 0, "results": 0, "events": 0, "changed": 0}
        last = Arrest.objects.filter(client=sheet.client).aggregate(Max("ordinal"))["ordinal__max"]
        self.next_arrest = (last or 0) + 1

    def accepted(self, waiting: int) -> Accepted:
        return Accepted(**self.new, waiting=waiting)

    def arrest(self, planned: PlannedArrest) -> None:
        difference = self.compared.of(planned.id)
        row = difference.row
        if row is None:
            row = Arrest(
                client=self.sheet.client, sheet=self.sheet, ordinal=self.next_arrest, lines=planned.all_lines
            )
            self.next_arrest += 1
        if row.import_key is None:
            row.import_key = comparing.arrest_key(self.sheet.client_id, planned)
            self._write(row, difference, "arrests", always=True)
        else:
            self._write(row, difference, "arrests")
        self._remember(planned.id, row, comparing.arrest_values(planned))
        for charge in planned.charges:
            self.charge(charge, row)

    def charge(self, planned: PlannedCharge, arrest: Arrest) -> None:
        difference = self.compared.of(planned.id)
        row = difference.row
        before = None if row is None else standing_of(results_on_file(row), in_court=bool(row.court))
        stands = False
        if row is None:
            ordinal = (arrest.charges.aggregate(Max("ordinal"))["ordinal__max"] or 0) + 1
            row = Charge(client=self.sheet.client, arrest=arrest, ordinal=ordinal)
            row.lines, row.confidence = planned.line_range, planned.confidence
            stands = True
        if row.import_key is None:
            row.import_key = comparing.charge_key(bytes(arrest.import_key or b""), planned)
        for name, value in difference.values.items():
            setattr(row, name, value)
        if stands:
            apply_standing(row, [r.result for r in planned.results], prison=planned.prison)
            self._save(row, "charges")
        news = [r for r in planned.results if self.compared.of(r.id).status != ON_FILE]
        ordinal = row.dispositions.aggregate(Max("ordinal"))["ordinal__max"] or 0
        for result in planned.results:
            part = self.compared.of(result.id)
            kept = part.row
            if kept is None:
                ordinal += 1
                kept = Disposition(client=self.sheet.client, charge=row, ordinal=ordinal)
            self._write(kept, part, "results")
            self._remember(result.id, kept, comparing.result_values(result))
        if not stands and (news or difference.values):
            if news:
                apply_standing(row, results_on_file(row), before=before, prison=planned.prison)
            row.confidence = planned.confidence
            self._save(row, "changed")
        self._remember(planned.id, row, comparing.charge_values(planned))

    def event(self, planned: PlannedEvent) -> None:
        row = self.compared.of(planned.id).row
        if row is None:
            row = RecordEvent(
                client=self.sheet.client,
                sheet=self.sheet,
                type=planned.type,
                on=planned.on,
                agency=planned.agency,
                content=planned.content,
                import_key=comparing.event_key(self.sheet.client_id, planned),
            )
            self._save(row, "events")
        self._remember(planned.id, row, {})

    def _write(self, row: Any, difference: Difference, word: str, *, always: bool = False) -> None:
        for name, value in difference.values.items():
            setattr(row, name, value)
        if difference.status == NEW:
            self._save(row, word)
        elif difference.values or always:
            self._save(row, "changed")

    def _save(self, row: Any, word: str) -> None:
        row._history_user = self.by
        row.full_clean()
        row.save()
        self.new[word] += 1
        self.written.append(row.pk)

    def _remember(self, ident: str, row: Any, values: dict[str, Any]) -> None:
        was = {name: comparing.as_kept(value) for name, value in values.items()}
        self.rows[ident] = {"row": str(row.pk), "was": was}


def results_on_file(charge: Charge) -> list[Result]:
    """The charge's results in order, as `standing_of` takes them."""
    rows = Disposition.objects.filter(charge=charge)
    return [Result(row.type, row.on, row.severity, row.sentence) for row in rows]


def apply_standing(
    charge: Charge, results: Sequence[Result], *, before: Standing | None = None, prison: bool = False
) -> None:
    """Set where a charge stands from its results; the charge is not saved.

    With `before`, where its results put it until now, a value that an attorney changed since is left alone.
    """
    now = standing_of(results, in_court=bool(charge.court), prison=prison)
    for name in ("kind", "standing", "disposed_on", "severity", "sentence_completed", "prison_served"):
        if before is None or getattr(charge, name) == getattr(before, name):
            setattr(charge, name, getattr(now, name))
