from django.apps import AppConfig


class VisasConfig(AppConfig):
    """T visas, families, work permits, presence and green cards."""

    name = "visas"

    def ready(self) -> None:
        from django.core import checks

        from clients.frame import Place, register, register_alerts
        from visas.checks import check_visa_law
        from visas.queries import alerts_for, place_count
        from visas.rules import examples

        examples.register()
        checks.register(check_visa_law)
        register(Place("tvisa", "T visa and green card", "client-tvisa", order=40, count=place_count))
        register_alerts(alerts_for)
