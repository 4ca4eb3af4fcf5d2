"""A made-up criminal record: printed as a sheet, read by the real reader, or typed from a court's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from accounts.models import User
from documents.models import Document
from records import readers
from records.models import Arrest, Charge, Disposition, NexusEvidence, RapSheet, RecordEvent
from records.services import compare as comparing
from records.services import sheet as sheets
from records.services.imports import apply_standing, same_sheet_token
from records.services.mapping import PlannedArrest, PlannedCharge, plan_of
from records.services.outcomes import Result
from reports.demo import texts
from reports.demo.batch import Action
from reports.demo.folder import Folder
from reports.demo.plots import FEDERAL, Plot
from reports.demo.world import weekday

PRINTED = {
    "convicted": "*DISPO:CONVICTED",
    "dismissed": "DISPO:DISMISSED/FURTHERANCE OF JUSTICE",
    "plea": "DISPO:DISMISSED/PLEA TO OTHER CHARGE",
    "prosecutor_rejected": "DISPO:PROS REJ-INSUFFICIENT EVIDENCE",
}
STATUS = {"M": "MISDEMEANOR", "F": "FELONY"}
COURTS = {
    "Alameda": ("CAPD OAKLAND", "CASC ALAMEDA"),
    "Los Angeles": ("CAPD LOS ANGELES", "CASC LOS ANGELES"),
    "Fresno": ("CAPD FRESNO", "CASC FRESNO"),
    "San Mateo": ("CASO SAN MATEO", "CASC SAN MATEO"),
    "Kern": ("CAPD BAKERSFIELD", "CASC KERN"),
    "Sacramento": ("CAPD SACRAMENTO", "CASC SACRAMENTO"),
    "Santa Clara": ("CAPD SAN JOSE", "CASC SANTA CLARA"),
    "San Diego": ("CAPD SAN DIEGO", "CASC SAN DIEGO"),
    "Contra Costa": ("CAPD RICHMOND", "CASC CONTRA COSTA"),
}
FEDERAL_COURT = "United States District Court, Northern District of California"
FEDERAL_POLICE = "HSI San Francisco"


@dataclass(frozen=True, slots=True)
class Count:
    """One charge: what it was, what became of it, and how it ties to the trafficking ("" is not reviewed)."""

    section: str
    words: str
    level: str = "M"
    code: str = "PC"
    result: str = "convicted"
    nexus: str = "yes"
    reason: str = ""
    passage: int = 0
    attempted: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """One arrest with its court case; `printed` false: typed from the court's file, not on the sheet."""

    on: date
    agency: str
    number: str
    court: str
    court_on: date
    case_number: str
    counts: tuple[Count, ...]
    county: str = ""
    name: str = ""
    printed: bool = True
    jurisdiction: str = "US-CA"
    unread: Mapping[int, str] = field(default_factory=dict)
    """Lines that cannot be read, by the count after which they stand."""


TIED = (
    Count("647(b)", "DISORDERLY CONDUCT:PROSTITUTION", reason="quota", passage=2),
    Count("653.22(a)", "LOITER:INTENT:PROSTITUTION", reason="quota", passage=2),
    Count("459.5(a)", "SHOPLIFTING", reason="told", passage=3),
    Count("484(a)", "THEFT", result="dismissed", reason="told", passage=3),
    Count("148.9(a)", "FALSE ID TO SPECIFIC PEACE OFICERS", reason="card", passage=4),
    Count("11377(a)", "POSSESS CONTROLLED SUBSTANCE", code="HS", level="F", reason="bag", passage=5),
    Count("487(c)", "GRAND THEFT FROM PERSON", level="F", reason="chose", passage=3),
    Count("602(k)", "TRESPASS:INJURE PROPERTY", result="dismissed", reason="told", passage=3),
    Count("530.5(a)", "GET CREDIT/ETC USE OTHER ID", level="F", reason="card", passage=4),
)
NOT_TIED = (
    Count("14601.1(a)", "DRIVE WHILE LICENSE SUSPENDED", code="VC", nexus="no", reason="before"),
    Count("415", "FIGHT/NOISE/OFFENSIVE WORDS", nexus="no", reason="after"),
)
OPEN = (
    Count("148(a)(1)", "OBSTRUCT/ETC PUBLIC OFCR/ETC", nexus=""),
    Count("211", "ROBBERY", level="F", result="plea", nexus=""),
    Count("594(a)", "VANDALISM", nexus=""),
)
FEDERAL_COUNT = Count(
    "18 1546(a)", "Fraud and misuse of visas and permits", code="US", level="F", reason="card", passage=4
)


