"""A client with a record and petitions at any stage, for the tests of this room."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from cases import services
from cases.models import Agency, Petition, PetitionCharge
from cases.services import ChargeResult, load_agencies
from clients.models import Client, Passage
from clients.services import add_passage
from records.models import Arrest, Charge, NexusEvidence
from tests.factories import TODAY, counsel_of, make_client

CA, US, US_ARREST = "ca-pc-236-14", "us-18usc3771a-vacatur", "us-18usc3771a-arrest"
PACIFIC = ZoneInfo("America/Los_Angeles")
DRAFTED = date(2026, 6, 1)
_dockets = itertools.count(554410)


def make_arrest(client: Client, on: date | None = date(2016, 2, 27), **values: Any) -> Arrest:
    number = Arrest.objects.filter(client=client).count() + 1
    values = {"county": "Alameda", "agency": "Oakland Police Department", **values}
    return Arrest.objects.create(client=client, ordinal=number, arrested_on=on, **values)


def make_charge(client: Client, arrest: Arrest | None = None, **values: Any) -> Charge:
    """A misdemeanor conviction tied to the trafficking, which PC 236.14 reaches."""
    arrest = arrest or make_arrest(client)
    counsel = counsel_of(client)
    if values.get("nexus", "yes") != "not_reviewed":
        values = {"nexus_by": counsel, "nexus_at": timezone.now(), **values}
    values = {
        "code": "PC",
        "section": "647(b)",
        "description": "disorderly conduct: prostitution",
        "level": "M",
        "severity": "M",
        "kind": "conviction",
        "standing": "convicted",
        "offense_on": arrest.arrested_on,
        "disposed_on": date(2016, 5, 2),
        "county": "Alameda",
        "court": "Superior Court Alameda",
        "case_number": str(next(_dockets)),
        "nexus": "yes",
        "nexus_basis": ["direct_result"],
        "nexus_reason": "The exploiter set the price and stood outside the door.",
        **values,
    }
    ordinal = arrest.charges.count() + 1
    return Charge.objects.create(client=client, arrest=arrest, ordinal=ordinal, **values)


def give_account(
    client: Client, charge: Charge, text: str = "I was told where to stand and what to say."
) -> Passage:
    """A passage agreed for a court declaration, read back, and linked to the charge."""
    passage = add_passage(
        client=client, title="What happened", text=text, agreed_uses=["declaration"], by=counsel_of(client),
        read_back_on=date(2026, 11, 2),
    )  # fmt: skip
    NexusEvidence.objects.create(client=client, charge=charge, kind="client_declaration", passage=passage)
    return passage


def court(name: str = "Superior Court of California, County of Alameda") -> Agency:
    load_agencies()
    return Agency.objects.get(kind="court", name=name)


def prosecutor(name: str = "Alameda County District Attorney") -> Agency:
    return Agency.objects.get(kind="prosecutor", name=name)


def complete(client: Client) -> Client:
    """Put on file what a caption needs: legal name, bar number, the office's address."""
    counsel = counsel_of(client)
    client.legal_name = "Linnet Rosalba Fern"
    client._history_user = counsel
    client.save()
    User.objects.filter(pk=counsel.pk).update(bar_number="298114")
    office = counsel.office
    office.address, office.phone = "12 Juniper Street\nOakland, CA 94612", "510 555 0100"
    office.save()
    return client


def make_file(**values: Any) -> Client:
    """A client whose caption can be written."""
    return complete(make_client(**values))


def make_petition(
    client: Client | None = None, *, statute: str = CA, charges: list[Charge] | None = None
) -> Petition:
    """A draft."""
    client = client or make_file()
    if statute == CA:
        where, who = court(), prosecutor()
        charges = charges or [make_charge(client)]
    else:
        where = court("United States District Court, Northern District of California")
        who = prosecutor("United States Attorney, Northern District of California")
        if charges is None:
            arrest = make_arrest(client, jurisdiction="US", county="", agency="FBI Oakland")
            charges = [
                make_charge(
                    client,
                    arrest,
                    code="US",
                    section="18 1708",
                    county="",
                    court="USDC ND CA",
                    severity="F",
                    level="F",
                )
            ]
    return services.plan_petition(
        client=client,
        statute=statute,
        court=where,
        prosecutor=who,
        charges=charges,
        by=counsel_of(client),
        today=TODAY,
        drafted_on=DRAFTED,
    )


