"""California offense sections: plain words, and where a section stands on the list of violent felonies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from records.rules import files

Standing = Literal["section", "ambiguous", "condition", "open", "not_an_offense", "outside"]


@dataclass(frozen=True, slots=True)
class OffenseWords:
    """A section in plain words. ``verified`` is false throughout: nobody read the code for this table."""

    code: str
    section: str
    plain: str
    prostitution: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class ListStanding:
    """Where one section stands on the violent-felony list; ``item`` is the list's entry, if one decides."""

    standing: Standing
    item: Mapping[str, Any] | None = None


def parts_of(section: str) -> tuple[tuple[str, ...], bool]:
    """The sections joined by a slash, without 664, and whether 664 (attempt) stood among them."""
    parts = tuple(part for part in section.split("/") if part)
    without = tuple(part for part in parts if part != "664")
    return without, len(without) < len(parts)


def _goes_on(section: str, start: str, marks: str) -> bool:
    """``section`` is ``start`` itself or goes on with one of ``marks``: 211 does not match 2112."""
    return section == start or (section.startswith(start) and section[len(start)] in marks)


@cache
def _sections() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    return {(row["code"], row["section"]): row for row in files.offense_sections()["sections"]}


def describe(code: str | None, section: str | None) -> OffenseWords | None:
    """Plain words for a section, or those of the section it is a part of. None when the table has neither."""
    if not code or not section:
        return None
    found = [words for part in parts_of(section)[0] if (words := _describe_part(code.upper(), part.lower()))]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    plain = "; ".join(dict.fromkeys(words.plain for words in found))
    return OffenseWords(code, section, plain, found[0].prostitution)


def _describe_part(code: str, section: str) -> OffenseWords | None:
    while section:
        row = _sections().get((code, section))
        if row is not None:
            return OffenseWords(code, section, row["plain"], row["prostitution"])
        section = section[: section.rfind("(")] if "(" in section else ""
    return None


@cache
def _items() -> Mapping[str, Mapping[str, Any]]:
    return {item["id"]: item for item in files.violent_felonies()["items"]}


def _item_names(item: Mapping[str, Any], name: str) -> bool:
    match = item.get("match", {})
    return any(_goes_on(name, section, "(") for section in match.get("sections", ())) or any(
        _goes_on(name, prefix, "(.") for prefix in match.get("prefixes", ())
    )


def _named_standing(name: str) -> ListStanding | None:
    """What the list itself says about a section: ambiguous subdivisions first, then items by name."""
    for item in _items().values():
        if name in item.get("ambiguous", ()):
            return ListStanding("ambiguous", item)
    for item in _items().values():
        if item["kind"] == "open" or not (
            _item_names(item, name) or name in item.get("match", {}).get("ambiguous_sections", ())
        ):
            continue
        return ListStanding("section" if item["kind"] == "section" else "condition", item)
    for item in _items().values():
        if item["kind"] == "condition" and any(
            _goes_on(name, needed, "(") for needed in item.get("needs_any_of", ()) if needed != "PC 186.22"
        ):
            return ListStanding("condition", item)
        if item["kind"] == "open" and name in item.get("examples", ()):
            return ListStanding("open", item)
    return None


def _row_standing(row: Mapping[str, Any]) -> ListStanding:
    if row.get("not_an_offense"):
        return ListStanding("not_an_offense")
    if row["violent_667_5c"] != "conditional":
        return ListStanding("outside")
    items = row.get("violent_items") or ()
    return ListStanding("condition", _items()[items[0]] if items else None)


@lru_cache(maxsize=8192)
def violent_standing(code: str, section: str, attempted: bool) -> ListStanding:
    """Where one section (one part of a joined one) stands on California's list of violent felonies.

    A section that only a subdivision of the table would decide stands as that subdivision's condition:
    the printed section does not tell which subdivision it was.
    """
    name = f"{code} {section}"
    standing = _named_standing(name) or _table_standing(code, section)
    if not attempted or standing.standing == "not_an_offense":
        return standing
    # Of attempts, the list names only murder; a condition that fits any felony can still be met.
    for item in _items().values():
        if any(_goes_on(name, target, "(") for target in item.get("match", {}).get("attempt_of", ())):
            return ListStanding("section", item)
    if standing.standing == "condition" and (standing.item is None or "match" not in standing.item):
        return standing
    return ListStanding("outside")


def _table_standing(code: str, section: str) -> ListStanding:
    table = _sections()
    own = section
    while own:
        row = table.get((code, own))
        if row is not None:
            return _row_standing(row)
        own = own[: own.rfind("(")] if "(" in own else ""
    base = section.partition("(")[0]
    for (row_code, row_section), row in table.items():
        if row_code == code and row.get("not_an_offense") and row_section.partition("(")[0] == base:
            return ListStanding("not_an_offense")
        if row_code == code and row_section.startswith(f"{section}("):
            below = _row_standing(row)
            if below.standing in ("condition", "not_an_offense"):
                return below
            if row["violent_667_5c"] == "yes" and (named := _named_standing(f"{code} {row_section}")):
                return ListStanding("ambiguous", named.item)
    return ListStanding("outside")
