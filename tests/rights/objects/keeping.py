from datetime import timedelta

from django.utils import timezone

from clients.models import Client
from clients.services.erasure import ask
from clients.services.holds import set_hold
from clients.services.release import add_release
from tests.clients.erasing import asked, close
from tests.factories import TODAY, counsel_of
from tests.rights.objects import makes
from tests.rights.objects.clients import passage


@makes("legal_hold")
def legal_hold(client: Client):
    return {"pk": set_hold(client=client, reason="A suit", by=counsel_of(client)).pk}


@makes("erasure_request")
def erasure_request(client: Client):
    return {"pk": asked(close(client)).pk}


@makes("erasure_of_part")
def erasure_of_part(client: Client):
    pk = passage(client)["pk"]
    request = ask(
        client=client, reason="mistake", by=counsel_of(client), scope="passage", object_id=pk, today=TODAY
    )
    return {"pk": request.pk}


@makes("release")
def release(client: Client):
    today = timezone.localdate()
    row = add_release(
        client=client,
        basis="client",
        recipient="Clerk Sorrel",
        note="All of it",
        signed_on=today,
        expires_on=today + timedelta(days=30),
        by=counsel_of(client),
    )
    return {"pk": row.pk}
