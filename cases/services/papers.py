"""The papers of a petition: what counsel writes and confirms beside the record, and drafting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from cases.law import statute_paper
from cases.models import Petition
from cases.models.petitions import Stage
from cases.permissions import check_can_draft
from cases.services.moves import save_as
from cases.services.paper_stops import CHECKS
from cases.services.paper_words import KINDS, gather, read_for_papers
from cases.services.versions import basis_of, drafts, keep_version
from cases.stages import InvalidTransition
from clients.permissions import check_can_change, check_can_file
from documents.models import Document
from documents.papers import render
from documents.services import store_document

SIGNED_PAPERS = frozenset({Document.Kind.PETITION, Document.Kind.DECLARATION})
SIGNED = "This petition was signed. Take the signature back first, with a note."


# -- What counsel writes and confirms --------------------------------------------------------------


def locked(petition: Petition) -> Petition:
    """The petition, read again under a lock."""
    found: Petition = (
        Petition.objects.select_for_update(of=("self",)).select_related("client").get(pk=petition.pk)
    )
    return found


@transaction.atomic
def say(*, petition: Petition, said: Mapping[str, str], by: User) -> Petition:
    """Keep what the papers say beside the record; only the keys of the statute are kept.

    Raises PermissionDenied, or InvalidTransition once the petition was signed: what was said was sworn to.
    """
    petition = locked(petition)
    check_can_change(by, petition.client)
    if petition.stage != Stage.DRAFT:
        raise InvalidTransition(SIGNED)
    keys = {fact.key for fact in statute_paper(petition.statute).facts}
    kept = {key: text.strip() for key, text in said.items() if key in keys and text.strip()}
    petition.facts = {**petition.known, "said": kept}
    save_as(petition, by)
    record(Action.CHANGED, by=by, target=petition, fields=["facts"])
    return petition


@transaction.atomic
def confirm_checks(
    *, petition: Petition, checked: Iterable[str], note: str, by: User, today: date
) -> Petition:
    """Counsel of record confirms what no record can show; who and when is kept with each.

    Raises PermissionDenied, or InvalidTransition once the petition was signed.
    """
    petition = locked(petition)
    check_can_file(by, petition.client)
    if petition.stage != Stage.DRAFT:
        raise InvalidTransition(SIGNED)
    before = petition.known.get("checks", {})
    checks = {
        code: before.get(code) or {"by": by.pk, "name": by.name, "on": today.isoformat()}
        for code in sorted(set(checked) & set(CHECKS))
    }
    petition.facts = {**petition.known, "checks": checks, "records_note": note.strip()}
    save_as(petition, by)
    record(Action.CHANGED, by=by, target=petition, fields=["facts"])
    return petition


# -- Drafting --------------------------------------------------------------------------------------


def draft_paper(*, petition: Petition, kind: str, by: User) -> Document:
    """Fill the template of a paper and keep it, sealed, as the next version of its kind.

    What was signed is not drafted again. Raises PermissionDenied or InvalidTransition; KeyError for a kind
    that has no template.
    """
    petition = read_for_papers(petition)
    title = KINDS[kind]
    _check_may_draft(petition, kind, by)
    # The Word file is filled before anything is locked: nobody else's writing waits for it.
    words = gather(petition=petition, kind=kind).words
    content = render(kind, petition.statute, words)
    return _keep_draft(petition, kind, title, content, basis_of(words), by)


def _check_may_draft(petition: Petition, kind: str, by: User) -> None:
    check_can_draft(by, petition, with_account=kind == Document.Kind.DECLARATION)
    if kind in SIGNED_PAPERS and petition.stage != Stage.DRAFT:
        raise InvalidTransition(SIGNED)


@transaction.atomic
def _keep_draft(
    petition: Petition, kind: str, title: str, content: bytes, basis: dict[str, str], by: User
) -> Document:
    petition = locked(petition)
    _check_may_draft(petition, kind, by)
    earlier = drafts(petition).get(kind)
    document = store_document(
        client=petition.client,
        kind=kind,
        title=f"{title}, petition {petition.number}",
        content=content,
        by=by,
        replaces=earlier[0] if earlier else None,
    )
    keep_version(petition, "papers", kind, document, basis=basis)
    save_as(petition, by)
    record(Action.DRAFTED, by=by, target=document, fields=[kind])
    return document