def ready(petition: Petition) -> Petition:
    """Everything that signing asks for is on file."""
    by = counsel_of(petition.client)
    for line in petition.lines.select_related("charge"):
        if not line.charge.evidence.exists():
            give_account(petition.client, line.charge)
    said = {
        "period": "From about March 2014 to late 2018",
        "means": "The exploiter took the papers and the money, and hurt her when she spoke.",
        "distance": "A new phone, a new city, a protective order in 2019.",
        "interests": "Work in child care asks for a clear record.",
        "timing": "Ended in about May 2019; services sought June 2019.",
        "evidence": "T visa approval notice\nDeclaration of the client",
        "search": "Police reports were asked for and destroyed in 2020.",
        "level": "Each is a level A arrest.",
    }
    services.say(petition=petition, said=said, by=by)
    services.confirm_checks(
        petition=petition,
        checked=["S04", "S05", "S14", "S15", "S22"],
        note="The court purged its file in 2021.",
        by=by,
        today=TODAY,
    )
    for kind in ("petition", "declaration", "proposed_order"):
        services.draft_paper(petition=petition, kind=kind, by=by)
    return Petition.objects.get(pk=petition.pk)


STEPS = (
    *("draft", "signed", "filed", "served", "opposed", "unopposed", "hearing_set"),
    *("granted", "partly_granted", "denied"),
    "withdrawn",
)


def at_stage(stage: str, petition: Petition | None = None) -> Petition:
    """A petition brought to a stage by the acts that lead there."""
    petition = petition or make_petition()
    by = counsel_of(petition.client)
    if stage == "draft":
        return petition
    if stage == "withdrawn":
        return services.withdraw(petition=petition, on=TODAY, by=by, today=TODAY)
    services.sign(petition=ready(petition), on=date(2026, 6, 22), by=by, today=TODAY)
    if stage == "signed":
        return _fresh(petition)
    services.file(petition=petition, on=date(2026, 6, 29), court_number="26-SC-01877", by=by, today=TODAY)
    if stage == "filed":
        return _fresh(petition)
    services.record_service(
        petition=petition, recipient=petition.prosecutor, method="personal", sent_on=date(2026, 7, 6),
        received_on=date(2026, 7, 6), server="Teal Lark", by=by, today=TODAY,
    )  # fmt: skip
    if stage in ("opposed", "unopposed"):
        services.record_answer(
            petition=petition, opposed=stage == "opposed", on=date(2026, 8, 18), by=by, today=TODAY
        )
    if stage == "hearing_set":
        starts = datetime(2026, 12, 15, 9, 0, tzinfo=PACIFIC)
        services.set_hearing(petition=petition, starts_at=starts, by=by, department="Dept. 11")
    if stage in ("granted", "partly_granted", "denied"):
        decide(petition, {"granted": "granted", "denied": "denied", "partly_granted": "mixed"}[stage])
    return _fresh(petition)


def decide(petition: Petition, result: str, on: date = date(2026, 10, 6)) -> Petition:
    """The court decided every open charge; "mixed" leaves the last open (adds one when it is alone)."""
    by = counsel_of(petition.client)
    lines = list(petition.lines.filter(result="open"))
    if result == "mixed" and len(lines) == 1:
        extra = make_charge(petition.client, lines[0].charge.arrest, section="484(a)")
        lines.append(PetitionCharge.objects.create(client=petition.client, petition=petition, charge=extra))
    if result == "mixed":
        lines = lines[:-1]
    words = "invalid due to legal defect at the time of the arrest or conviction"
    value = "denied" if result == "denied" else "granted"
    return services.record_decision(
        petition=petition,
        results={
            line.pk: ChargeResult(value, words if value == "granted" else "not shown") for line in lines
        },
        on=on,
        by=by,
        today=TODAY,
    )


def _fresh(petition: Petition) -> Petition:
    found: Petition = Petition.objects.select_related("client", "court", "prosecutor", "matter").get(
        pk=petition.pk
    )
    return found
