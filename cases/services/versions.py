"""The versions of a petition's papers: drafted here, edited in Word, signed, stamped by the court.

`Petition.facts` keeps of them, by the document's id: `papers` {kind: ids}, `copies` {signed, filed: ids},
`basis` {id: {part: mark}} as the record stood when it was drafted, `left` {id: placeholders} of an edited
file, and `kept` {kind: {document, basis, by, name, on, reason}}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
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


def drafts(petition: Petition) -> dict[str, list[Document]]:
    """The versions of each paper, newest first; also those stored under Documents as a new version."""
    return _versions(petition, petition.known.get("papers", {}))


def copies(petition: Petition) -> dict[str, list[Document]]:
    """The signed and the file-stamped copy, newest first."""
    return _versions(petition, petition.known.get("copies", {}))


def _versions(petition: Petition, ids: Mapping[str, list[str]]) -> dict[str, list[Document]]:
    wanted = {one for versions in ids.values() for one in versions}
    rows = Document.objects.filter(client=petition.client_id).select_related("created_by", "client")
    found = {str(document.pk): document for document in rows.filter(pk__in=wanted)} if wanted else {}
    home = {one: kind for kind, versions in ids.items() for one in versions}
    newest: list[str] = list(found)
    while newest:
        later = [
            document for document in rows.filter(replaces__pk__in=newest) if str(document.pk) not in found
        ]
        for document in later:
            found[str(document.pk)] = document
            home[str(document.pk)] = home[str(document.replaces_id)]
        newest = [str(document.pk) for document in later]
    result: dict[str, list[Document]] = {kind: [] for kind in ids}
    for one, document in found.items():
        result[home[one]].append(document)
    for versions in result.values():
        versions.sort(key=lambda document: (document.version, document.created_at), reverse=True)
    return result


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
    kept = petition.known.get("kept", {}).get(kind, {})
    if kept.get("document") == str(versions[0].pk) and kept.get("basis") == now:
        return []
    known = petition.known.get("basis", {})
    basis = next((known[str(row.pk)] for row in versions if str(row.pk) in known), None)
    if basis is None:
        return []
    return [part for part in PARTS if basis.get(part) != now.get(part)]
