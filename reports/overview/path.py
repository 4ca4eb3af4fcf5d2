"""The path: how far each part of the work has come."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cases.models import Deadline
from cases.models.petitions import DECIDED, Stage
from clients.models import Client, ConflictCheck
from records.models import Charge, RapSheet
from records.services.screening import screen_charges
from reports.links import link
from reports.overview.file import File
from reports.queries import ENDED_STAGES, visa_stage_words
from reports.words import Pronouns, counted, short_day
from visas.models import TVisa
from visas.rules import Card, basis_on


def path(file: File) -> list[dict[str, Any]]:
    """The stops of the step indicator, each with where it stands and the next step in it."""
    stops = [_intake(file), _record(file), _screening(file), _petitions(file)]
    if file.visa is not None:
        stops += [_visa(file, file.visa), _permit(file)]
        if file.family:
            stops.append(_family(file))
    return stops


def _stop(
    name: str, kind: str, state: str, url: str, ahead: str = "", note: str = "", soon: bool = False
) -> dict[str, Any]:
    stop = {"name": name, "kind": kind, "state": state, "url": url, "next": ahead, "next_note": note}
    return stop | ({"next_kind": "soon"} if soon else {})


def _intake(file: File) -> dict[str, Any]:
    client = file.client
    url = link("intake", client.pk)
    if client.state != Client.State.INTAKE:
        return _stop(
            "Intake",
            "done",
            f"Opened {client.opened_on:%b} {client.opened_on.day}, {client.opened_on.year}",
            url,
        )
    check = ConflictCheck.objects.filter(client=client).order_by("-run_at").first()
    ahead = "Run the conflict check"
    if check is not None:
        ahead = "Decide the conflict check" if check.decision == "open" else "Take on, or not"
    return _stop("Intake", "now", "Under way", url, ahead)


def _record(file: File) -> dict[str, Any]:
    url = link("client-record", file.client.pk)
    in_review = [sheet for sheet in file.sheets if sheet.state == RapSheet.State.REVIEW]
    if in_review:
        unread = sum(sheet.lines_not_read for sheet in in_review)
        state = f"In review, {counted(unread, 'line')} not read" if unread else "RAP sheet in review"
        return _stop("Record", "now", state, url, "Accept the sheet")
    if not file.charges:
        return _stop("Record", "", "No record on file", url, "Ask for the RAP sheet")
    arrests = len({charge.arrest_id for charge in file.charges})
    return _stop(
        "Record", "done", f"{counted(arrests, 'arrest')}, {counted(len(file.charges), 'charge')}", url
    )


def _screening(file: File) -> dict[str, Any]:
    url = link("client-record", file.client.pk)
    if not file.charges:
        return _stop("Screening", "", "Not begun", url)
    to_review = sum(charge.nexus == Charge.Nexus.NOT_REVIEWED for charge in file.charges)
    decided = f"{len(file.charges) - to_review} of {len(file.charges)} decided"
    if to_review:
        return _stop("Screening", "now", decided, url, f"Decide the tie, {counted(to_review, 'charge')}")
    tied = [charge for charge in file.charges if charge.nexus == Charge.Nexus.YES]
    findings = screen_charges(tied, file.today)
    reached = [charge for charge in tied if any(one.answer == "reaches" for one in findings[charge.pk])]
    left = [charge for charge in reached if not charge.petition_lines.all()]
    state = f"{len(tied)} tied, {len(reached)} reached"
    if left:
        return _stop("Screening", "now", state, url, f"Draft a petition, {counted(len(left), 'charge')}")
    return _stop("Screening", "done", state, url)


def _petitions(file: File) -> dict[str, Any]:
    url = link("client-petitions", file.client.pk)
    if not file.petitions:
        return _stop("Petitions", "", "None yet", url)
    stages = Counter(petition.get_stage_display().lower() for petition in file.petitions)
    state = f"{len(file.petitions)}: " + ", ".join(
        words if n == 1 == len(file.petitions) else f"{n} {words}" for words, n in stages.items()
    )
    ahead = next((row for row in file.deadlines if row.petition_id), None)
    open_duties = sum(duty.confirmed_on is None for duty in file.duties)
    over = all(petition.stage in DECIDED | {Stage.WITHDRAWN} for petition in file.petitions)
    kind = "done" if over and not open_duties else "now"
    return _stop("Petitions", kind, state, url, *_ahead(ahead, file))


def _ahead(row: Deadline | None, file: File) -> tuple[str, str, bool]:
    """The next date as the words of a stop: what, who and when, whether it is soon."""
    if row is None:
        return "", "", False
    return (
        row.what,
        f"{row.owner.get_short_name()} · {short_day(row.work_to)}",
        (row.work_to - file.today).days <= 6,
    )


def _visa(file: File, visa: TVisa) -> dict[str, Any]:
    ahead = next((row for row in file.deadlines if row.matter_id == visa.matter_id), None)
    kind = (
        "done"
        if visa.stage in {"approved", "adjustment", "lpr"}
        else "hold"
        if visa.stage in ENDED_STAGES
        else "now"
    )
    what, note, soon = _ahead(ahead, file)
    if not what and visa.status_ends_on:
        what, note = (
            "Status ends",
            f"{visa.status_ends_on:%b} {visa.status_ends_on.day}, {visa.status_ends_on.year}",
        )
    return _stop("T visa", kind, visa_stage_words(visa.stage), link("tvisa", visa.pk), what, note, soon)


def _permit(file: File) -> dict[str, Any]:
    url = link("tvisa", file.visa.pk) if file.visa else ""
    basis = basis_on(_cards(file), file.today)
    if basis.category is None and basis.until is None:
        return _stop("Work permit", "", "None valid today", url)
    until = f"to {short_day(basis.until)}, {basis.until.year}" if basis.until else "no end printed"
    return _stop("Work permit", "done", f"{basis.category or 'A card'}, {until}", url)


def _cards(file: File) -> list[Card]:
    return [Card(permit.valid_from, permit.valid_to, permit.category) for permit in file.permits]


def _family(file: File) -> dict[str, Any]:
    granted = sum(member.is_granted for member in file.family)
    state = f"{counted(len(file.family), 'relative')}: {granted} granted"
    url = link("tvisa", file.visa.pk) if file.visa else ""
    return _stop("Family", "done" if granted == len(file.family) else "now", state, url)


def path_title(pronouns: Pronouns) -> str:
    """ "Her path", "Their path"."""
    return f"{pronouns.possessive.capitalize()} path"
