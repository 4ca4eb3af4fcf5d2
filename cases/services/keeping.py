"""Files that come back: a paper edited in Word, the signed copy, the copy with the court's stamp."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from cases.models import Petition
from cases.models.petitions import Stage
from cases.permissions import check_can_draft
from cases.services.moves import save_as
from cases.services.paper_stops import paper_states
from cases.services.paper_words import KINDS, gather
from cases.services.papers import SIGNED, SIGNED_PAPERS, locked
from cases.services.versions import basis_of, copies, drafts, keep_version, kept_entries
from cases.stages import InvalidTransition
from clients.permissions import check_can_change, check_can_file
from documents.models import Document
from documents.papers.blanks import blanks_left
from documents.services import DOCX, media_type_of, store_document

COPIES: Mapping[str, str] = {"signed": "Signed copy", "filed": "File-stamped copy"}
IMAGES = frozenset({"application/pdf", "image/png", "image/jpeg"})


@transaction.atomic
def store_paper(*, petition: Petition, kind: str, upload: UploadedFile, by: User) -> Document:
    """Keep an edited Word file as the next version of a draft. What was signed takes no further version.

    Raises PermissionDenied, InvalidTransition, ValidationError on the field `file`, or KeyError.
    """
    petition = locked(petition)
    title = f"{KINDS[kind]}, petition {petition.number}"
    check_can_draft(by, petition, with_account=kind == Document.Kind.DECLARATION)
    if kind in SIGNED_PAPERS and petition.stage != Stage.DRAFT:
        raise InvalidTransition(SIGNED)
    content = b"".join(upload.chunks())
    document = _store(petition, kind, title, content, upload, drafts(petition).get(kind, []), by, {DOCX})
    first = document.replaces is None
    basis = basis_of(gather(petition=petition, kind=kind).words) if first else None
    keep_version(petition, "papers", kind, document, basis=basis, left=blanks_left(content))
    save_as(petition, by)
    return document


@transaction.atomic
def store_copy(*, petition: Petition, copy: str, upload: UploadedFile, by: User) -> Document:
    """Keep the signed or the file-stamped copy: PDF or a picture, never a file that can still be edited.

    Raises PermissionDenied, InvalidTransition, ValidationError on the field `file`, or KeyError.
    """
    petition = locked(petition)
    check_can_change(by, petition.client)
    if copy == "signed" and petition.stage == Stage.DRAFT:
        raise InvalidTransition("This petition is not signed yet. Record the signature first.")
    if copy == "filed" and petition.filed_on is None:
        raise InvalidTransition("This petition is not filed yet. Record the filing first.")
    document = keep_copy(petition, copy, upload, by)
    save_as(petition, by)
    return document


def keep_copy(
    petition: Petition, copy: str, upload: UploadedFile, by: User, *, name: str = "file"
) -> Document:
    """Store a copy on its shelf of a petition that is locked; the caller saves.

    Raises ValidationError on the field `name`.
    """
    title = f"{COPIES[copy]}, petition {petition.number}"
    content = b"".join(upload.chunks())
    earlier = copies(petition).get(copy, [])
    try:
        document = _store(petition, Document.Kind.PETITION, title, content, upload, earlier, by, IMAGES)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from None
    keep_version(petition, "copies", copy, document)
    return document


def _store(
    petition: Petition,
    kind: str,
    title: str,
    content: bytes,
    upload: UploadedFile,
    earlier: list[Document],
    by: User,
    allowed: Collection[str],
) -> Document:
    try:
        if content and media_type_of(content) not in allowed:
            raise ValidationError(
                "Store a draft as a Word file (.docx)."
                if DOCX in allowed
                else "Store a signed or filed copy as PDF, PNG or JPEG: a Word file can still be changed."
            )
        return store_document(
            client=petition.client,
            kind=kind,
            title=title,
            content=content,
            original_name=upload.name or "file",
            by=by,
            replaces=earlier[0] if earlier else None,
        )
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from None


@transaction.atomic
def keep_papers(*, petition: Petition, seen: Mapping[str, str], note: str, by: User, today: date) -> Petition:
    """Counsel of record keeps papers that are older than a change: she has looked, and says why.

    `seen` {kind: PaperState.mark} is what the page showed her: with another version or a further change
    nothing is kept. It holds for this version and this state of the record; the next change asks again.
    Raises PermissionDenied, InvalidTransition or ValidationError.
    """
    petition = locked(petition)
    check_can_file(by, petition.client)
    if petition.stage != Stage.DRAFT:
        raise InvalidTransition(SIGNED)
    reason = note.strip()
    if not reason:
        raise ValidationError({"note": "Say why it may stand, so that the history can be read."})
    chosen = [state for state in paper_states(petition) if state.kind in seen and state.changed]
    if not chosen:
        raise ValidationError({"kinds": "Choose the paper that you keep as it is."})
    moved = [KINDS[state.kind] for state in chosen if state.mark != seen[state.kind]]
    if moved:
        raise ValidationError(
            {
                "kinds": f"{', '.join(moved)}: something changed after this page was shown. Look at what "
                "changed since, and decide again."
            }
        )
    entry = {"by": by.pk, "name": by.name, "on": today.isoformat(), "reason": reason}
    kept = kept_entries(petition)
    for state in chosen:
        if state.newest is not None:
            now = {**entry, "document": str(state.newest.pk), "basis": state.basis}
            kept[state.kind] = [*kept.get(state.kind, []), now]
    petition.facts = {**petition.known, "kept": kept}
    save_as(petition, by)
    record(Action.CHANGED, by=by, target=petition, fields=["facts"])
    return petition
