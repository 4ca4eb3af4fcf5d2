"""Reads `cases/law/*.yaml`, checked when first read, kept for the life of the process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from deadlines.law import LawError, load_yaml

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the papers say that no record holds: its key, the label of its field, a hint."""

    key: str
    label: str
    hint: str
    needed: bool


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One kind of agency that an order binds, and what it must do.

    `who` is court, prosecutor, arresting, booking, probation, corrections or named; `agency` is the
    (kind, name) of a named one. `when` is always, or the part of the record that brings it in.
    """

    who: str
    duty: str
    when: str
    mark: str
    agency: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutePaper:
    """What the papers of one statute need beside the record. Texts are the statute's own where quoted."""

    id: str
    short: str
    about: str
    title: str
    title_order: str
    kind: str
    level: str
    nexus_words: str
    nexus_accepts: frozenset[str]
    asks: Mapping[str, str]
    defect_words: tuple[str, ...]
    defect_marks: tuple[str, ...]
    defect_note: str
    sealing_mark: str
    must_confirm: tuple[str, ...]
    facts: tuple[Fact, ...]
    duties: tuple[DutyRow, ...]
    duty_index: int | None
    answer: str
    answer_from: str

    def fact(self, key: str) -> Fact:
        return next(fact for fact in self.facts if fact.key == key)


@cache
def _papers() -> Mapping[str, Any]:
    content: Mapping[str, Any] = load_yaml(FOLDER / "papers.yaml")
    for key in ("statutes", "stops", "warnings"):
        if not isinstance(content.get(key), dict):
            raise LawError(f"papers.yaml: {key} is missing or not a mapping")
    return content


@cache
def _statutes() -> Mapping[str, StatutePaper]:
    return {key: _statute(key, row) for key, row in _papers()["statutes"].items()}


def _statute(key: str, row: Mapping[str, Any]) -> StatutePaper:
    try:
        return StatutePaper(
            id=key,
            short=row["short"],
            about=row["about"],
            title=row["title"],
            title_order=row["title_order"],
            kind=row["kind"],
            level=row["level"],
            nexus_words=row["nexus_words"],
            nexus_accepts=frozenset(row["nexus_accepts"]),
            asks=row["asks"],
            defect_words=tuple(row["defect_words"]),
            defect_marks=tuple(row["defect_marks"]),
            defect_note=row["defect_note"],
            sealing_mark=row["sealing_mark"],
            must_confirm=tuple(row["must_confirm"]),
            facts=tuple(Fact(f["key"], f["label"], f["hint"], f["needed"]) for f in row["facts"]),
            duties=tuple(
                DutyRow(
                    d["who"], d["duty"], d["when"], d["mark"], tuple(d["agency"]) if "agency" in d else None
                )
                for d in row["duties"]
            ),
            duty_index=row["duty_index"],
            answer=row["answer"],
            answer_from=row["answer_from"],
        )
    except KeyError as exc:
        raise LawError(f"papers.yaml: {key}: {exc.args[0]} is missing") from exc


def petition_statutes() -> tuple[StatutePaper, ...]:
    """Every statute that the program drafts papers for."""
    return tuple(_statutes().values())


def statute_paper(statute_id: str) -> StatutePaper:
    """The papers of one statute. Raises LawError for one that the program drafts none for."""
    try:
        return _statutes()[statute_id]
    except KeyError:
        raise LawError(f"no papers on file for statute {statute_id!r}") from None


def stop_words(code: str) -> str:
    """What a stop says, as a sentence."""
    return str(_papers()["stops"][code])


def warning_words() -> Mapping[str, str]:
    """What the program cannot see and counsel looks at before signing, by stop."""
    found: Mapping[str, str] = _papers()["warnings"]
    return found


@cache
def _agency_file() -> Mapping[str, Any]:
    content: Mapping[str, Any] = load_yaml(FOLDER / "agencies.yaml")
    return content


def agencies() -> Iterator[Mapping[str, str]]:
    """Every agency of the reference list: kind, name, jurisdiction, county, calendar."""
    content = _agency_file()
    for county in content["california_counties"]:
        for row in content["each_california_county"]:
            yield {
                "kind": row["kind"],
                "name": row["name"].format(county=county),
                "jurisdiction": "US-CA",
                "county": county,
                "calendar": row.get("calendar", ""),
            }
    for row in content["agencies"]:
        yield {
            "kind": row["kind"],
            "name": row["name"],
            "jurisdiction": row["jurisdiction"],
            "county": "",
            "calendar": row.get("calendar", ""),
        }
