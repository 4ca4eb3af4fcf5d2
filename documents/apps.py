from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Sealed files, templates and papers."""

    name = "documents"

    def ready(self) -> None:
        from clients.frame import Place, register
        from clients.models import Client
        from documents.models import Document

        def files(client: Client) -> int:
            return Document.objects.filter(client=client, replaced_by__isnull=True).count()

        register(Place("documents", "Documents", "client-documents", order=60, count=files))
