"""Deciding how a charge ties to the trafficking, and what the decision leans on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from clients.models import Passage
from documents.models import Document
from records.facts import BASIS
from records.models import Charge, NexusEvidence
from records.permissions import check_can_review
from records.services.plausible import check_facts

FACT_FIELDS = frozenset(
    {"violent_elements", "child_victim", "dismissed_by", "sentence_completed", "prison_served", "offense_on"}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as its history keeps it; `reason` is opened, or None."""

    nexus: str
    label: str
    reason: str | None
    by: str
    at: datetime | None


@transaction.atomic
def decide_nexus(
    *,
    charge: Charge,
    nexus: str,
    by: User,
    reason: str = "",
    basis: Iterable[str] = (),
    passages: Iterable[Passage] | None = None,
    facts: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Charge:
    """Record yes, no or not reviewed, with the reason in words and the law's own words for the basis.

    `passages` replaces the passages the decision leans on (None leaves them); `facts` are what an attorney
    recorded (`FACT_FIELDS`), without days that cannot be. A yes and a no need a reason. Earlier decisions
    stay in the history.
    """
    row = Charge.objects.select_for_update(of=("self",)).select_related("client", "arrest").get(pk=charge.pk)
    check_can_review(by, row.client)
    reason, chosen = reason.strip(), list(dict.fromkeys(basis))
    if nexus not in Charge.Nexus.values:
        raise ValidationError({"nexus": "Choose yes, no or not reviewed."})
    decided = nexus != Charge.Nexus.NOT_REVIEWED
    if decided and not reason:
        raise ValidationError(
            {"reason": "Say why in a sentence: the decision is nothing without its reason."}
        )
    if set(chosen) - dict(BASIS).keys():
        raise ValidationError({"basis": "Choose the words from the list."})
    unknown = set(facts or {}) - FACT_FIELDS
    if unknown:
        raise ValueError(f"Not changed through this service: {sorted(unknown)}")
    check_facts(row, facts or {}, today=timezone.localdate(now) if now else None)
    before = (row.nexus, row.nexus_reason or "", row.nexus_basis)
    after = (nexus, reason, chosen if nexus == Charge.Nexus.YES else [])
    changed = [name for name, value in (facts or {}).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, (facts or {})[name])
    if after != before:
        row.nexus, row.nexus_reason, row.nexus_basis = after[0], after[1] or None, after[2]
        row.nexus_by, row.nexus_at = (by, now or timezone.now()) if decided else (None, None)
        changed.append("nexus")
    if changed:
        row._history_user = by
        row.full_clean()
        row.save()
        record(Action.CHANGED, by=by, target=row, fields=changed)
    if passages is not None:
        _set_passages(row, list(passages), by)
    return row


def _set_passages(charge: Charge, passages: list[Passage], by: User) -> None:
    if any(passage.client_id != charge.client_id for passage in passages):
        raise ValidationError({"passages": "A passage belongs to another file."})
    wanted = {passage.pk: passage for passage in passages}
    for row in NexusEvidence.objects.filter(charge=charge, passage__isnull=False):
        if row.passage_id and wanted.pop(row.passage_id, None) is None:
            unlink(evidence=row, by=by)
    for passage in wanted.values():
        _link(charge, NexusEvidence.Kind.CLIENT, by, passage=passage)


@transaction.atomic
def link_document(*, charge: Charge, document: Document, kind: str, by: User) -> NexusEvidence:
    """Lean on a document, with what kind of paper it is to the law; linked again, its kind is changed."""
    charge = Charge.objects.select_for_update(of=("self",)).select_related("client").get(pk=charge.pk)
    check_can_review(by, charge.client)
    if document.client_id != charge.client_id:
        raise ValidationError({"document": "This document belongs to another file."})
    known = NexusEvidence.objects.filter(charge=charge, document=document).first()
    if known is None:
        return _link(charge, kind, by, document=document)
    if known.kind != kind:
        known.kind = kind
        known._history_user = by
        known.full_clean()
        known.save()
        record(Action.CHANGED, by=by, target=charge, fields=["evidence"])
    return known


def _link(charge: Charge, kind: str, by: User, **what: Any) -> NexusEvidence:
    row = NexusEvidence(client_id=charge.client_id, charge=charge, kind=kind, **what)
    row._history_user = by
    row.full_clean()
    row.save()
    record(Action.CHANGED, by=by, target=charge, fields=["evidence"])
    return row


@transaction.atomic
def unlink(*, evidence: NexusEvidence, by: User) -> None:
    """Stop leaning on a passage or document; that it was linked stays in the history."""
    rows = NexusEvidence.objects.select_for_update(of=("self",)).select_related("client", "charge")
    found = rows.filter(pk=evidence.pk).first()
    if found is None:
        return  # somebody else unlinked it in the meantime
    evidence = found
    check_can_review(by, evidence.client)
    record(Action.CHANGED, by=by, target=evidence.charge, fields=["evidence"])
    evidence._history_user = by
    evidence.delete()


def decisions_on(charge: Charge) -> list[Decision]:
    """Every decision on the charge, newest first, the present one included; opens their reasons."""
    found: list[Decision] = []
    seen: set[Any] = set()
    for row in charge.history.select_related("nexus_by").order_by("-history_date", "-history_id"):
        if row.nexus_at is None or row.nexus_at in seen:
            continue
        seen.add(row.nexus_at)
        label = str(Charge.Nexus(row.nexus).label)
        found.append(Decision(row.nexus, label, row.nexus_reason, str(row.nexus_by or ""), row.nexus_at))
    return found
