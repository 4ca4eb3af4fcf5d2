from clients.models import Client
from tests.factories import make_user
from tests.rights.objects import makes


@makes("account")
def account(client: Client):
    return {"pk": make_user().pk}
