"""The words of a petition’s papers: what each one says, where it comes from, what is left blank.

Blanks and sources stand on the page of the papers; a Word file could be filed as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cases.law import StatutePaper, statute_paper
from cases.models import Agency, Petition, PetitionCharge
from cases.services.agencies import agency_in_papers
from cases.services.bound import record_has
from clients.models import Client, Passage
from deadlines.rules import deadline_row, duty_row, label_of
from documents.models import Document
from documents.papers import blank
from documents.papers.blanks import typed_blanks
from records.models import Charge
from records.rules.statutes import get_statute, unconfirmed_notes

KINDS: Mapping[str, str] = {
    Document.Kind.PETITION: "Petition or motion",
    Document.Kind.DECLARATION: "Client’s declaration",
    Document.Kind.PROPOSED_ORDER: "Proposed order",
    Document.Kind.PROOF_OF_SERVICE: "Proof of service",
}
OFFENSE_DATE = "offense date of charge"


@dataclass(frozen=True, slots=True)
class Source:
    """One fact of the papers and where it comes from."""

    fact: str
    where: str


@dataclass(slots=True)
class Gathered:
    """The words of a paper, the blanks left in it and the source of each fact."""

    words: dict[str, Any] = field(default_factory=dict)
    blanks: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    def need(self, value: str | None, words: str) -> str:
        """The value, or a visible blank that joins the list; a placeholder left in the value is one too."""
        if value:
            self.blanks += [f"{words} ({left})" for left in typed_blanks(value)]
            return value
        if words not in self.blanks:
            self.blanks.append(words)
        return blank(words)


def read_for_papers(petition: Petition) -> Petition:
    found: Petition = Petition.objects.select_related(
        "client__office", "court", "prosecutor", "matter__lead__office"
    ).get(pk=petition.pk)
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What the papers are written from, read once for all of them."""

    petition: Petition
    lines: list[PetitionCharge]
    passages: list[Passage]


def read_all(petition: Petition) -> Reading:
    """Petition, charges with their evidence, and the passages agreed for a court declaration."""
    petition = read_for_papers(petition)
    return Reading(petition, _read_lines(petition), agreed_passages(petition.client))


def _read_lines(petition: Petition) -> list[PetitionCharge]:
    rows = petition.lines.select_related("charge__arrest", "charge__nexus_by")
    return list(rows.prefetch_related("charge__evidence__passage", "charge__dispositions"))


def gather(*, petition: Petition, kind: str, reading: Reading | None = None) -> Gathered:
    """Every word of one paper. The client's address is never read; the account only for the declaration."""
    petition = reading.petition if reading else read_for_papers(petition)
    paper = statute_paper(petition.statute)
    found = Gathered()
    charges = [line.charge for line in (reading.lines if reading else _read_lines(petition))]
    _caption(found, petition, paper, charges)
    found.words["title"] = _title(kind, paper, found.words["name"])
    if kind in (Document.Kind.PETITION, Document.Kind.PROPOSED_ORDER):
        _records(found, paper, charges, with_nexus=kind == Document.Kind.PETITION)
        _said(found, petition, paper)
        found.words["relief"] = _relief(charges)
    if kind == Document.Kind.PETITION:
        found.words["evidence"] = _lines(found.words["facts"]["evidence"])
        sections = filter(None, map(citation_in_papers, charges))
        found.words["sections"] = ", ".join(dict.fromkeys(sections))
        found.words["county"] = petition.court.county or petition.court.name
    if kind == Document.Kind.PROPOSED_ORDER:
        found.words["agencies"] = _agencies(paper, petition, charges)
        found.words["received_on"] = _day(petition.served_on) or RULE
    if kind == Document.Kind.DECLARATION:
        passages = reading.passages if reading else agreed_passages(petition.client)
        found.words["parts"] = _account(found, passages, paper, charges)
    if kind == Document.Kind.PROOF_OF_SERVICE:
        _served(found, petition)
    found.words["notes"] = unconfirmed_rules(paper, kind)
    return found


def _title(kind: str, paper: StatutePaper, name: str) -> str:
    """What stands in the title box and the foot of a paper; a clerk files by it."""
    return {
        Document.Kind.DECLARATION: f"DECLARATION OF {name} IN SUPPORT OF {paper.title}",
        Document.Kind.PROPOSED_ORDER: paper.title_order,
        Document.Kind.PROOF_OF_SERVICE: f"PROOF OF SERVICE OF {paper.title}",
    }.get(Document.Kind(kind), paper.title)


MARKS = {
    "recalled": "recalled, not read",
    "secondary": "read in a summary, not the code",
    "predecessor": "read in an earlier bill, not the enacted law",
    "": "read in the official text",
}


