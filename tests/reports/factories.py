"""Rows straight from the models: the plainest valid thing of each kind, for pages that only read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from audit.models import AccessEvent
from audit.services import Action, record
from cases.models import Agency, AgencyDuty, Deadline, Hearing, Matter, Petition, PetitionCharge, Service
from clients.models import Client, Commitment
from documents.models import Document
from records.models import Arrest, Charge, RapSheet
from reports.models import UnusualLook
from tests.factories import counsel_of
from visas.models import FamilyMember, TVisa, WorkPermit

_numbers = itertools.count(1)


def make_court(county: str = "Heron") -> Agency:
    return Agency.objects.get_or_create(kind="court", name=f"{county} Superior Court", county=county)[0]


def make_prosecutor(county: str = "Heron") -> Agency:
    return Agency.objects.get_or_create(
        kind="prosecutor", name=f"{county} County District Attorney", county=county
    )[0]


def make_matter(client: Client, kind: str = "vacatur", lead: User | None = None) -> Matter:
    lead = lead or counsel_of(client)
    return Matter.objects.get_or_create(client=client, kind=kind, defaults={"lead": lead})[0]


def make_deadline(client: Client, due_on: date, **values: Any) -> Deadline:
    values.setdefault("matter", make_matter(client))
    values.setdefault("owner", counsel_of(client))
    values.setdefault("what", "District Attorney’s answer")
    return Deadline.objects.create(client=client, due_on=due_on, **values)


def make_petition(client: Client, stage: str = "draft", **values: Any) -> Petition:
    values.setdefault("matter", make_matter(client))
    values.setdefault("statute", "ca-pc-236-14")
    values.setdefault("court", make_court())
    values.setdefault("prosecutor", make_prosecutor())
    values.setdefault("number", Petition.objects.filter(client=client).count() + 1)
    if stage not in {"draft", "signed", "withdrawn"}:
        values.setdefault("filed_on", date(2026, 6, 1))
    if stage in {"granted", "partly_granted", "denied"}:
        values.setdefault("decided_on", date(2026, 9, 1))
    return Petition.objects.create(client=client, stage=stage, **values)


def make_charge(client: Client, nexus: str = "not_reviewed", **values: Any) -> Charge:
    arrest = Arrest.objects.filter(client=client).first() or Arrest.objects.create(client=client, ordinal=1)
    if nexus != "not_reviewed":
        values |= {"nexus_by": counsel_of(client), "nexus_at": timezone.now()}
    ordinal = Charge.objects.filter(arrest=arrest).count() + 1
    return Charge.objects.create(client=client, arrest=arrest, ordinal=ordinal, nexus=nexus, **values)


def make_result(petition: Petition, result: str, on: date, **values: Any) -> PetitionCharge:
    charge = values.pop("charge", None) or make_charge(petition.client, "yes")
    values |= {"result": result, "result_on": None if result == "open" else on}
    return PetitionCharge.objects.create(client=petition.client, petition=petition, charge=charge, **values)


def make_hearing(petition: Petition, starts_at: datetime, **values: Any) -> Hearing:
    return Hearing.objects.create(
        client=petition.client, petition=petition, court=petition.court, starts_at=starts_at, **values
    )


def make_service(petition: Petition, sent_on: date, **values: Any) -> Service:
    return Service.objects.create(
        client=petition.client,
        petition=petition,
        recipient=petition.prosecutor,
        method="mail",
        sent_on=sent_on,
        **values,
    )


def make_duty(petition: Petition, **values: Any) -> AgencyDuty:
    agency = Agency.objects.get_or_create(kind="repository", name="California DOJ")[0]
    return AgencyDuty.objects.create(
        client=petition.client, petition=petition, agency=agency, duty="Seal and confirm", **values
    )


def make_promise(
    client: Client, due_at: datetime, what: str = "Text what the court said", **values: Any
) -> Commitment:
    values.setdefault("owner", counsel_of(client))
    if values.get("state", "owed") != "owed":
        values.setdefault("settled_at", due_at - timedelta(hours=1))
    return Commitment.objects.create(client=client, due_at=due_at, what=what, **values)


def make_document(client: Client, kind: str = "order", title: str = "Order of the court") -> Document:
    return Document.objects.create(
        client=client,
        kind=kind,
        title=title,
        media_type="application/pdf",
        size=10,
        stored_name=uuid4().hex,
        created_by=counsel_of(client),
    )


def make_sheet(client: Client, **values: Any) -> RapSheet:
    values.setdefault("text", "REPOSITORY: CA DOJ")
    values.setdefault("reading", {})
    values.setdefault("settled", {})
    return RapSheet.objects.create(
        client=client,
        document=make_document(client, "rap_sheet", "RAP sheet"),
        imported_by=counsel_of(client),
        same_sheet=next(_numbers).to_bytes(16, "big"),
        **values,
    )


def make_visa(client: Client, stage: str = "receipted", **values: Any) -> TVisa:
    values.setdefault("received_on", date(2026, 3, 30))
    return TVisa.objects.create(client=client, matter=make_matter(client, "t_visa"), stage=stage, **values)


def make_permit(visa: TVisa, valid_from: date, valid_to: date) -> WorkPermit:
    return WorkPermit.objects.create(
        client=visa.client, visa=visa, category="(a)(16)", valid_from=valid_from, valid_to=valid_to
    )


def make_relative(visa: TVisa, name: str = "Robin", stage: str = "planned") -> FamilyMember:
    return FamilyMember.objects.create(
        client=visa.client, visa=visa, relationship="child", derivative_class="T-3", name=name, stage=stage
    )


@contextmanager
def freeze(at: datetime) -> Iterator[None]:
    """Let what is written inside be written at this moment."""
    field = AccessEvent._meta.get_field("at")
    with patch.object(field, "_get_default", lambda: at):
        yield


def make_event(
    action: str,
    *,
    by: User | None,
    at: datetime,
    client: Client | None = None,
    kind: str = "client",
    fields: tuple[str, ...] = (),
) -> AccessEvent:
    """An entry of the log at a moment of its own; its client's when there is one."""
    with freeze(at):
        return record(Action(action), by=by, target=client, kind=kind, fields=fields)


def make_unusual(person: User, client: Client | None = None, **values: Any) -> UnusualLook:
    now = timezone.now()
    return UnusualLook.objects.create(
        **{
            "kind": "namesake" if client else "many_files",
            "person": person,
            "client_uuid": client.pk if client else None,
            "starts_at": now - timedelta(minutes=20),
            "ends_at": now,
            "count": 3,
            "first_event": 1,
            "last_event": 3,
            **values,
        }
    )
