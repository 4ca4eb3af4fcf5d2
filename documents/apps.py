from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Sealed files, templates and papers."""

    name = "documents"

    def ready(self) -> None:
        from clients.frame import Place, register
        from clients.models import Client
        from clients.services import purge
        from documents import erasing
        from documents.models import Document

        def files(client: Client) -> int:
            return Document.objects.filter(client=client, replaced_by__isnull=True).count()

        purge.register(
            purge.Purgeable(purge.Scope.DOCUMENT, choices=erasing.documents_of, parts=erasing.parts_of)
        )
        register(Place("documents", "Documents", "client-documents", order=60, count=files))