def unconfirmed_rules(paper: StatutePaper, kind: str) -> list[str]:
    """Each rule that a paper leans on and nobody has confirmed, with its citation and how it is known.

    They stand on a page of their own before the paper, which counsel takes out. No rule counts as confirmed
    until an attorney confirms it.
    """
    statute = get_statute(paper.id)
    notes = unconfirmed_notes(statute)
    if not notes:
        return []
    found = [f"{statute.citation}: {_mark(statute.verification, '')}. {notes[0]}"]
    if kind in (Document.Kind.PETITION, Document.Kind.PROPOSED_ORDER):
        found += notes[1:]
        row = deadline_row(paper.id, paper.answer)
        found.append(_rule(label_of(paper.answer), row))
        found += [f"To read in the current text: {what}." for what in paper.must_confirm]
    if kind == Document.Kind.PROPOSED_ORDER:
        if paper.duty_index is not None:
            row = duty_row(paper.id, paper.duty_index)
            found.append(_rule(row["duty"].capitalize(), row))
        marks = {"R": "recalled, not read", "D": "a choice of the draft, not of the law"}
        found += [f"“{row.duty}”: {marks[row.mark]}." for row in paper.duties if row.mark in marks]
    if paper.level == "state":
        found.append("The form in which the codes are cited: recalled, not read.")
    return list(dict.fromkeys(found))


def _rule(words: str, row: Mapping[str, Any]) -> str:
    return (
        f"{words} ({row['citation']}): {_mark(row['verification'], row.get('source_kind', ''))}, unconfirmed."
    )


def _mark(verification: str, source_kind: str) -> str:
    if verification == "recalled":
        return MARKS["recalled"]
    if verification == "verified_secondary":
        return MARKS["secondary"]
    return MARKS.get(source_kind, MARKS[""])


RULE = "______________________________"
"""A line for the judge's, the server's or the signer's own hand: no blank of ours."""


def name_in_papers(client: Client, mode: str) -> str:
    """The name as the papers give it; "" where the file does not hold what the mode needs."""
    if mode == "pseudonym":
        return "Doe"
    name = client.legal_name or ""
    if mode == "full":
        return name
    letters = [word[0].upper() for word in re.split(r"[\s]+", name) if word]
    return "".join(f"{letter}." for letter in letters)


CODES = {
    "PC": "Pen. Code",
    "HS": "Health & Saf. Code",
    "VC": "Veh. Code",
    "BP": "Bus. & Prof. Code",
    "WI": "Welf. & Inst. Code",
}
"""California codes as its courts cite them (California Style Manual; recalled)."""


def citation_in_papers(charge: Charge) -> str:
    """ "Pen. Code, § 647(b)" or "18 U.S.C. § 1708"; "" where no section is on file."""
    if not charge.section:
        return ""
    attempted = " (attempted)" if charge.attempted else ""
    title, _space, section = charge.section.partition(" ")
    if charge.code == "US" and section:
        return f"{title} U.S.C. § {section}{attempted}"
    return f"{CODES.get(charge.code, charge.code)}, § {charge.section}{attempted}".lstrip(", ")


def _caption(found: Gathered, petition: Petition, paper: StatutePaper, charges: list[Charge]) -> None:
    counsel, federal = petition.matter.lead, paper.level == "federal"
    office = counsel.office
    arrest_only = all(charge.kind != Charge.Kind.CONVICTION and not charge.case_number for charge in charges)
    name = found.need(
        name_in_papers(petition.client, petition.name_mode), "the client’s legal name, for the caption"
    )
    dockets = list(dict.fromkeys(charge.case_number for charge in charges if charge.case_number))
    people = (
        "UNITED STATES OF AMERICA, v." if federal else "THE PEOPLE OF THE STATE OF CALIFORNIA, Plaintiff, v."
    )
    found.words |= {
        "attorney": {
            "name": counsel.name,
            "bar": found.need(counsel.bar_number, "counsel’s bar number"),
            "office": office.name,
            "address": found.need(", ".join(office.address.split("\n")), "the office’s address"),
            "phone": found.need(office.phone, "the office’s telephone"),
            "email": office.email or counsel.email,
        },
        "court_title": petition.court.name.upper(),
        "people": "In re the arrest of" if arrest_only else people,
        "name": name,
        "party_role": "Defendant and Movant." if federal else "Defendant and Petitioner.",
        "dockets": ", ".join(dockets)
        or ("to be assigned" if arrest_only else found.need("", "the docket numbers")),
        "mark": paper.sealing_mark if petition.under_seal else "",
        "hearing": "to be set",
        "prosecutor": petition.prosecutor.name,
        "name_note": {
            "initials": "Initials stand for the full name, which is on the confidential sheet.",
            "pseudonym": "The name is a pseudonym; the full name is on the confidential sheet.",
            "full": "",
        }[petition.name_mode],
    }
    found.sources += [
        Source("Court and prosecutor", "Chosen when the petition was planned"),
        Source("Attorney block", f"Account of {counsel} and the office"),
        Source(
            "Name in the caption", f"Legal name of the file, as {petition.get_name_mode_display().lower()}"
        ),
        Source("Docket numbers", "Case numbers of the charges"),
    ]


