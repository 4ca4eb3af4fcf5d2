"""What stops signing, and everything that the page of the papers shows before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.law import StatutePaper, statute_paper, stop_words
from cases.models import Petition, PetitionCharge
from cases.services.paper_words import KINDS, Source, agreed_passages, gather, read_for_papers
from cases.services.versions import basis_of, changed_since, copies, drafts
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


def stops(*, petition: Petition) -> list[Stop]:
    """Every stop that the program can see and that stands. With none of them the petition may be signed."""
    petition = read_for_papers(petition)
    paper = statute_paper(petition.statute)
    lines = list(
        petition.lines.select_related("charge__arrest").prefetch_related("charge__evidence__passage")
    )
    charges = [line.charge for line in lines if line.result == PetitionCharge.Result.OPEN]
    return [
        *_charge_stops(charges, paper),
        *_account_stops(petition, charges),
        *_counsel_stops(petition, paper),
        *_text_stops(petition, charges),
        *_paper_stops(petition),
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
        if "the offense date" in missing and charge.arrest.arrested_on:
            missing.remove("the offense date")
        if not charge.arrest.agency:
            missing.append("the arresting agency")
        if missing:
            yield _stop("S03", record_page, what=what.capitalize(), missing=", ".join(missing))
        wrong = charge.nexus_basis and not paper.nexus_accepts & set(charge.nexus_basis)
        if charge.nexus != Charge.Nexus.YES or not charge.nexus_reason or wrong:
            yield _stop("S06", nexus_page, what=what.capitalize(), words=paper.nexus_words)


def _account_stops(petition: Petition, charges: list[Charge]) -> Iterable[Stop]:
    linked = {item.passage for charge in charges for item in charge.evidence.all() if item.passage}
    for passage in sorted(linked, key=lambda p: p.number):
        if not passage.agreed_for(Passage.Use.DECLARATION):
            yield _stop("S07", ("passage-change", passage.pk, ""), what=f"Passage {passage.number}")
    for passage in agreed_passages(petition.client):
        # A day ahead is a slip of the year: nobody has read it back yet.
        if passage.read_back_on is None or passage.read_back_on > timezone.localdate():
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


def _text_stops(petition: Petition, charges: list[Charge]) -> Iterable[Stop]:
    """Names and safe-contact data in what would be printed. Whole words: "Wren" is not in "Wrenfield"."""
    client = petition.client
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
            for passage in agreed_passages(client)
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
    """One paper before signing: newest version, what is blank in it, what changed after it was drafted."""

    kind: str
    newest: Document | None
    blanks: list[str]
    changed: list[str]
    basis: dict[str, str]


def paper_states(petition: Petition) -> list[PaperState]:
    """The papers that are signed or go with what is signed. The blanks of an edited file are its own."""
    ready, left = drafts(petition), petition.known.get("left", {})
    states = []
    for kind in FOR_SIGNING:
        versions = ready.get(kind, [])
        found = gather(petition=petition, kind=kind)
        now = basis_of(found.words)
        newest = versions[0] if versions else None
        edited = left.get(str(newest.pk)) if newest is not None else None
        states.append(
            PaperState(
                kind=kind,
                newest=newest,
                blanks=found.blanks if edited is None else edited,
                changed=changed_since(petition, kind, versions, now),
                basis=now,
            )
        )
    return states


def _paper_stops(petition: Petition) -> Iterable[Stop]:
    states = paper_states(petition)
    here = (PAPERS_PAGE, petition.pk, "#draft")
    for state in states:
        if state.newest is None:
            yield _stop("drafted", here, what=KINDS[state.kind])
        elif state.changed:
            what = f"{KINDS[state.kind]}, version {state.newest.version},"
            yield _stop(
                "stale", (PAPERS_PAGE, petition.pk, "#keep"), what=what, changed=", ".join(state.changed)
            )
    said = {fact.label.lower() for fact in statute_paper(petition.statute).facts}
    charges = {line.charge.number: line.charge_id for line in petition.lines.select_related("charge__arrest")}
    seen: set[str] = set()
    for words in (words for state in states for words in state.blanks if words not in seen):
        if words in seen:
            continue
        seen.add(words)
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
    versions: dict[str, list[Document]]
    copies: dict[str, list[Document]]
    stale: dict[str, PaperState]


def desk(*, petition: Petition, by: User) -> Desk:
    """Everything about the papers before signing."""
    petition = read_for_papers(petition)
    blanks: list[str] = []
    sources: list[Source] = []
    reads_account = has_right(by, petition.client, STATEMENT_RIGHT)
    states = [s for s in paper_states(petition) if s.kind != Document.Kind.DECLARATION or reads_account]
    for state in states:
        found = gather(petition=petition, kind=state.kind)
        blanks += [words for words in state.blanks if words not in blanks]
        sources += [source for source in found.sources if source not in sources]
    return Desk(
        stops=stops(petition=petition),
        blanks=blanks,
        sources=sources,
        unconfirmed=unconfirmed_notes(get_statute(petition.statute)),
        versions=drafts(petition),
        copies=copies(petition),
        stale={state.kind: state for state in states if state.changed},
    )
