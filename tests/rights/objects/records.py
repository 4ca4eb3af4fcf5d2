from clients.models import Client, Passage
from records.models import NexusEvidence, RapSheet
from records.services import add_charge, import_sheet
from tests.factories import counsel_of
from tests.records.sheets_by_hand import FIRST
from tests.rights.objects import makes


def a_sheet(client: Client) -> RapSheet:
    return import_sheet(client=client, content=FIRST, name="sheet.txt", by=counsel_of(client))[0]


def a_charge(client: Client):
    charge = {"code": "PC", "section": "647(b)"}
    return add_charge(
        client=client, by=counsel_of(client), new_arrest={"agency": "CAPD OAKLAND"}, charge=charge
    )


@makes("rapsheet")
def rapsheet(client: Client):
    return {"pk": a_sheet(client).pk}


@makes("rapsheet-line")
def rapsheet_line(client: Client):
    return {"pk": a_sheet(client).pk, "line": 3}


@makes("rapsheet-part")
def rapsheet_part(client: Client):
    return {"pk": a_sheet(client).pk, "part": "c0.0"}


@makes("charge")
def charge(client: Client):
    return {"pk": a_charge(client).pk}


@makes("evidence")
def evidence(client: Client):
    passage = Passage.objects.create(client=client, number=1, title="The corner", text="Synthetic.")
    charge = a_charge(client)
    row = NexusEvidence.objects.create(
        client=client, charge=charge, kind="client_declaration", passage=passage
    )
    return {"pk": row.pk}
