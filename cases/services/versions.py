"""The versions of a petition's papers: drafted here, edited in Word, signed, stamped by the court.

`Petition.facts` keeps of them, by the document's id: `papers` {kind: ids}, `copies` {signed, filed: ids},
`basis` {id: {part: mark}} as the record stood when it was drafted, `left` {id: placeholders} of an edited
file, `kept` {kind: [{document, basis, by, name, on, reason}]}, newest last, `signed` {kind: id} of what was
signed, and `off` {signed, filed: ids} of the copies whose signature or filing was taken back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.models import Petition
from documents.models import Document

PARTS: Mapping[str, tuple[str, ...]] = {
    "the court or the prosecutor": ("court_title", "people", "party_role", "prosecutor", "mark", "county"),
    "the name": ("name", "name_note"),
    "the attorney block": ("attorney",),
    "the charges": ("charges", "dockets", "sections"),
    "what the papers say": ("facts", "evidence"),
    "the account": ("parts",),
    "the agencies": ("agencies",),
}
"""The parts of a paper whose change makes a draft old, by the words for the person."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """Every version of a petition's papers, newest first, by kind or copy.

    `later` holds what was stored under Documents after the signature: it is not what was signed. `off` holds
    the copies whose signature or filing was taken back.
    """

    papers: dict[str, list[Document]]
    copies: dict[str, list[Document]]
    later: dict[str, list[Document]]
    off: dict[str, list[Document]]


def shelves(petition: Petition) -> Shelves:
    """The versions of papers and copies, also those stored under Documents as a new version."""
    known = petition.known
    names = ("papers", "copies", "off")
    found = _versions(
        petition, {(shelf, key): ids for shelf in names for key, ids in known.get(shelf, {}).items()}
    )
    rows = {shelf: {key: found[(shelf, key)] for key in known.get(shelf, {})} for shelf in names}
    later: dict[str, list[Document]] = {}
    for kind, one in known.get("signed", {}).items():
        versions = rows["papers"].get(kind, [])
        place = next((at for at, row in enumerate(versions) if str(row.pk) == one), 0)
        if place:
            later[kind], rows["papers"][kind] = versions[:place], versions[place:]
    return Shelves(papers=rows["papers"], copies=rows["copies"], later=later, off=rows["off"])


def drafts(petition: Petition) -> dict[str, list[Document]]:
    """The versions of each paper, newest first. Of a signed paper none that is later than its signature."""
    return shelves(petition).papers


def copies(petition: Petition) -> dict[str, list[Document]]:
    """The signed and the file-stamped copy, newest first."""
    return shelves(petition).copies


def _versions(
    petition: Petition, ids: Mapping[tuple[str, str], list[str]]
) -> dict[tuple[str, str], list[Document]]:
    wanted = {one for versions in ids.values() for one in versions}
    rows = Document.objects.filter(client=petition.client_id).select_related("created_by", "client")
    found = {str(document.pk): document for document in rows.filter(pk__in=wanted)} if wanted else {}
    home = {one: key for key, versions in ids.items() for one in versions}
    newest: list[str] = list(found)
    while newest:
        later = [
            document for document in rows.filter(replaces__pk__in=newest) if str(document.pk) not in found
        ]
        for document in later:
            found[str(document.pk)] = document
            home[str(document.pk)] = home[str(document.replaces_id)]
        newest = [str(document.pk) for document in later]
    result: dict[tuple[str, str], list[Document]] = {key: [] for key in ids}
    for one, document in found.items():
        result[home[one]].append(document)
    for versions in result.values():
        versions.sort(key=lambda document: (document.version, document.created_at), reverse=True)
    return result


def keep_signed(petition: Petition, versions: Mapping[str, Document]) -> None:
    """Write down which version of each paper was signed; the caller saves."""
    signed = {kind: str(document.pk) for kind, document in versions.items()}
    petition.facts = {**petition.known, "signed": signed}


def take_off(petition: Petition, copy: str) -> None:
    """The copy of a signature or filing that was taken back leaves its shelf and stays under Documents."""
    known = petition.known
    ids = known.get("copies", {}).get(copy, [])
    if ids:
        off = known.get("off", {})
        rest = {key: versions for key, versions in known["copies"].items() if key != copy}
        known = {**known, "copies": rest, "off": {**off, copy: [*ids, *off.get(copy, [])]}}
    if copy == "signed":
        known = {key: value for key, value in known.items() if key != "signed"}
    petition.facts = known or None


def kept_entries(petition: Petition) -> dict[str, list[dict[str, Any]]]:
    """Every time that counsel kept a paper as it was, by kind, newest last."""
    return {
        # The first such entries stood alone.
        kind: [entries] if isinstance(entries, dict) else entries
        for kind, entries in petition.known.get("kept", {}).items()
    }


def was_read(petition: Petition, kind: str, document: Document) -> bool:
    """Whether a version was drafted or stored at the petition, so that its placeholders are known."""
    return str(document.pk) in petition.known.get("papers", {}).get(kind, [])


def keep_version(
    petition: Petition,
    shelf: str,
    key: str,
    document: Document,
    *,
    basis: dict[str, str] | None = None,
    left: list[str] | None = None,
) -> None:
    """Put a stored version on its shelf (papers or copies) of the petition's facts; the caller saves."""
    known = petition.known
    shelves = known.get(shelf, {})
    known = {**known, shelf: {**shelves, key: [str(document.pk), *shelves.get(key, [])]}}
    if basis is not None:
        known["basis"] = {**known.get("basis", {}), str(document.pk): basis}
    if left is not None:
        known["left"] = {**known.get("left", {}), str(document.pk): left}
    petition.facts = known


def is_edited(document: Document) -> bool:
    """Whether somebody stored it; a draft of ours has no name of a file."""
    return document.original_name_sealed is not None  # type: ignore[attr-defined]


def basis_of(words: Mapping[str, Any]) -> dict[str, str]:
    """A mark for each part of a paper's words: it differs when the part does."""
    marks = {}
    for part, keys in PARTS.items():
        held = {key: words[key] for key in keys if key in words}
        if held:
            text = json.dumps(held, sort_keys=True, ensure_ascii=False, default=str)
            marks[part] = hashlib.sha256(text.encode()).hexdigest()[:24]
    return marks


def changed_since(petition: Petition, kind: str, versions: list[Document], now: dict[str, str]) -> list[str]:
    """What changed after the newest version was drafted; empty where counsel kept it as it is.

    An edited file is as old as the draft it was made from: nobody can see what was edited in it.
    """
    if not versions:
        return []
    kept = kept_entries(petition).get(kind, [])
    if kept and kept[-1]["document"] == str(versions[0].pk) and kept[-1]["basis"] == now:
        return []
    known = petition.known.get("basis", {})
    basis = next((known[str(row.pk)] for row in versions if str(row.pk) in known), None)
    if basis is None:
        return []
    return [part for part in PARTS if basis.get(part) != now.get(part)]
