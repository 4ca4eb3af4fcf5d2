from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Matters, their dates, petitions and what came of them."""

    name = "cases"

    def ready(self) -> None:
        """Put this room's places into the side navigation of every file."""
        from cases.places import date_count, petition_count
        from clients.frame import Place, register

        register(Place("petitions", "Petitions", "client-petitions", order=30, count=petition_count))
        register(Place("dates", "Dates", "client-dates", order=40, group=2, count=date_count))
