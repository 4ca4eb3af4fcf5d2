from datetime import date

from clients.models import Client
from tests.factories import TODAY, counsel_of
from tests.rights.objects import makes
from tests.visas.makers import in_stage
from visas import services


def _visa(client: Client):
    return services.open_visa(client=client, by=counsel_of(client), today=TODAY)


def _relative(client: Client):
    return services.save_member(
        visa=_visa(client), relationship="spouse", name="Jay", by=counsel_of(client), today=TODAY
    )


@makes("tvisa")
def tvisa(client: Client):
    return {"pk": _visa(client).pk}


@makes("tvisa move")
def tvisa_move(client: Client):
    return {"pk": _visa(client).pk, "event": "accept_case", "to": "preparing"}


@makes("relative")
def relative(client: Client):
    return {"pk": _relative(client).pk}


@makes("relative move")
def relative_move(client: Client):
    return {"pk": _relative(client).pk, "event": "send_supplement_a", "to": "filed"}


@makes("visa notice")
def notice(client: Client):
    row = services.record_notice(
        visa=in_stage("receipted", client=client),
        kind="RFE",
        form="I-765",
        served_on=date(2025, 8, 1),
        served_by="mail",
        by=counsel_of(client),
        today=TODAY,
    )
    return {"pk": row.pk}


@makes("receipt")
def receipt(client: Client):
    row = services.save_receipt(
        visa=_visa(client),
        form="I-765",
        number="IOE0912345678",
        received_on=date(2025, 8, 1),
        by=counsel_of(client),
        today=TODAY,
    )
    return {"pk": row.pk}


@makes("permit")
def permit(client: Client):
    row = services.save_permit(
        visa=in_stage("receipted", client=client),
        category="(c)(40)",
        valid_from=date(2025, 8, 1),
        valid_to=date(2027, 7, 31),
        by=counsel_of(client),
        today=TODAY,
    )
    return {"pk": row.pk}