def _records(found: Gathered, paper: StatutePaper, charges: list[Charge], *, with_nexus: bool) -> None:
    rows = []
    for charge in charges:
        number = charge.number
        arrest_only = charge.kind != Charge.Kind.CONVICTION
        rows.append(
            {
                "number": number,
                "citation": found.need(citation_in_papers(charge), f"section of charge {number}"),
                "description": charge.description.capitalize() or "offense",
                "arrested_on": found.need(_day(charge.arrest.arrested_on), f"arrest date of charge {number}"),
                "agency": found.need(
                    agency_in_papers(charge.arrest.agency), f"arresting agency of charge {number}"
                ),
                "docket": charge.case_number
                or ("none" if arrest_only else found.need("", f"docket number of charge {number}")),
                "offense_on": found.need(
                    # Never the day of the arrest in its place: the paper is sworn to.
                    _day(charge.offense_on),
                    f"{OFFENSE_DATE} {number}",
                ),
                "disposition": found.need(
                    (charge.standing or "").replace("_", " ").capitalize(), f"outcome of charge {number}"
                ),
                "disposed_on": found.need(
                    _day(charge.disposed_on), f"date of the outcome of charge {number}"
                ),
                "nexus": found.need(charge.nexus_reason, f"nexus paragraph of charge {number}")
                if with_nexus
                else "",
            }
        )
        where = f"RAP sheet, lines {charge.lines}" if charge.lines else "Entered by hand"
        found.sources.append(Source(f"Charge {number}: arrest, case, offense, outcome", where))
        if with_nexus:
            by = f", decided by {charge.nexus_by}" if charge.nexus_by_id else ""
            found.sources.append(Source(f"Charge {number}: “{paper.nexus_words}”", f"Nexus review{by}"))
    found.words["charges"] = rows


def _said(found: Gathered, petition: Petition, paper: StatutePaper) -> None:
    said = petition.known.get("said", {})
    found.words["facts"] = {
        fact.key: found.need(said.get(fact.key), fact.label.lower())
        if fact.needed or said.get(fact.key)
        else ""
        for fact in paper.facts
    }
    found.sources += [
        Source(fact.label, "Written for these papers") for fact in paper.facts if said.get(fact.key)
    ]


def _relief(charges: list[Charge]) -> dict[str, str]:
    """What a petition of Penal Code 236.14 asks, in the words of what is on file: nothing that was dismissed
    is called a conviction."""
    kinds = {charge.kind for charge in charges}
    vacated = [
        words
        for kind, words in (
            (Charge.Kind.CONVICTION, "conviction"),
            (Charge.Kind.JUVENILE, "adjudication"),
        )
        if kind in kinds
    ]
    if not vacated:
        return {
            "ask": "grant relief from the arrests and charges listed below",
            "head": "ARRESTS AND CHARGES",
            "prayer": "grant relief from each arrest and charge",
            "each": "arrest",
            "decree": "Relief is GRANTED from each arrest and charge marked granted",
            "set_aside": "arrests",
        }
    many, each = " and ".join(f"{word}s" for word in vacated), " and ".join(vacated)
    others = kinds - {Charge.Kind.CONVICTION, Charge.Kind.JUVENILE}
    arrests = "arrests and charges" if others else "arrests"
    single = "arrest and charge" if others else "arrest"
    return {
        "ask": f"vacate the {many} listed below, to grant relief from the {arrests} listed below",
        "head": f"ARRESTS AND {many.upper()}" if not others else f"ARRESTS, CHARGES AND {many.upper()}",
        "prayer": f"vacate each {each}, and grant relief from each {single}",
        "each": f"arrest and {each}",
        "decree": f"Each {each} marked granted is VACATED and the charge DISMISSED, and the same relief is "
        f"granted from each {single}",
        "set_aside": f"arrests and {many}",
    }


