"""What stops signing, and everything that the page of the papers shows before it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from cases.law import StatutePaper, statute_paper, stop_words
from cases.models import Petition, PetitionCharge
from cases.services.paper_words import KINDS, OFFENSE_DATE, Reading, Source, gather, read_all
from cases.services.versions import Shelves, basis_of, changed_since, shelves, was_read
from clients.models import Alias, Passage, RelatedPerson, SafeContact
from clients.permissions import STATEMENT as STATEMENT_RIGHT
from clients.permissions import has_right
from documents.models import Document
from records.models import Charge
from records.rules.statutes import get_statute, unconfirmed_notes

PAPERS_PAGE = "petition-papers"
FOR_SIGNING = (Document.Kind.PETITION, Document.Kind.DECLARATION, Document.Kind.PROPOSED_ORDER)
CHECKS = {
    "S04": "Certified records: on file, or my note says why a disposition has none",
    "S05": "I checked each charge against the excluded list",
    "S14": "Immigration: its counsel read the order and certified copies are kept, or it does not arise",
    "S15": "I read the current text of what the law file marks as open",
    "S22": "The client agreed to each person whom the papers name",
}
NEEDS = {
    "section": "the section",
    "offense_on": "the offense date",
    "standing": "the outcome",
    "disposed_on": "the date of the outcome",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Why signing is refused: the code of the list of stops, a sentence, and the page that mends it."""

    code: str
    words: str
    page: str = ""
    row: UUID | None = None
    anchor: str = ""

    @property
    def url(self) -> str:
        """Where it is mended; "" where no page of the file does."""
        return reverse(self.page, args=[self.row]) + self.anchor if self.page else ""


def stops(*, petition: Petition, today: date) -> list[Stop]:
    """Every stop that the program can see and that stands. With none of them the petition may be signed."""
    reading = read_all(petition)
    return _stops(reading, _states(reading, shelves(reading.petition)), today)


def _stops(reading: Reading, states: list[PaperState], today: date) -> list[Stop]:
    petition, paper = reading.petition, statute_paper(reading.petition.statute)
    charges = [line.charge for line in reading.lines if line.result == PetitionCharge.Result.OPEN]
    return [
        *_charge_stops(charges, paper),
        *_account_stops(reading, charges, today),
        *_counsel_stops(petition, paper),
        *_text_stops(reading, charges),
        *_paper_stops(reading, states),
    ]


def _stop(code: str, at: tuple[str, UUID, str] | None = None, **words: str) -> Stop:
    page, row, anchor = at or ("", None, "")
    return Stop(code, stop_words(code).format(**words), page, row, anchor)


def _charge_stops(charges: list[Charge], paper: StatutePaper) -> Iterable[Stop]:
    for charge in charges:
        what = f"charge {charge.number}"
        record_page, nexus_page = ("charge-change", charge.pk, ""), ("charge-nexus", charge.pk, "")
        if charge.kind == Charge.Kind.CONVICTION and not charge.case_number:
            yield _stop("S01", record_page, what=what)
        missing = [words for name, words in NEEDS.items() if not getattr(charge, name)]
        if not charge.arrest.agency:
            missing.append("the arresting agency")
        if missing:
            # An offense date is recorded with the decision on the charge, all else with the charge.
            page = nexus_page if missing == [NEEDS["offense_on"]] else record_page
            yield _stop("S03", page, what=what.capitalize(), missing=", ".join(missing))
        wrong = charge.nexus_basis and not paper.nexus_accepts & set(charge.nexus_basis)
        if charge.nexus != Charge.Nexus.YES or not charge.nexus_reason or wrong:
            yield _stop("S06", nexus_page, what=what.capitalize(), words=paper.nexus_words)


def _account_stops(reading: Reading, charges: list[Charge], today: date) -> Iterable[Stop]:
    linked = {item.passage for charge in charges for item in charge.evidence.all() if item.passage}
    for passage in sorted(linked, key=lambda p: p.number):
        if not passage.agreed_for(Passage.Use.DECLARATION):
            yield _stop("S07", ("passage-change", passage.pk, ""), what=f"Passage {passage.number}")
    for passage in reading.passages:
        # A day ahead is a slip of the year: nobody has read it back yet.
        if passage.read_back_on is None or passage.read_back_on > today:
            yield _stop("S08", ("passage-change", passage.pk, ""), what=f"Passage {passage.number}")


def _counsel_stops(petition: Petition, paper: StatutePaper) -> Iterable[Stop]:
    checks = petition.known.get("checks", {})
    here = (PAPERS_PAGE, petition.pk, "#confirm")
    certified = Document.objects.filter(client=petition.client, kind=Document.Kind.CERTIFIED_RECORD).exists()
    if not certified and not ("S04" in checks and petition.known.get("records_note")):
        yield _stop("S04", here)
    for code in ("S05", "S14"):
        if code not in checks:
            yield _stop(code, here)
    if not petition.under_seal:
        yield _stop("S11")
    if "S15" not in checks:
        for what in paper.must_confirm:
            yield _stop("S15", here, what=what)
    counsel = petition.matter.lead
    absent = [
        words
        for value, words in (
            (counsel.bar_number, "bar number"),
            (counsel.office.address, "office address"),
            (counsel.office.phone, "office telephone"),
        )
        if not value
    ]
    if absent:
        yield _stop("S18", what=", ".join(absent))


