"""The paralegal’s day: service, agencies, records to ask for."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef

from cases.models import AgencyDuty, Matter, Petition, Service
from cases.models.petitions import Stage
from clients.models import Client
from records.models import Arrest
from reports.home.asked import MOST_IN_RAIL, MOST_ROWS, Asked
from reports.links import link
from reports.queries import clients_of


def service_work(asked: Asked) -> list[dict[str, Any]]:
    """Petitions filed and not served, service not yet received, and agencies that have not confirmed."""
    user = asked.user
    files = clients_of(user) if not asked.team else Client.objects.visible_to(user)
    rows: list[dict[str, Any]] = []
    to_serve = Petition.objects.filter(client__in=files, stage=Stage.FILED).exclude(
        Exists(Service.objects.filter(petition=OuterRef("pk")))
    )
    for petition in to_serve.select_related("prosecutor").order_by("filed_on")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": petition.client_id,
                "what": f"Serve {petition.prosecutor.name}",
                "since": petition.filed_on,
                "state": "Filed, not served",
                "url": link("petition", petition.pk),
            }
        )
    sent = Service.objects.filter(client__in=files, received_on__isnull=True).select_related("recipient")
    for service in sent.order_by("sent_on")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": service.client_id,
                "what": f"Confirm that {service.recipient.name} received it",
                "since": service.sent_on,
                "state": f"Sent {service.get_method_display().lower()}",
                "url": link("petition", service.petition_id),
            }
        )
    duties = AgencyDuty.objects.filter(client__in=files, confirmed_on__isnull=True).select_related("agency")
    for duty in duties.order_by(F("sent_on").asc(nulls_first=True), "pk")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": duty.client_id,
                "what": f"{duty.agency.name}: {duty.duty}",
                "since": duty.sent_on,
                "state": "Order sent, not confirmed" if duty.sent_on else "Order not sent",
                "url": link("petition", duty.petition_id),
            }
        )
    return rows[:MOST_ROWS]


def records_wanted(asked: Asked) -> list[Client]:
    """Open files with a record to clear and no arrest on file: a sheet has to be asked for."""
    files = clients_of(asked.user) if not asked.team else Client.objects.visible_to(asked.user)
    matter = Matter.objects.filter(client=OuterRef("pk"), kind=Matter.Kind.VACATUR, closed_on__isnull=True)
    rows = files.filter(Exists(matter)).exclude(Exists(Arrest.objects.filter(client=OuterRef("pk"))))
    return list(rows.order_by("opened_on", "pk")[: MOST_IN_RAIL * 2])
