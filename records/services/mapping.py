"""From the events of a sheet to the arrests and charges of a record. Pure: no database, no clock.

Rules (ours):

* An `arrest` event is one arrest. Its counts are its charges.
* A `court` event belongs to an arrest printed before it in the same cycle: to the nearest one, unless
  that one shares no section with it and an earlier one does. Without an arrest in the cycle the court
  case stands as an arrest of its own, with no day and no agency of arrest.
* A court count joins the charge with the same code, section and attempt: first one that a court event
  with the same case number already joined, then, among those no court event has, the one with the
  same count number, then the first. A court count that fits none is a further charge of that arrest.
* A charge that no court event lists stays an arrest.
* Results are kept in the order printed, the arrest's first. A reduction takes its new level from its
  own source line (MISD…, INFR…) and stays without one otherwise.
* A custody event that prints a prison term for the section of exactly one conviction of its cycle shows that
  prison was served. Supplemental arrests, custody, probation, applications, registrations and everything
  else are kept as events of the record, whole.
* Where only the last of several counts carries the prosecutor's or the police's decision, or a later
  relief, the others get a note: it may have meant all of them. It is not copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from records.citation import citation
from records.services.courts import county_of
from records.services.outcomes import TYPE_WORDS, Result, Standing, standing_of
from records.services.sheet import Part, corrected_events, day_of, unsettled_lines

ORDER = {"sure": 0, "check": 1, "weak": 2}
NOT_CHARGED = frozenset({"prosecutor_rejected", "detention_only"})
WHOLE_ARREST = "The last count says {}; it may mean every count of this arrest."
RELIEF = frozenset({"set_aside", "reduced", "vacated", "sealed"})
WHOLE_CASE = "The last count of this case says {}; it may mean every count."


@dataclass(slots=True)
class Planned:
    """What a part of the sheet comes to, where it was read and how surely."""

    id: str
    lines: set[int] = field(default_factory=set)
    confidence: str = "sure"
    reasons: list[str] = field(default_factory=list)

    def doubt(self, part: Part) -> None:
        """Take over a part's doubts."""
        for _line, weight, words in part.get("doubts", []):
            self.doubt_in_words(words, weight)

    def doubt_in_words(self, words: str, weight: str = "check") -> None:
        if words not in self.reasons:
            self.reasons.append(words)
        self.confidence = max(self.confidence, weight, key=ORDER.__getitem__)

    @property
    def line_range(self) -> str:
        """ "44-52", "44", or "" for what a person typed in."""
        if not self.lines:
            return ""
        first, last = min(self.lines), max(self.lines)
        return str(first) if first == last else f"{first}-{last}"


@dataclass(slots=True)
class PlannedResult:
    """One result of a charge."""

    id: str
    result: Result
    line: int


@dataclass(slots=True)
class PlannedCharge(Planned):
    """One charge of an arrest, with what the courts did."""

    number: int | None = None
    code: str = ""
    section: str = ""
    description: str = ""
    attempted: bool = False
    level: str = ""
    court: str = ""
    county: str = ""
    case_number: str = ""
    court_id: str = ""
    court_event: str = ""
    court_on: date | None = None
    results: list[PlannedResult] = field(default_factory=list)
    prison: bool = False
    seen: bool = False
    occurrence: int = 0

    @property
    def citation(self) -> str:
        return citation(self.code, self.section, attempted=self.attempted)

    @property
    def standing(self) -> Standing:
        return standing_of([r.result for r in self.results], in_court=bool(self.court_id), prison=self.prison)

    @property
    def same_as(self) -> tuple[str, str, str, bool]:
        """By what a count of another event is known to be the same charge."""
        return (self.code, self.section, "" if self.section else self.description, self.attempted)

    @property
    def key(self) -> str:
        """`same_as` in one case: by what a charge is known within its arrest, on any sheet."""
        return "|".join(str(part) for part in self.same_as).upper()