def draw_record(plot: Plot, chance: Random) -> list[Taken]:
    """Arrests that fit the petitions of a story, and one or two beside them."""
    taken = []
    year = chance.randint(2012, 2016)
    for petition in plot.petitions:
        day = _some_weekday(chance, year)
        year += 1
        if petition.statute == FEDERAL:
            taken.append(_federal(day, chance))
            continue
        counts = tuple(chance.sample(TIED, petition.charges))
        taken.append(_arrest(day, petition.county, counts, chance))
    county = plot.petitions[0].county if plot.petitions and plot.petitions[0].county else "Alameda"
    if not plot.petitions:
        counts = tuple(chance.sample(TIED, 2))
        taken.append(_arrest(_some_weekday(chance, year), county, counts, chance))
    if not plot.reviewed:
        taken.append(_arrest(_some_weekday(chance, year + 1), county, tuple(chance.sample(OPEN, 2)), chance))
    if chance.random() < 0.6:
        taken.append(_arrest(_some_weekday(chance, year + 1), county, (chance.choice(NOT_TIED),), chance))
    return sorted(taken, key=lambda one: one.on)


def _some_weekday(chance: Random, year: int) -> date:
    return weekday(date(min(year, 2020), 1, 6) + timedelta(days=chance.randrange(340)))


def _arrest(day: date, county: str, counts: tuple[Count, ...], chance: Random) -> Taken:
    police, court = COURTS[county]
    return Taken(
        day,
        police,
        f"P{day:%y}-{chance.randrange(10_000, 99_999)}",
        court,
        weekday(day + timedelta(days=chance.randint(16, 60))),
        f"{day:%y}-CR-{chance.randrange(100_000, 999_999)}",
        counts,
        county=county,
    )


def _federal(day: date, chance: Random) -> Taken:
    number = f"3:{day:%y}-cr-{chance.randrange(1000, 9999):05d}"
    court_on = weekday(day + timedelta(days=114))
    return Taken(
        day,
        FEDERAL_POLICE,
        f"HSI-{chance.randrange(10_000, 99_999)}",
        FEDERAL_COURT,
        court_on,
        number,
        (FEDERAL_COUNT,),
        printed=False,
        jurisdiction="US",
    )


# --- The print ----------------------------------------------------------------------------------------


def print_sheet(
    folder: Folder, taken: Iterable[Taken], printed_on: date, names: Iterable[str], cii: str
) -> str:
    """A California DOJ sheet of these arrests."""
    born = f"{folder.person.born:%Y%m%d}"
    lines = [
        f"RE: QHY.CA0990099.99{folder.index:06d}.LEGALAID-        DATE:{printed_on:%Y%m%d} TIME:09:11:02",
        "RESTRICTED-DO NOT USE FOR EMPLOYMENT,LICENSING OR CERTIFICATION PURPOSES",
        "ATTN:LEGALAID-00001",
        "",
        "**LIVE SCAN",
        f"CII/{cii}",
        f"DOB/{born}    SEX/F  RAC/HISPANIC",
        "HGT/504  WGT/128  EYE/BRO  HAI/BLK  POB/CA",
    ]
    lines += [f"{'NAM/' if n == 1 else '    '}{n:02d} {name}" for n, name in enumerate(names, 1)]
    for arrest in taken:
        lines += _cycle(arrest, born)
    return "\n".join([*lines, "", "     *    *    *    END OF MESSAGE    *    *    *", ""])


def sheet_name(name: str) -> str:
    """ "Marisol Wren Larkspur" as the sheet prints it: "LARKSPUR,MARISOL WREN"."""
    first, _, last = name.rpartition(" ")
    return f"{last},{first}".upper()


def _cycle(arrest: Taken, born: str) -> list[str]:
    lines = [
        "* * * *",
        f"ARR/DET/CITE:         NAM:01  DOB:{born}",
        f"{arrest.on:%Y%m%d}  {arrest.agency}",
        "",
    ]
    rejected = [count for count in arrest.counts if count.result == "prosecutor_rejected"]
    for number, count in enumerate(arrest.counts, 1):
        lines += [f"CNT:{number:02d}" + (f"     #{arrest.number}" if number == 1 else "")]
        lines += [f"  {count.section.upper()} {count.code}-{count.words}", ""]
        if number in arrest.unread:
            lines.append(arrest.unread[number])
    if rejected:
        return [*lines, f"{arrest.court_on:%Y%m%d}", PRINTED["prosecutor_rejected"]]
    lines += ["- - - -", "COURT:                NAM:01", f"{arrest.court_on:%Y%m%d}  {arrest.court}", ""]
    for number, count in enumerate(arrest.counts, 1):
        lines += [f"CNT:{number:02d}" + (f"     #{arrest.case_number}" if number == 1 else "")]
        lines += [f"  {count.section.upper()} {count.code}-{count.words}", PRINTED[count.result]]
        if count.result == "convicted":
            days = 10 if count.level == "M" else 180
            lines += [
                f"   CONV STATUS:{STATUS[count.level]}",
                f"   SEN: 003 YEARS PROBATION, {days:03d} DAYS JAIL",
            ]
        lines.append("")
    if 0 in arrest.unread:
        lines.append(arrest.unread[0])
    return lines