def _text_stops(reading: Reading, charges: list[Charge]) -> Iterable[Stop]:
    """Names and safe-contact data in what would be printed. Whole words: "Wren" is not in "Wrenfield"."""
    petition, client = reading.petition, reading.petition.client
    labels = {fact.key: fact.label for fact in statute_paper(petition.statute).facts}
    texts: list[tuple[str, str, tuple[str, UUID, str]]] = [
        *(
            (
                f"the nexus paragraph of charge {charge.number}",
                charge.nexus_reason or "",
                ("charge-nexus", charge.pk, ""),
            )
            for charge in charges
        ),
        *(
            (f"passage {passage.number}", passage.text, ("passage-change", passage.pk, ""))
            for passage in reading.passages
        ),
        *(
            (f"“{labels[key]}”", text, (PAPERS_PAGE, petition.pk, "#say"))
            for key, text in petition.known.get("said", {}).items()
            if key in labels
        ),
    ]
    names = [
        client.legal_name or "",
        client.name_used or "",
        *(alias.name for alias in Alias.objects.filter(client=client)),
    ]
    contact = SafeContact.objects.filter(client=client).first()
    reach = [contact.number or "", contact.email or ""] if contact else []
    related = [person.name for person in RelatedPerson.objects.filter(client=client)]
    agreed = "S22" in petition.known.get("checks", {})
    for what, text, at in texts:
        if petition.name_mode != "full" and _holds(text, names):
            yield _stop("S02", at, what=what)
        if _holds(text, reach):
            yield _stop("S21", at, what=what)
        if not agreed and _holds(text, related):
            yield _stop("S22", at, what=what)


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)


@dataclass(frozen=True, slots=True)
class PaperState:
    """One paper before signing: newest version, what is blank in it, what changed after it was drafted.

    `unread`: the newest version was stored under Documents, so nobody knows what is blank in it.
    """

    kind: str
    newest: Document | None
    blanks: list[str]
    changed: list[str]
    basis: dict[str, str]
    sources: list[Source]
    unread: bool = False

    @property
    def mark(self) -> str:
        """Differs when the newest version or the record does: what counsel looked at when she decided."""
        basis = hashlib.sha256(json.dumps(self.basis, sort_keys=True).encode()).hexdigest()[:24]
        return f"{self.newest.pk if self.newest else ''}.{basis}"


def paper_states(petition: Petition) -> list[PaperState]:
    """The papers that are signed or go with what is signed. The blanks of an edited file are its own."""
    reading = read_all(petition)
    return _states(reading, shelves(reading.petition))


def _states(reading: Reading, ready: Shelves) -> list[PaperState]:
    petition, states = reading.petition, []
    left = petition.known.get("left", {})
    for kind in FOR_SIGNING:
        versions = ready.papers.get(kind, [])
        found = gather(petition=petition, kind=kind, reading=reading)
        now = basis_of(found.words)
        newest = versions[0] if versions else None
        unread = newest is not None and not was_read(petition, kind, newest)
        edited = left.get(str(newest.pk)) if newest is not None else None
        states.append(
            PaperState(
                kind=kind,
                newest=newest,
                blanks=[] if unread else found.blanks if edited is None else edited,
                changed=changed_since(petition, kind, versions, now),
                basis=now,
                sources=found.sources,
                unread=unread,
            )
        )
    return states


def _paper_stops(reading: Reading, states: list[PaperState]) -> Iterable[Stop]:
    petition = reading.petition
    here = (PAPERS_PAGE, petition.pk, "#draft")
    for state in states:
        if state.newest is None:
            yield _stop("drafted", here, what=KINDS[state.kind])
            continue
        what = f"{KINDS[state.kind]}, version {state.newest.version},"
        if state.unread:
            yield _stop("unread", here, what=what)
        if state.changed:
            yield _stop(
                "stale", (PAPERS_PAGE, petition.pk, "#keep"), what=what, changed=", ".join(state.changed)
            )
    said = {fact.label.lower() for fact in statute_paper(petition.statute).facts}
    charges = {line.charge.number: line.charge_id for line in reading.lines}
    # A charge without its offense date is a stop of its own already.
    blanks = (words for state in states for words in state.blanks if not words.startswith(OFFENSE_DATE))
    for words in dict.fromkeys(blanks):
        number = re.search(r"of charge ([\d.]+)", words)
        at = here
        if number is not None and number[1] in charges:
            page = "charge-nexus" if words.startswith("nexus") else "charge-change"
            at = (page, charges[number[1]], "")
        elif any(words.startswith(label) for label in said):
            at = (PAPERS_PAGE, petition.pk, "#say")
        yield _stop("S17", at, what=words)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of the papers shows: stops, blanks, sources, rules nobody confirmed, versions.

    `stale` holds the papers that are older than a change, by kind.
    """

    stops: list[Stop]
    blanks: list[str]
    sources: list[Source]
    unconfirmed: tuple[str, ...]
    shelves: Shelves
    stale: dict[str, PaperState]


def desk(*, petition: Petition, by: User, today: date) -> Desk:
    """Everything about the papers before signing."""
    reading = read_all(petition)
    petition, ready = reading.petition, shelves(reading.petition)
    states = _states(reading, ready)
    reads_account = has_right(by, petition.client, STATEMENT_RIGHT)
    shown = [state for state in states if state.kind != Document.Kind.DECLARATION or reads_account]
    sources: list[Source] = []
    for state in shown:
        sources += [source for source in state.sources if source not in sources]
    return Desk(
        stops=_stops(reading, states, today),
        blanks=list(dict.fromkeys(words for state in shown for words in state.blanks)),
        sources=sources,
        unconfirmed=unconfirmed_notes(get_statute(petition.statute)),
        shelves=ready,
        stale={state.kind: state for state in shown if state.changed},
    )
