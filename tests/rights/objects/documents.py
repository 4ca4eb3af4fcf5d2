from clients.models import Client
from documents.services import store_document
from tests.factories import counsel_of
from tests.rights.objects import makes


@makes("document")
def document(client: Client):
    by = counsel_of(client)
    stored = store_document(client=client, kind="evidence", title="A letter", content=b"Dear court", by=by)
    return {"pk": stored.pk}


@makes("declaration")
def declaration(client: Client):
    by = counsel_of(client)
    content = b"I was told where to stand"
    return {"pk": store_document(client=client, kind="declaration", title="Hers", content=content, by=by).pk}
