from datetime import date

from cases.models import Petition
from cases.services import add_date
from clients.models import Client
from tests.cases import making
from tests.rights.objects import makes


def draft(client: Client) -> Petition:
    return making.make_petition(client)


def granted(client: Client) -> Petition:
    return making.at_stage("granted", making.make_petition(making.complete(client)))


@makes("petition")
def petition(client: Client):
    return {"pk": draft(client).pk}


@makes("petition_sign")
def petition_sign(client: Client):
    return {"pk": draft(client).pk, "act": "sign"}


@makes("petition_serve")
def petition_serve(client: Client):
    return {"pk": making.at_stage("filed", making.make_petition(making.complete(client))).pk, "act": "serve"}


@makes("petition_paper")
def petition_paper(client: Client):
    return {"pk": draft(client).pk, "kind": "petition"}


@makes("petition_declaration")
def petition_declaration(client: Client):
    return {"pk": draft(client).pk, "kind": "declaration"}


@makes("service")
def service(client: Client):
    return {"pk": making.at_stage("served", making.make_petition(making.complete(client))).services.get().pk}


@makes("hearing")
def hearing(client: Client):
    found = making.at_stage("hearing_set", making.make_petition(making.complete(client)))
    return {"pk": found.hearings.get().pk}


@makes("duty")
def duty(client: Client):
    return {"pk": granted(client).duties.first().pk}


@makes("deadline")
def deadline(client: Client):
    found = draft(client)
    row = add_date(
        matter=found.matter,
        what="Reply due",
        due_on=date(2026, 12, 1),
        side="ours",
        source="Printed in an order",
        owner=found.matter.lead,
        by=found.matter.lead,
    )
    return {"pk": row.pk}