# --- The rows -----------------------------------------------------------------------------------------


def file_record(
    folder: Folder,
    taken: list[Taken],
    *,
    sheet: str,
    imported: date,
    reviewed: date,
    cii: str,
    names: list[str],
) -> None:
    """The record on file: the printed arrests through a sheet, the others typed in, then the decisions.

    `sheet`: none (all of it typed), fresh (imported, nothing accepted), review or accepted.
    """
    printed = [arrest for arrest in taken if arrest.printed and sheet != "none"]
    ordinal = 0
    if printed:
        ordinal = _import(folder, printed, sheet, imported, cii, names)
    if sheet == "fresh":
        return
    for arrest in taken:
        if arrest not in printed:
            ordinal += 1
            _type_in(folder, arrest, ordinal, imported)
    by_place = {(arrest.on, count.code, count.section): count for arrest in taken for count in arrest.counts}
    for charge in folder.charges:
        on = charge.arrest.arrested_on
        count = by_place.get((on, charge.code, charge.section)) if on else None
        _decide(folder, charge, count, reviewed)


def _import(folder: Folder, printed: list[Taken], state: str, on: date, cii: str, names: list[str]) -> int:
    client, batch = folder.client, folder.batch
    importer = folder.team.get("paralegal", folder.lead)
    text = print_sheet(folder, printed, on - timedelta(days=14), [sheet_name(name) for name in names], cii)
    paper = batch.document(
        client,
        Document.Kind.RAP_SHEET,
        "RAP sheet",
        text,
        at=folder.moment(on, 11),
        by=importer,
        name="doj-sheet.txt",
    )
    folder.papers["sheet"] = paper
    reading = readers.read(text)
    packed, settled = sheets.pack(reading), sheets.empty_settled()
    row = RapSheet(
        client=client,
        document=paper,
        source=reading.layout or "unknown",
        state=RapSheet.State.ACCEPTED if state == "accepted" else RapSheet.State.REVIEW,
        imported_by=importer,
        text=text,
        reading=packed,
        lines_read=len(reading.lines_in("read")),
        lines_to_check=len(reading.lines_in("check")),
        lines_not_read=len(sheets.unsettled_lines(packed, settled)),
        same_sheet=same_sheet_token(client, text),
    )
    accepted = folder.moment(on + timedelta(days=1), 15)
    if state == "accepted":
        row.accepted_by, row.accepted_at = folder.lead, accepted
    ordinal = 0
    if state != "fresh":
        plan = plan_of(packed, settled)
        for ordinal, planned in enumerate(plan.arrests, 1):
            _accept(folder, row, planned, ordinal, settled["rows"])
        for event in plan.events:
            kept = RecordEvent(
                client=client,
                sheet=row,
                type=event.type,
                on=event.on,
                agency=event.agency,
                content=event.content,
                import_key=comparing.event_key(client.pk, event),
            )
            batch.add(kept, at=accepted, by=folder.lead)
            settled["rows"][event.id] = {"row": str(kept.pk), "was": {}}
    row.settled = settled
    waiting = {"state": "review", "accepted_by_id": None, "accepted_at": None}
    earlier = [(folder.moment(on, 11), importer, waiting)] if state == "accepted" else []
    batch.add(
        row,
        at=accepted if earlier else folder.moment(on, 11),
        by=folder.lead if earlier else importer,
        earlier=earlier,
    )
    batch.event(Action.CREATED, at=folder.moment(on, 11), by=importer, client=client.pk, target=row)
    return ordinal


def _accept(
    folder: Folder, sheet: RapSheet, planned: PlannedArrest, ordinal: int, rows: dict[str, Any]
) -> None:
    """What accepting the sheet writes for one arrest (records.services.imports), as rows of the batch."""
    when, by = folder.moment(sheet.document.created_at.date() + timedelta(days=1), 15), folder.lead
    values = comparing.arrest_values(planned)
    arrest = Arrest(
        client=folder.client,
        sheet=sheet,
        ordinal=ordinal,
        lines=planned.all_lines,
        import_key=comparing.arrest_key(folder.client.pk, planned),
        **values,
    )
    folder.batch.add(arrest, at=when, by=by)
    rows[planned.id] = _kept(arrest.pk, values)
    for number, part in enumerate(planned.charges, 1):
        rows[part.id] = _kept(
            _accept_charge(folder, arrest, part, number, rows).pk, comparing.charge_values(part)
        )


