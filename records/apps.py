from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Criminal records: readers, charges, relief statutes and screening."""

    name = "records"

    def ready(self) -> None:
        from django.core import checks

        from clients.frame import Place, register
        from clients.models import Client
        from clients.services import purge
        from records.erasing import sheets_of
        from records.models import Charge
        from records.rules.checks import check_record_law

        checks.register(check_record_law)

        def how_many(client: Client) -> int:
            return Charge.objects.filter(client=client).count()

        purge.register_also(purge.Scope.DOCUMENT, sheets_of)
        register(Place("record", "Charges and record", "client-record", order=20, count=how_many))