@dataclass(slots=True)
class PlannedArrest(Planned):
    """One arrest with its charges; `on` and `agency` are empty where only the court case is printed."""

    cycle: int = 0
    on: date | None = None
    agency: str = ""
    county: str = ""
    number: str = ""
    name_on_record: str = ""
    court_only: str = ""
    charges: list[PlannedCharge] = field(default_factory=list)
    occurrence: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether nothing in it waits for a person."""
        return self.confidence == "sure" and all(charge.confidence == "sure" for charge in self.charges)

    @property
    def worst(self) -> str:
        return max([self.confidence, *(c.confidence for c in self.charges)], key=ORDER.__getitem__)

    @property
    def all_lines(self) -> str:
        return Planned("", self.lines.union(*(c.lines for c in self.charges))).line_range


@dataclass(slots=True)
class PlannedEvent(Planned):
    """Custody, probation, an application …: kept whole in `content`."""

    type: str = "other"
    on: date | None = None
    agency: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    occurrence: int = 0

    @property
    def is_sure(self) -> bool:
        return self.confidence == "sure"


@dataclass(slots=True)
class Plan:
    """What accepting the sheet would put on file."""

    arrests: list[PlannedArrest] = field(default_factory=list)
    events: list[PlannedEvent] = field(default_factory=list)

    @property
    def charges(self) -> Iterator[PlannedCharge]:
        return (charge for arrest in self.arrests for charge in arrest.charges)


def spaced(text: str) -> str:
    """Text as parts of sheets are told apart by it: capitals, single spaces."""
    return " ".join(text.upper().split())


def squeezed(text: str | None) -> str:
    """A number as parts of sheets are told apart by it: capitals and digits alone."""
    return "".join(character for character in (text or "").upper() if character.isalnum())


def plan_of(reading: dict[str, Any], settled: dict[str, Any]) -> Plan:
    """Map a reading, with what was settled by hand, to arrests, charges and other events."""
    texts = {line["n"]: line["text"] for line in reading["lines"]}
    names = {entry["id"]: entry["name"] for entry in reading["subject"]["names"]}
    plan = Plan()
    custody: list[Part] = []
    for event in corrected_events(reading, settled):
        if event["type"] == "arrest":
            plan.arrests.append(_arrest(event, names, texts))
        elif event["type"] == "court":
            _court(event, plan, names, texts)
        else:
            plan.events.append(_other(event))
            custody += [event] if event["type"] == "custody" else []
    for event in custody:
        _prison(event, plan)
    _note_whole_arrests(plan)
    _note_whole_cases(plan)
    _note_standings(plan)
    _note_unread(plan, unsettled_lines(reading, settled))
    _number_repeats(plan)
    return plan


def _arrest(event: Part, names: dict[str, str], texts: dict[int, str]) -> PlannedArrest:
    arrest = PlannedArrest(
        id=event["id"],
        lines=set(event["at"]),
        cycle=event["cycle"],
        on=day_of(event["date"]),
        agency=(event["agency"] or "")[:120],
        county=county_of(event["agency"]),
        number=", ".join(event["numbers"]),
        name_on_record=names.get(event["name_id"] or "", ""),
    )
    arrest.doubt(event)
    if arrest.on is None and not event["seen"]:
        arrest.doubt_in_words("The day of the arrest could not be read.", "weak")
    arrest.charges = [_charge(count, texts) for count in event["counts"]]
    return arrest


def _charge(count: Part, texts: dict[int, str]) -> PlannedCharge:
    section = count["section"] or ""
    charge = PlannedCharge(
        id=count["id"],
        lines=set(count["at"]),
        number=count["number"],
        code=(count["code"] or "")[:20],
        # A section cut short would be another offence; leave it to a person.
        section=section if len(section) <= 40 else "",
        description=(count["description"] or "")[:200],
        attempted="attempted" in count["flags"],
        level=count["level"] or "",
        results=[_result(part, texts) for part in count["dispositions"]],
        seen=count["seen"],
    )
    charge.doubt(count)
    for part in count["dispositions"]:
        charge.doubt(part)
    if not charge.section and not count["seen"]:
        charge.doubt_in_words("The section could not be read.", "weak")
    return charge


def _result(part: Part, texts: dict[int, str]) -> PlannedResult:
    severity = part["severity"] or ""
    if part["type"] == "reduced" and not severity and not part["seen"]:
        words = texts.get(part["line"], "").upper()
        severity = "M" if "MISD" in words else "I" if "INFR" in words else ""
    result = Result(part["type"], day_of(part["date"]), severity, part["sentence"])
    return PlannedResult(part["id"], result, part["line"])


def _court(event: Part, plan: Plan, names: dict[str, str], texts: dict[int, str]) -> None:
    counts = [_charge(count, texts) for count in event["counts"]]
    arrest = _arrest_of(event, counts, plan)
    if arrest is None:
        arrest = PlannedArrest(
            id=event["id"],
            lines=set(event["at"]),
            cycle=event["cycle"],
            name_on_record=names.get(event["name_id"] or "", ""),
            court_only=f"{event['date'] or ''}|{event['agency'] or ''}|{', '.join(event['numbers'])}",
        )
        plan.arrests.append(arrest)
    case_number = ", ".join(event["numbers"])
    for count in counts:
        charge = _joins(count, arrest, case_number)
        if charge is None:
            charge = count
            arrest.charges.append(charge)
        else:
            charge.lines |= count.lines
            charge.results += count.results
            charge.level = charge.level or count.level
            charge.description = charge.description or count.description
            for words in count.reasons:
                charge.doubt_in_words(words, count.confidence)
        charge.court_id, charge.court_event = count.id, event["id"]
        charge.court_on = day_of(event["date"])
        charge.court = (event["agency"] or "")[:120]
        charge.county = county_of(event["agency"])
        charge.case_number = case_number
        charge.doubt(event)


def _arrest_of(event: Part, counts: list[PlannedCharge], plan: Plan) -> PlannedArrest | None:
    before = [arrest for arrest in plan.arrests if arrest.cycle == event["cycle"] and not arrest.court_only]
    if not before:
        return None
    wanted = {count.same_as for count in counts}
    shared = [arrest for arrest in before if wanted & {charge.same_as for charge in arrest.charges}]
    return before[-1] if before[-1] in shared or not shared else shared[-1]


def _joins(count: PlannedCharge, arrest: PlannedArrest, case_number: str) -> PlannedCharge | None:
    same = [charge for charge in arrest.charges if charge.same_as == count.same_as]
    again = [c for c in same if c.court_id and c.case_number == case_number and c.number == count.number]
    free = [charge for charge in same if not charge.court_id]
    numbered = [charge for charge in free if charge.number == count.number]
    return next(iter(again + numbered + free), None)


def _other(event: Part) -> PlannedEvent:
    kept = ("numbers", "name_id", "counts")
    planned = PlannedEvent(
        id=event["id"],
        lines=set(event["at"]).union(*(count["at"] for count in event["counts"])),
        type=event["type"],
        on=day_of(event["date"]),
        agency=(event["agency"] or "")[:120],
        content={key: event[key] for key in kept} | {"note": event.get("note") or ""},
    )
    for part in (event, *event["counts"]):
        planned.doubt(part)
    return planned


def _prison(event: Part, plan: Plan) -> None:
    for count in event["counts"]:
        terms = [result["sentence"] for result in count["dispositions"] if result["sentence"]]
        if not count["section"] or not any(term.get("prison") for term in terms):
            continue
        served = [
            charge
            for arrest in plan.arrests
            if arrest.cycle == event["cycle"]
            for charge in arrest.charges
            if (charge.code, charge.section) == (count["code"], count["section"])
            and charge.standing.kind == "conviction"
        ]
        if len(served) == 1:
            served[0].prison = True


def _note_whole_arrests(plan: Plan) -> None:
    for arrest in plan.arrests:
        if len(arrest.charges) < 2 or not arrest.charges[-1].results:
            continue
        last = arrest.charges[-1].results[-1].result
        if last.type not in NOT_CHARGED:
            continue
        for charge in arrest.charges[:-1]:
            if not charge.results and not charge.court_id and not charge.seen:
                charge.doubt_in_words(WHOLE_ARREST.format(TYPE_WORDS[last.type].lower()))


def _note_whole_cases(plan: Plan) -> None:
    cases: dict[str, list[PlannedCharge]] = {}
    for charge in plan.charges:
        if charge.court_id:
            cases.setdefault(charge.court_event, []).append(charge)
    for counts in cases.values():
        last = counts[-1].standing
        if last.standing not in RELIEF:
            continue
        for charge in counts[:-1]:
            if charge.standing.standing == "convicted" and not charge.seen:
                charge.doubt_in_words(WHOLE_CASE.format(TYPE_WORDS[last.standing].lower()))


def _note_standings(plan: Plan) -> None:
    for charge in plan.charges:
        if not charge.seen:
            for words in charge.standing.doubts:
                charge.doubt_in_words(words)


def _note_unread(plan: Plan, lines: list[dict[str, Any]]) -> None:
    """An unread line among an arrest's lines may be a count of it: until it is settled, nothing is sure."""
    for arrest in plan.arrests:
        inside = arrest.lines.union(*(charge.lines for charge in arrest.charges))
        if not inside:
            continue
        missing = [line["n"] for line in lines if min(inside) <= line["n"] <= max(inside)]
        if missing:
            numbers = ", ".join(map(str, missing[:5]))
            arrest.doubt_in_words(f"Line {numbers} inside this arrest was not read.")


def _number_repeats(plan: Plan) -> None:
    """Tell equal arrests, equal charges of one arrest and equal events apart by their order."""
    seen: dict[Any, int] = {}
    for arrest in plan.arrests:
        key: Any = (arrest.on, spaced(arrest.agency), squeezed(arrest.number), arrest.court_only.upper())
        arrest.occurrence = seen[key] = seen.get(key, -1) + 1
        charges: dict[Any, int] = {}
        for charge in arrest.charges:
            same = charge.key
            charge.occurrence = charges[same] = charges.get(same, -1) + 1
    for event in plan.events:
        numbers = squeezed(" ".join(event.content["numbers"]))
        key = ("event", event.type, event.on, spaced(event.agency), numbers)
        event.occurrence = seen[key] = seen.get(key, -1) + 1
