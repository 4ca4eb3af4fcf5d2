"""Objects of this room; most of its addresses point at clients, whose maker stands in objects/clients.py."""

from clients.models import Client
from tests.factories import make_user
from tests.reports.factories import make_unusual
from tests.rights.objects import makes


@makes("unusuallook")
def unusual_look(client: Client):
    return {"pk": make_unusual(make_user(), client).pk}