def _accept_charge(
    folder: Folder, arrest: Arrest, part: PlannedCharge, number: int, rows: dict[str, Any]
) -> Charge:
    charge = Charge(
        client=folder.client,
        arrest=arrest,
        ordinal=number,
        lines=part.line_range,
        confidence=part.confidence,
        import_key=comparing.charge_key(bytes(arrest.import_key or b""), part),
        **comparing.charge_values(part),
    )
    apply_standing(charge, [planned.result for planned in part.results], prison=part.prison)
    folder.charges.append(charge)
    for place, planned in enumerate(part.results, 1):
        values = comparing.result_values(planned)
        kept = Disposition(client=folder.client, charge=charge, ordinal=place, **values)
        folder.batch.add(kept, at=arrest.created_at, by=folder.lead)
        rows[planned.id] = _kept(kept.pk, values)
    return charge


def _kept(pk: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"row": str(pk), "was": {name: comparing.as_kept(value) for name, value in values.items()}}


def _type_in(folder: Folder, taken: Taken, ordinal: int, on: date) -> None:
    """An arrest from a court's file, as records.services.charges writes it."""
    client, when = folder.client, folder.moment(on)
    arrest = Arrest(
        client=client,
        ordinal=ordinal,
        arrested_on=taken.on,
        agency=taken.agency,
        jurisdiction=taken.jurisdiction,
        county=taken.county,
        number=taken.number,
    )
    folder.batch.add(arrest, at=when, by=folder.lead)
    for number, count in enumerate(taken.counts, 1):
        in_court = count.result != "prosecutor_rejected"
        charge = Charge(
            client=client,
            arrest=arrest,
            ordinal=number,
            code=count.code,
            section=count.section,
            description=count.words,
            level=count.level,
            court=taken.court if in_court else "",
            county=taken.county,
            case_number=taken.case_number if in_court else None,
        )
        sentence: dict[str, Any] = {"probation": "3y", "jail": "10d", "prison": None, "other": []}
        kind = "dismissed" if count.result == "plea" else count.result
        result = Result(
            kind,
            taken.court_on,
            count.level if kind == "convicted" else "",
            sentence if kind == "convicted" else None,
        )
        apply_standing(charge, [result])
        folder.charges.append(charge)
        kept = Disposition(
            client=client,
            charge=charge,
            ordinal=1,
            type=result.type,
            on=result.on,
            severity=result.severity,
            sentence=result.sentence,
        )
        folder.batch.add(kept, at=when, by=folder.lead)


UNDECIDED: dict[str, Any] = {
    "nexus": Charge.Nexus.NOT_REVIEWED,
    "nexus_basis": [],
    "nexus_reason_sealed": None,
    "nexus_by_id": None,
    "nexus_at": None,
}


def _decide(folder: Folder, charge: Charge, count: Count | None, on: date) -> None:
    """Whether the charge is tied, with the reason and what it leans on; then the row is taken."""
    entered = charge.arrest.created_at
    if count is None or not count.nexus:
        folder.batch.add(charge, at=entered, by=folder.lead)
        return
    decided = max(folder.moment(on), entered + timedelta(hours=1))
    charge.nexus = count.nexus
    charge.nexus_reason = folder.fill(texts.REASONS.get(count.reason, count.reason))
    charge.nexus_basis = ["direct_result"] if count.nexus == "yes" else []
    charge.nexus_by, charge.nexus_at = folder.lead, decided
    folder.batch.add(charge, at=decided, by=folder.lead, earlier=[(entered, folder.lead, UNDECIDED)])
    folder.batch.event(
        Action.CHANGED, at=decided, by=folder.lead, client=folder.client.pk, target=charge, fields=["nexus"]
    )
    if count.nexus == "yes" and 0 < count.passage <= len(folder.passages):
        lean(
            folder,
            charge,
            "client_declaration",
            decided,
            folder.lead,
            passage=folder.passages[count.passage - 1],
        )
    if count.nexus == "yes" and "letter" in folder.papers and charge.ordinal == 1:
        lean(folder, charge, "provider_affidavit", decided, folder.lead, document=folder.papers["letter"])


def lean(folder: Folder, charge: Charge, kind: str, when: Any, by: User, **what: Any) -> None:
    """Something that the decision on a charge leans on."""
    row = NexusEvidence(client=folder.client, charge=charge, kind=kind, **what)
    folder.batch.add(row, at=when, by=by)