def _agencies(paper: StatutePaper, petition: Petition, charges: list[Charge]) -> list[dict[str, str]]:
    """The table of the order: whom it binds if every charge is granted. The day is left to the judge."""
    rows: list[dict[str, str]] = []
    county = petition.court.county
    for row in paper.duties:
        if row.when != "always" and not record_has(row.when, charges):
            continue
        names = {
            "court": [petition.court.name],
            "prosecutor": [petition.prosecutor.name],
            "arresting": list(
                dict.fromkeys(agency_in_papers(c.arrest.agency) for c in charges if c.arrest.agency)
            ),
            "booking": [f"{county} County Sheriff"] if county else [],
            "probation": [f"{county} County Probation Department"] if county else [],
            "named": [row.agency[1]] if row.agency else [],
        }.get(row.who, [])
        rows += [{"name": name, "duty": row.duty, "due": "____________"} for name in names]
    return rows


def _account(
    found: Gathered, passages: list[Passage], paper: StatutePaper, charges: list[Charge]
) -> list[dict[str, Any]]:
    """The declaration, of passages agreed for it; each stands once, at the first arrest linked to it."""
    by_arrest: dict[Any, list[Passage]] = {}
    placed: set[Any] = set()
    arrests = sorted(
        {charge.arrest for charge in charges}, key=lambda a: (a.arrested_on or date.max, a.ordinal)
    )
    for arrest in arrests:
        linked = {
            item.passage_id
            for charge in charges
            if charge.arrest_id == arrest.pk
            for item in charge.evidence.all()
        }
        by_arrest[arrest.pk] = [passage for passage in passages if passage.pk in linked]
        placed |= {passage.pk for passage in by_arrest[arrest.pk]}
    counter = 0
    numbers: dict[Any, int] = {}

    def number(text: str) -> dict[str, Any]:
        nonlocal counter
        counter += 1
        return {"n": counter, "text": text}

    opening = number(
        f"I am the {'movant' if paper.level == 'federal' else 'petitioner'}. I make this declaration to "
        f"support my {paper.kind}. What I say here I know myself."
    )
    parts = [{"head": "WHO I AM AND WHY I SIGN", "lines": [opening]}]
    general = [passage for passage in passages if passage.pk not in placed]
    for passage in passages:
        found.need(passage.text, f"passage {passage.number}")
    told = [number(text) for passage in general for text in _lines(passage.text)]
    if not passages:
        told = [
            number(
                found.need("", "a passage agreed for a court declaration, on how control began and worked")
            )
        ]
    if told:
        parts.append({"head": "WHAT HAPPENED TO ME", "lines": told})
    for arrest in arrests:
        lines = []
        for passage in by_arrest[arrest.pk]:
            if passage.pk in numbers:
                lines.append(
                    number(f"What I say in paragraph {numbers[passage.pk]} is also about this arrest.")
                )
                continue
            numbers[passage.pk] = counter + 1
            lines += [number(text) for text in _lines(passage.text)]
        day = _day(arrest.arrested_on) or "unknown date"
        missing = f"a passage agreed for a court declaration, on the arrest of {day}"
        parts.append(
            {"head": f"THE ARREST OF {day.upper()}", "lines": lines or [number(found.need("", missing))]}
        )
    parts.append(
        {"head": "MY WISH FOR PRIVACY", "lines": [number("I ask that these papers be kept confidential.")]}
    )
    found.sources += [
        Source(
            f"Declaration, passage {passage.number}", "The client’s account, agreed for a court declaration"
        )
        for passage in passages
    ]
    return parts


def agreed_passages(client: Client) -> list[Passage]:
    """The passages that the client agreed to for a court declaration, in their order."""
    return [p for p in Passage.objects.filter(client=client) if p.agreed_for(Passage.Use.DECLARATION)]


def _served(found: Gathered, petition: Petition) -> None:
    rows = list(petition.services.select_related("recipient"))
    found.words["server"] = found.need(
        next((row.server for row in rows if row.server), ""), "who served, with a business address"
    )
    paper = statute_paper(petition.statute)
    found.words["served_titles"] = f"{paper.title}; declaration; {paper.title_order}"
    pending = [] if any(row.recipient_id == petition.prosecutor_id for row in rows) else [petition.prosecutor]
    found.words["served"] = [
        {
            "name": row.recipient.name,
            "address": _address(found, row.recipient),
            "method": row.get_method_display(),
            "sent_on": _day(row.sent_on),
            "received_on": _day(row.received_on) or "____________",
        }
        for row in rows
    ] + [
        {
            "name": agency.name,
            "address": _address(found, agency),
            "method": "____________",
            "sent_on": "____________",
            "received_on": "____________",
        }
        for agency in pending
    ]
    found.sources.append(Source("Recipients, methods and days", "Service recorded on the petition"))


def _address(found: Gathered, agency: Agency) -> str:
    return found.need(", ".join(agency.address.split("\n")), f"address of {agency.name}")


def _day(day: date | None) -> str:
    return f"{day:%B} {day.day}, {day.year}" if day else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
